from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Decision(models.Model):
    """One decision and everything it stood on; never changed, only followed by another.

    `tree` holds states, codes, scores and engine versions, never what was read.
    """

    class Outcome(models.TextChoices):
        """What was decided."""

        APPROVED = "approved", "Approved"
        REVIEW = "review", "To review"
        RESUBMIT = "resubmit", "To resubmit"
        DECLINED = "declined", "Declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.PROTECT, related_name="decisions"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the policy decided",
    )
    attempt = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason_codes = models.JSONField(default=list)
    redo = models.JSONField(default=list, help_text="Capture kinds to take again")
    tree = models.JSONField(default=list)
    policy_version = models.CharField(max_length=40, blank=True)
    note_sealed = models.BinaryField(null=True, blank=True, editable=False)
    is_applied = models.BooleanField(
        default=True, help_text="False: somebody had decided before the pipeline ended"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "attempt"],
                condition=models.Q(decided_by=None),
                name="kyc_decision_one_by_policy_per_attempt",
            )
        ]
        indexes = [models.Index(fields=["verification", "-created_at"], name="kyc_decision_newest")]

    def __str__(self) -> str:
        return f"{self.outcome} for {self.verification_id}"
