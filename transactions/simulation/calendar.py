"""When people pay: the rhythm of the week, habits within a day, and how behaviour drifts.

Times in the simulation are seconds since its start, as floats: exact to a microsecond for
centuries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Flags, Floats
from transactions.simulation.plan import SimulationPlan

DAY_S = 86_400.0
HOUR_S = 3_600.0

# Monday first. Friday and Saturday are for shopping; set by hand.
_WEEKDAY = np.array([0.95, 0.93, 0.97, 1.02, 1.18, 1.25, 0.80])
# Around salaries (25th to 3rd) people spend more.
_PAYDAY_BOOST = 1.12
# Prices rise by this share in a year.
_INFLATION = 0.06
# Payments that move from the till to the telephone within half a year.
_CHANNEL_SHIFT = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The days of a history.

    Attributes
    ----------
    cumulative : ndarray of shape (days + 1,)
        Share of everyday payments before each day, 0 … 1.
    """

    days: int
    first_weekday: int
    cumulative: Floats

    @property
    def end_s(self) -> float:
        """When the history ends."""
        return self.days * DAY_S

    def share_before(self, day: Floats) -> Floats:
        """Return the share of everyday payments before these days."""
        known = np.arange(self.days + 1, dtype=np.float64)
        return np.interp(day, known, self.cumulative)

    def draw_days(self, first: Floats, rng: np.random.Generator) -> Floats:
        """Return a whole day for each, not before `first`, by the rhythm of the week."""
        low = self.share_before(first)
        draw = low + rng.random(len(first)) * (1.0 - low)
        day = np.searchsorted(self.cumulative, draw, side="right") - 1.0
        return np.clip(day, 0, self.days - 1)

    def is_workday(self, time_s: Floats) -> Flags:
        """Whether it is Monday to Friday (UTC)."""
        is_workday: Flags = (np.floor(time_s / DAY_S) + self.first_weekday) % 7 < 5
        return is_workday

    def within(self, time_s: Floats, first_s: Floats | float = 0.0) -> Floats:
        """Return the times, those outside of `first_s` … `end_s` mirrored to the inside."""
        later = np.where(time_s < first_s, 2 * first_s - time_s, time_s)
        # Mirrored, not cut: a cut would pile events up on the last instant.
        mirrored = np.where(later >= self.end_s, 2 * self.end_s - later - 1e-3, later)
        return np.clip(mirrored, first_s, self.end_s - 1e-3)


def calendar_of(plan: SimulationPlan) -> Calendar:
    """Return the calendar of a plan."""
    first_weekday = plan.start.weekday()
    day = np.arange(plan.days)
    weights = _WEEKDAY[(day + first_weekday) % 7].copy()
    in_month = (day + plan.start.day - 1) % 30.4
    weights[(in_month >= 24) | (in_month < 3)] *= _PAYDAY_BOOST
    cumulative = np.concatenate([[0.0], np.cumsum(weights)])
    return Calendar(plan.days, first_weekday, cumulative / cumulative[-1])


def inflation(time_s: Floats) -> Floats:
    """Return how much dearer things are than at the start, as a factor.

    Examples
    --------
    >>> inflation(np.array([0.0, 365 * DAY_S])).round(3).tolist()
    [1.0, 1.06]
    """
    return (1.0 + _INFLATION) ** (time_s / (365 * DAY_S))


def channel_shift(time_s: Floats) -> Floats:
    """Return by how much the share of online payments has grown since the start, 0 … 0.3."""
    return np.minimum(_CHANNEL_SHIFT * time_s / (180 * DAY_S), 0.3)
