from __future__ import annotations

from django.db import models

from fraudsite.core.uuid7 import uuid7
from scoring.choices import DecisionOutcome, RiskLevel


class Decision(models.Model):
    """What was decided about a transaction, with all it takes to explain and repeat it.

    `features` is the packed float32 vector of the schema whose hash stands beside it; with the
    model, policy and rule versions it gives the same decision again. Never changed: what a person
    does later is a status change of the transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    transaction = models.OneToOneField(
        "transactions.Transaction", on_delete=models.PROTECT, related_name="decision"
    )
    model = models.ForeignKey(
        "scoring.ModelVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Empty: there was none that could be used",
    )
    outcome = models.CharField(max_length=16, choices=DecisionOutcome)
    risk_level = models.CharField(max_length=8, choices=RiskLevel)
    score = models.FloatField(null=True, blank=True)
    is_fraud = models.BooleanField()
    is_holdout = models.BooleanField(default=False)
    shadow_outcome = models.CharField(
        max_length=16, choices=DecisionOutcome, help_text="If the rules on trial were active"
    )
    causes = models.JSONField(default=list, help_text="Why: code and sentence, strictest first")
    notes = models.JSONField(default=list, help_text="What else was said: code and sentence")
    factors = models.JSONField(
        null=True, blank=True, help_text="What raised the score; empty: not asked for yet"
    )
    rules_asked = models.JSONField(default=list, help_text="id@version of every rule that looked")
    rules = models.JSONField(default=list, help_text="Those that came out as anything but no hit")
    lists = models.JSONField(default=list, help_text="Lists the transaction's entities stand on")
    features = models.BinaryField()
    schema_hash = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=40)
    processing_time_us = models.PositiveIntegerField()
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.outcome} for {self.transaction_id}"
