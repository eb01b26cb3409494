from __future__ import annotations

import uuid

from django.db import models


class VerificationChange(models.Model):
    """What became known of a customer's verification, as it was applied to the feature state."""

    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.PROTECT, related_name="verification_changes"
    )
    event_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    outcome = models.CharField(max_length=10)
    risk_level = models.CharField(max_length=10, blank=True)
    face_match_score = models.FloatField(null=True, blank=True)
    liveness_score = models.FloatField(null=True, blank=True)
    sequence = models.BigIntegerField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["sequence"],
                condition=models.Q(sequence__isnull=False),
                name="scoring_verification_sequence",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.customer_id}"
