from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from cases.choices import ReportStatus
from fraudsite.core.transitions import TransitionTable
from fraudsite.core.uuid7 import uuid7

S = ReportStatus


class SuspiciousActivityReport(models.Model):
    """A report to the authority (SAR, STR); to tell its subject of it is an offence.

    DRAFT -> READY -> FILED, or WITHDRAWN before that. It has permissions of its own and no
    `view_` permission, which roles hold by pattern. Its text is sealed under the platform's key,
    not the customer's: it must be kept when the customer is erased.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.DRAFT: {S.READY, S.WITHDRAWN},
            S.READY: {S.DRAFT, S.FILED, S.WITHDRAWN},
            S.FILED: set(),
            S.WITHDRAWN: set(),
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="reports")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    narrative_sealed = models.BinaryField(editable=False)
    authority = models.CharField(max_length=100, help_text="Whom it goes to")
    filing_reference = models.CharField(
        max_length=100, blank=True, help_text="What the authority calls it"
    )
    status = models.CharField(max_length=10, choices=S, default=S.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    filed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("read_report", "Can read reports of suspicious activity"),
            ("write_report", "Can write and file reports of suspicious activity"),
        ]

    def __str__(self) -> str:
        return f"Report {str(self.id)[-8:]}"

    @property
    def context(self) -> str:
        """What binds the sealed narrative to this row."""
        return f"report:{self.id}:narrative"
