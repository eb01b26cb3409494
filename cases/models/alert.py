from __future__ import annotations

from django.db import models

from cases.choices import AlertSettlement, AlertSource, Severity
from fraudsite.core.uuid7 import uuid7


class Alert(models.Model):
    """One reason for a person to look; it belongs to the open case of its subject.

    Raised -> settled: by a decision of the case, elsewhere, or at once when the case it belongs
    to was just closed for the same reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="alerts")
    source = models.CharField(max_length=12, choices=AlertSource)
    source_id = models.CharField(max_length=64)
    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    transaction = models.ForeignKey(
        "transactions.Transaction",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
    )
    decision = models.ForeignKey(
        "cases.CaseDecision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        help_text="Empty: nobody has decided yet, or it was settled elsewhere",
    )
    queue = models.ForeignKey(
        "cases.Queue", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=100, help_text="The weightiest code, without a version")
    reasons = models.JSONField(default=list, help_text="Code and sentence of each, strictest first")
    severity = models.PositiveSmallIntegerField(choices=Severity)
    score = models.FloatField(null=True, blank=True)
    amount_minor = models.BigIntegerField(default=0, help_text="In cents of the reference currency")
    settlement = models.CharField(max_length=10, choices=AlertSettlement, blank=True)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="cases_alert_once_per_source"
            ),
            models.CheckConstraint(
                condition=models.Q(settlement="", settled_at=None)
                | (~models.Q(settlement="") & models.Q(settled_at__isnull=False)),
                name="cases_alert_settled_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-raised_at"], name="cases_alert_newest")]

    def __str__(self) -> str:
        return f"{self.source} {self.reason}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it waits for a person any more."""
        return bool(self.settlement)
