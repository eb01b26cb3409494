from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from fraudsite.core.transitions import TransitionTable
from scoring.choices import RuleEffect, RuleStatus

S = RuleStatus


class Rule(models.Model):
    """A rule by its name; what it says is in its versions."""

    id = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class RuleVersion(models.Model):
    """What a rule says, once live never changed: a change is the next version.

    DRAFT -> SHADOW (after a backtest) -> ACTIVE (by somebody else than its author) -> RETIRED;
    DRAFT and SHADOW may be retired too. One version of a rule is active at a time.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.DRAFT: {S.SHADOW, S.RETIRED},
            S.SHADOW: {S.ACTIVE, S.RETIRED},
            S.ACTIVE: {S.RETIRED},
            S.RETIRED: set(),
        }
    )

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    expression = models.TextField(max_length=2000)
    effect = models.CharField(max_length=16, choices=RuleEffect)
    sentence = models.CharField(max_length=200, help_text="The reason in words, without full data")
    status = models.CharField(max_length=8, choices=S, default=S.DRAFT)
    backtest = models.JSONField(null=True, blank=True)
    backtested_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: shipped with the product",
    )
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="scoring_rule_version_unique"),
            models.UniqueConstraint(
                fields=["rule"], condition=models.Q(status=S.ACTIVE), name="scoring_rule_one_active"
            ),
            models.CheckConstraint(
                condition=models.Q(activated_by=None)
                | models.Q(created_by=None)
                | ~models.Q(activated_by=models.F("created_by")),
                name="scoring_rule_activated_by_another",
            ),
        ]
        permissions = [("activate_rule", "Can make somebody else's rule active")]

    def __str__(self) -> str:
        return f"{self.rule_id}@{self.number}"


class RuleSnooze(models.Model):
    """For one customer one rule does not act until then; its hits are still recorded."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="snoozes")
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, related_name="rule_snoozes"
    )
    reason = models.CharField(max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "until"], name="scoring_snooze_of_customer")]

    def __str__(self) -> str:
        return f"{self.rule_id} until {self.until:%Y-%m-%d}"
