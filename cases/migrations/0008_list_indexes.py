"""Indexes that alone answer what lists of cases ask for, in place of the one of priorities."""

from __future__ import annotations

from django.db import migrations, models

LISTED_BY = (
    "status",
    "queue",
    "customer",
    "claimed_by",
    "assigned_to",
    "severity",
    "breached_at",
)
ORDER = ["-priority", "due_at", "id"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_workplace")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=ORDER,
                include=(*LISTED_BY, "opened_at"),
                condition=~models.Q(status="closed"),
                name="cases_case_unclosed_list",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=ORDER,
                include=(*LISTED_BY, "label"),
                condition=models.Q(status="closed"),
                name="cases_case_closed_list",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_case_by_priority"),
    ]
