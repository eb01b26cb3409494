"""What was counted, on its way from the database to a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# How many there are, by day and by a code such as a label or a source.
DayCounts = Mapping[tuple[date, str], int]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What decided alerts turned out to be; inconclusive ones say nothing and are left out.

    Attributes
    ----------
    fraud : int
        Confirmed fraud.
    honest : int
        False positives, and valuable alerts that were no fraud either.
    """

    name: str
    fraud: int
    honest: int

    @property
    def decided(self) -> int:
        """How many there are of both."""
        return self.fraud + self.honest


@dataclass(frozen=True, slots=True)
class AgeCount:
    """How many unclosed cases are of one age; those breached are among them."""

    bucket: int
    cases: int
    breached: int


@dataclass(frozen=True, slots=True)
class AnalystCount:
    """What one analyst did.

    Attributes
    ----------
    median_hours : float or None
        From the moment the case opened to the decision.
    """

    user_id: str
    name: str
    decided: int
    second_looks: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class StoppedMoney:
    """What one day's alerts about payments stopped, in cents of the reference currency.

    Attributes
    ----------
    stopped_minor : int
        Of all that were declined or refused.
    fraud_minor, fraud_payments : int
        Of those among them whose latest label says fraud.
    unpriced : int
        Stopped payments whose currency has no rate; they are in no amount.
    """

    day: date
    stopped_minor: int
    stopped_payments: int
    fraud_minor: int
    fraud_payments: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where the verifications begun in a while stand now."""

    begun: int = 0
    submitted: int = 0
    approved_by_machine: int = 0
    seen_by_person: int = 0
    approved: int = 0
    declined: int = 0
