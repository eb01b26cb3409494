from __future__ import annotations

from django.db import models

from kyc.choices_screening import CustomerRisk


class RiskAssessment(models.Model):
    """How much risk a customer is since a moment, and why; never changed, only followed.

    A row is written when level or reasons change; the newest one holds.
    """

    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.PROTECT, related_name="risk_assessments"
    )
    level = models.CharField(max_length=10, choices=CustomerRisk)
    reasons = models.JSONField(help_text="Codes with the level each asks for, worst first")
    occasion = models.CharField(max_length=60, help_text="The kind of news that led to it")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="kyc_risk_newest")]

    def __str__(self) -> str:
        return f"{self.level} for {self.customer_id}"
