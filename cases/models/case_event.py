from __future__ import annotations

from django.db import models

from cases.choices import CaseEventKind
from fraudsite.core.choices import ActorKind


class CaseEvent(models.Model):
    """Something that happened to a case beside its moves. Append-only by database trigger.

    `details` holds ids and codes, no personal data.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, db_index=False, related_name="events"
    )
    kind = models.CharField(max_length=20, choices=CaseEventKind)
    details = models.JSONField(default=dict, blank=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="cases_event_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
