"""One live and one sandbox workspace in every installation."""

from __future__ import annotations

from django.db import migrations


def create_default_workspaces(apps, _schema_editor):
    Workspace = apps.get_model("core", "Workspace")
    for kind, name in (("live", "Live"), ("sandbox", "Sandbox")):
        Workspace.objects.get_or_create(kind=kind, is_default=True, defaults={"name": name})


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only_triggers")]

    operations = [migrations.RunPython(create_default_workspaces, migrations.RunPython.noop)]
