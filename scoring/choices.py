"""The closed sets of words that the app's tables, forms and API share."""

from __future__ import annotations

from django.db import models


class DecisionOutcome(models.TextChoices):
    """What is done with a transaction, from mild to strict."""

    APPROVE = "approve", "Approve"
    REVIEW = "review", "Review"
    BLOCK_AND_REVIEW = "block_and_review", "Block and review"
    DECLINE = "decline", "Decline"


class RiskLevel(models.TextChoices):
    """How risky a transaction is, in one word."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class ModelStatus(models.TextChoices):
    """Where a model stands; see `ModelVersion` for how it moves."""

    CANDIDATE = "candidate", "Candidate"
    SHADOW = "shadow", "Shadow"
    CHAMPION = "champion", "Champion"
    RETIRED = "retired", "Retired"


class RuleStatus(models.TextChoices):
    """Where a rule's version stands; see `RuleVersion` for how it moves."""

    DRAFT = "draft", "Draft"
    SHADOW = "shadow", "Shadow"
    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"


class RuleEffect(models.TextChoices):
    """What a hit leads to."""

    REVIEW = "review", "Review"
    BLOCK_AND_REVIEW = "block_and_review", "Block and review"
    DECLINE = "decline", "Decline"


class ListKind(models.TextChoices):
    """What being on a list means."""

    BLOCK = "block", "Block list"
    ALLOW = "allow", "Allow list"


class ListSubject(models.TextChoices):
    """What a list's entries name."""

    CUSTOMER = "customer", "Customer"
    MERCHANT = "merchant", "Merchant"
    DEVICE = "device", "Device"
    IP = "ip", "IP address"
    CARD = "card", "Card"
