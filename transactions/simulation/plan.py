"""What is to be simulated: one frozen value that, with its seed, settles every byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

FRAUD_TYPES = (
    "velocity_burst",
    "amount_spike",
    "account_takeover",
    "structuring",
    "blacklisted_counterparty",
    "card_testing",
    "mule_ring",
    "synthetic_identity",
)

USERS = (50, 5_000_000)
TRANSACTIONS = (1_000, 50_000_000)
# Above a third there would be more victims than there is honest behaviour to hide in.
FRAUD_RATE = (0.0, 0.3)
DAYS = (28, 1_095)


class PlanRefused(ValueError):
    """A plan that cannot be simulated; the message is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationPlan:
    """How much of what happens from when on.

    Attributes
    ----------
    users : int
        Customers, honest and others; 50 … 5,000,000.
    transactions : int
        Rows in the history, exactly; 1,000 … 50,000,000.
    fraud_rate : float
        Share of them that is fraud, 0 … 0.3; the number is rounded to the nearest.
    seed : int
        Not negative. The same plan gives the same history.
    start : date
        First day, UTC.
    days : int
        Length of the history, 28 … 1,095.
    novel_fraud : str or None
        A fraud type that appears only from day `novel_from` on (the first day is 0). Its rate per
        day is then what it would have been anyway.
    """

    users: int = 50_000
    transactions: int = 5_000_000
    fraud_rate: float = 0.04
    seed: int = 1
    start: date = date(2026, 1, 1)
    days: int = 180
    novel_fraud: str | None = None
    novel_from: int = 0

    def __post_init__(self) -> None:
        _demand_within("number of users", self.users, USERS)
        _demand_within("number of transactions", self.transactions, TRANSACTIONS)
        _demand_within("fraud rate", self.fraud_rate, FRAUD_RATE)
        _demand_within("number of days", self.days, DAYS)
        if self.seed < 0:
            raise PlanRefused("The seed must not be negative.")
        if not date(1990, 1, 1) <= self.start <= date(2100, 1, 1):
            raise PlanRefused("The first day must lie between 1990-01-01 and 2100-01-01.")
        self._demand_novelty()

    def _demand_novelty(self) -> None:
        if self.novel_fraud is None:
            if self.novel_from:
                raise PlanRefused("A day of appearance needs the fraud type that appears then.")
            return
        if self.novel_fraud not in FRAUD_TYPES:
            raise PlanRefused(
                f"There is no fraud type {self.novel_fraud!r}; choose one of "
                f"{', '.join(FRAUD_TYPES)}."
            )
        # Later than this an episode of several days would no longer fit in.
        if not 0 <= self.novel_from <= self.days - 10:
            raise PlanRefused(
                f"The new fraud must appear between day 0 and day {self.days - 10}, "
                f"not on day {self.novel_from}."
            )

    @property
    def frauds(self) -> int:
        """How many transactions are fraud."""
        return round(self.transactions * self.fraud_rate)

    @property
    def start_us(self) -> int:
        """The first instant, microseconds since 1970 UTC."""
        first = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return int(first.timestamp()) * 1_000_000

    def first_day_of(self, fraud_type: str) -> int:
        """Return the day from which on a fraud type appears."""
        return self.novel_from if fraud_type == self.novel_fraud else 0


def _demand_within(name: str, value: float, limits: tuple[float, float]) -> None:
    lowest, highest = limits
    if not lowest <= value <= highest:  # also refuses NaN
        raise PlanRefused(f"The {name} must lie between {lowest:,} and {highest:,}, not {value:,}.")
