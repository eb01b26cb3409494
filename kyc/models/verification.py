from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from fraudsite.core.transitions import TransitionTable
from kyc.choices import DocumentType, VerificationStatus

S = VerificationStatus


class Verification(models.Model):
    """One customer's proof of who they are, over one or more attempts.

    COLLECTING -> PROCESSING -> APPROVED | IN_REVIEW | RESUBMIT | DECLINED;
    RESUBMIT -> COLLECTING with the next attempt. A person may decide at any time after the
    submission, also while the pipeline still runs; the pipeline's answer then comes too late.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.COLLECTING: {S.PROCESSING},
            S.PROCESSING: {S.APPROVED, S.IN_REVIEW, S.RESUBMIT, S.DECLINED},
            S.IN_REVIEW: {S.APPROVED, S.RESUBMIT, S.DECLINED},
            S.RESUBMIT: {S.COLLECTING, S.IN_REVIEW, S.APPROVED, S.DECLINED},
            S.APPROVED: {S.IN_REVIEW, S.DECLINED},
            S.DECLINED: {S.IN_REVIEW, S.APPROVED},
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.PROTECT, related_name="verifications"
    )
    document_type = models.CharField(max_length=20, choices=DocumentType, blank=True)
    issuing_country = models.CharField(max_length=3, blank=True, help_text="ISO 3166-1 alpha-3")
    attempt = models.PositiveSmallIntegerField(default=1)
    sweeps = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12, choices=S, default=S.COLLECTING, db_index=True)
    human_review_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=~models.Q(status__in=[S.APPROVED, S.DECLINED]),
                name="kyc_verification_one_open_per_customer",
            )
        ]
        indexes = [
            models.Index(
                fields=["submitted_at"],
                condition=models.Q(status=S.PROCESSING),
                name="kyc_verification_processing",
            )
        ]
        permissions = [
            ("decide_verification", "Can decide a verification"),
            ("overrule_verification", "Can overrule a decision that stands"),
            ("reveal_evidence", "Can see documents and faces"),
        ]

    def __str__(self) -> str:
        return f"Verification {self.reference}"

    @property
    def reference(self) -> str:
        """A short handle for people; says nothing about the person."""
        return str(self.id)[:8]

    @property
    def has_back(self) -> bool:
        """Whether the chosen document's back is photographed too."""
        return bool(self.document_type) and DocumentType(self.document_type).has_back
