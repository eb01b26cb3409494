"""The queues every installation begins with."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# As in `cases.queue_defaults` at the time; a queue that is missing later is made from there.
QUEUES = (
    ("onboarding", "Onboarding", 1, 1440, None),
    ("payments", "Payments", 2, 240, 500_000),
    ("screening", "Screening", 3, 1440, None),
    ("human_review", "Human-review requests", 4, 2880, None),
    ("escalations", "Escalations", 5, 480, 500_000),
)


def make_queues(apps: Any, _schema_editor: Any) -> None:
    queue = apps.get_model("cases", "Queue")
    for pk, title, rank, sla_minutes, from_minor in QUEUES:
        queue.objects.get_or_create(
            pk=pk,
            defaults={
                "title": title,
                "rank": rank,
                "sla_minutes": sla_minutes,
                "second_look_from_minor": from_minor,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_append_only")]

    operations = [migrations.RunPython(make_queues, migrations.RunPython.noop)]
