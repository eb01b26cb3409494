"""The closed sets of words of screening and of the customers' risk."""

from __future__ import annotations

from django.db import models


class WatchlistFormat(models.TextChoices):
    """In which form a list comes."""

    OFAC_SDN = "ofac-sdn", "OFAC SDN (sdn.csv)"
    OPENSANCTIONS = "opensanctions", "OpenSanctions (targets.simple.csv)"
    OWN = "csv", "Own CSV"


class HitStatus(models.TextChoices):
    """What a person found about a customer who may be on a list; see `ScreeningHit`."""

    OPEN = "open", "To be looked at"
    FALSE_POSITIVE = "false_positive", "Another person"
    CONFIRMED = "confirmed", "The listed person"


class HitSource(models.TextChoices):
    """What found a hit."""

    VERIFICATION = "verification", "The customer's verification"
    RESCREENING = "rescreening", "A changed list"


class HitReason(models.TextChoices):
    """Why a person decided a hit as they did; the first words say for which decision."""

    FALSE_POSITIVE_BIRTH = "false_positive_birth", "Born on another day"
    FALSE_POSITIVE_NAME = "false_positive_name", "The name is another one"
    FALSE_POSITIVE_OTHERWISE = "false_positive_otherwise", "Told apart by other evidence"
    CONFIRMED_IDENTITY = "confirmed_identity", "Name, birth and other evidence agree"
    CONFIRMED_ADMITTED = "confirmed_admitted", "The customer said so"

    @classmethod
    def of_decision(cls, decision: str) -> list[tuple[str, str]]:
        """Return the reasons meant for `false_positive` or `confirmed`, as choices."""
        return [(code, label) for code, label in cls.choices if code.startswith(f"{decision}_")]


class CustomerRisk(models.TextChoices):
    """How much risk a customer is."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    PROHIBITED = "prohibited", "Prohibited"
