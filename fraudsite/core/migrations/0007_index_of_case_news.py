"""News of cases are found without reading those of every payment."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Scoring writes into this table all the time, and does not wait for an index.
    atomic = False

    dependencies = [("core", "0006_case_scopes")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxevent",
            index=models.Index(
                fields=["id", "kind", "created_at"],
                opclasses=["int8_ops", "varchar_pattern_ops", "timestamptz_ops"],
                condition=models.Q(("aggregate_type__in", ("cases.case", "cases.casedecision"))),
                name="core_outbox_case_news",
            ),
        ),
    ]
