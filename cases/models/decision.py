from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from cases.choices import LIVE_DECISIONS, DecisionLabel, DecisionStatus
from fraudsite.core.transitions import TransitionTable
from fraudsite.core.uuid7 import uuid7

S = DecisionStatus


class CaseDecision(models.Model):
    """What a person decided on a case; label, reasons and effects are never changed.

    [AWAITING_APPROVAL ->] SCHEDULED -> APPLIED | UNDONE | FAILED; AWAITING_APPROVAL -> REJECTED |
    UNDONE. Nothing of it leaves the house before it is APPLIED. A trigger keeps what was decided
    as it was written.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.AWAITING_APPROVAL: {S.SCHEDULED, S.REJECTED, S.UNDONE},
            S.SCHEDULED: {S.APPLIED, S.UNDONE, S.FAILED},
            S.APPLIED: set(),
            S.UNDONE: set(),
            S.REJECTED: set(),
            S.FAILED: set(),
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="decisions")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=16, choices=DecisionLabel)
    reason = models.CharField(max_length=40)
    effects = models.JSONField(default=list)
    covers = models.JSONField(default=list, help_text="Ids of the alerts it is about")
    note_sealed = models.BinaryField(null=True, blank=True, editable=False)
    second_look_reason = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=20, choices=S)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_sentence = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    takes_effect_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(status__in=LIVE_DECISIONS),
                name="cases_decision_one_live_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("decided_by")),
                name="cases_decision_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(second_look_reason="")
                | ~models.Q(status__in=[S.SCHEDULED, S.APPLIED])
                | models.Q(approved_by__isnull=False),
                name="cases_decision_approved_where_needed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["takes_effect_at"],
                condition=models.Q(status=S.SCHEDULED),
                name="cases_decision_due",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status=S.AWAITING_APPROVAL),
                name="cases_decision_to_approve",
            ),
            models.Index(
                fields=["-ended_at"],
                condition=models.Q(status=S.APPLIED),
                name="cases_decision_applied",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} for {self.case_id}"

    @property
    def note_context(self) -> str:
        """What binds the sealed note to this row."""
        return f"case-decision:{self.id}:note"


class CaseLabel(models.Model):
    """Which label of a transaction came from which decision: where training data comes from."""

    decision = models.ForeignKey(CaseDecision, on_delete=models.PROTECT, related_name="labels")
    label = models.ForeignKey(
        "transactions.Label", on_delete=models.CASCADE, related_name="case_labels"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "label"], name="cases_label_once")
        ]

    def __str__(self) -> str:
        return f"{self.label_id} from {self.decision_id}"
