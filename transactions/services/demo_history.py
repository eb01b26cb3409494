"""Four months of an ordinary life as movements of money, for accounts of the demonstration."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

HISTORY_DAYS = 122
# Nobody buys at night here: shops and people are open between these hours.
FIRST_HOUR, LAST_HOUR = 8, 21


@dataclass(frozen=True, slots=True)
class DemoParty:
    """A counterparty; without an MCC it is a person or an employer."""

    key: str
    name: str
    mcc: int | None = None
    is_own_account: bool = False


@dataclass(frozen=True, slots=True)
class DemoMove:
    """One movement of the current account."""

    occurred_at: datetime
    party: DemoParty
    kind: str
    channel: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class _Monthly:
    """What happens on one day of each month, give or take a share of its amount."""

    party: DemoParty
    day: int
    kind: str
    channel: str
    amount_minor: int
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class _Habit:
    """What happens on some days: how likely on each, and between which amounts."""

    party: DemoParty
    chance: float
    kind: str
    channel: str
    least_minor: int
    most_minor: int


SAVINGS = DemoParty("savings", "Savings account", is_own_account=True)
# What the savings account calls the other side.
CURRENT = DemoParty("current", "Current account", is_own_account=True)
EMPLOYER = DemoParty("employer", "Harbour Street Software")
# MCCs of ISO 18245: 5411 groceries, 5814 quick meals, 4111 local transport, 4900 utilities,
# 4814 telecommunication, 4899 streaming, 7997 sports clubs, 5942 books, 5732 electronics.
MONTHLY = (
    _Monthly(EMPLOYER, 27, "deposit", "api", 284_000, 0.01),
    _Monthly(DemoParty("landlord", "Birch Court Housing"), 1, "transfer", "web", 94_000),
    _Monthly(SAVINGS, 28, "transfer", "web", 20_000),
    _Monthly(DemoParty("power", "City Power and Light", 4900), 5, "payment", "web", 6_480, 0.1),
    _Monthly(DemoParty("phone", "Tide Mobile", 4814), 12, "payment", "api", 1_999),
    _Monthly(DemoParty("films", "Lantern Films", 4899), 17, "payment", "api", 1_299),
    _Monthly(DemoParty("gym", "Riverside Gym", 7997), 3, "payment", "api", 2_990),
)
NOW_AND_THEN = (
    _Habit(DemoParty("market", "Corner Market", 5411), 0.32, "payment", "pos", 900, 8_500),
    _Habit(DemoParty("greens", "Green Basket", 5411), 0.12, "payment", "pos", 700, 4_200),
    _Habit(DemoParty("cafe", "Café Morgenrot", 5814), 0.38, "payment", "pos", 320, 1_450),
    _Habit(DemoParty("tram", "City Transport", 4111), 0.2, "payment", "mobile", 240, 980),
    _Habit(DemoParty("books", "Paper Moon Books", 5942), 0.05, "payment", "web", 900, 4_500),
    _Habit(DemoParty("tech", "Voltline", 5732), 0.02, "payment", "web", 2_500, 19_900),
    _Habit(DemoParty("friend", "Mira Lindqvist"), 0.06, "transfer", "mobile", 800, 6_000),
    _Habit(DemoParty("atm", "Cash machine", 6011), 0.04, "withdrawal", "atm", 2_000, 10_000),
)


def demo_history(rng: np.random.Generator, *, until: datetime) -> list[DemoMove]:
    """Return what moved up to a moment, in order of time.

    Parameters
    ----------
    rng : numpy.random.Generator
        Makes one person's habits differ from another's.
    until : datetime
        In UTC; nothing lies after it.
    """
    first = until.date() - timedelta(days=HISTORY_DAYS)
    days = [first + timedelta(days=ahead) for ahead in range(HISTORY_DAYS + 1)]
    moves = [move for day in days for move in _moves_of(day, rng)]
    return sorted((move for move in moves if move.occurred_at < until), key=_when)


def _moves_of(day: date, rng: np.random.Generator) -> Iterator[DemoMove]:
    last_day = calendar.monthrange(day.year, day.month)[1]
    for plan in MONTHLY:
        if day.day == min(plan.day, last_day):
            amount = round(plan.amount_minor * (1 + plan.spread * rng.uniform(-1, 1)))
            yield DemoMove(_moment(day, rng), plan.party, plan.kind, plan.channel, amount)
    for habit in NOW_AND_THEN:
        if rng.random() < habit.chance:
            yield DemoMove(
                _moment(day, rng), habit.party, habit.kind, habit.channel, _amount(habit, rng)
            )


def _amount(habit: _Habit, rng: np.random.Generator) -> int:
    """Return an amount between the two, small ones more often; machines give whole tens."""
    share = float(rng.beta(1.5, 4))
    amount = round(habit.least_minor + share * (habit.most_minor - habit.least_minor))
    return max(1_000, round(amount, -3)) if habit.kind == "withdrawal" else amount


def _moment(day: date, rng: np.random.Generator) -> datetime:
    seconds = int(rng.integers(FIRST_HOUR * 3600, LAST_HOUR * 3600))
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=seconds)


def _when(move: DemoMove) -> datetime:
    return move.occurred_at
