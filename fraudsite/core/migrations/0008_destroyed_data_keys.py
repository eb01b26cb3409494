"""Destroyed keys are found without reading every customer's."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # New customers are not kept waiting for an index.
    atomic = False

    dependencies = [("core", "0007_index_of_case_news")]

    operations = [
        AddIndexConcurrently(
            model_name="datakey",
            index=models.Index(
                fields=["id"],
                condition=models.Q(("destroyed_at__isnull", False)),
                name="core_datakey_destroyed",
            ),
        ),
    ]
