"""A random name for every database."""

from __future__ import annotations

import uuid

from django.db import migrations, models


def name_this_database(apps, _schema_editor):
    apps.get_model("core", "Installation").objects.get_or_create(is_current=True)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_default_workspaces")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_current", models.BooleanField(default=True, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_current", True)),
                        name="core_installation_is_the_only_one",
                    )
                ],
            },
        ),
        migrations.RunPython(name_this_database, migrations.RunPython.noop),
    ]
