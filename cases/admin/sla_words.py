"""How much time a case has left, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cases.choices import CaseStatus
from cases.models import Case

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What a page says of a deadline.

    Attributes
    ----------
    words : str
        The whole of it: colour only repeats what they say.
    state : str
        "late", "soon", "fine" or "still".
    """

    words: str
    state: Literal["late", "soon", "fine", "still"]


def time_left(case: Case, now: datetime) -> TimeLeft:
    """Return how a case stands against its deadline; one that rests or is closed has none."""
    if case.status == CaseStatus.CLOSED:
        return TimeLeft("Closed late" if case.is_breached else "Closed in time", "still")
    if case.status == CaseStatus.SUSPENDED and case.suspended_until is not None:
        return TimeLeft(f"Rests until {case.suspended_until:%-d %b %Y}", "still")
    if now >= case.due_at:
        return TimeLeft(f"Late by {span(now - case.due_at)}", "late")
    words = f"{span(case.due_at - now)} left"
    return TimeLeft(words, "soon" if now >= case.warn_at else "fine")


def span(time: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down.

    Examples
    --------
    >>> span(timedelta(seconds=20)), span(timedelta(minutes=90)), span(timedelta(hours=49))
    ('under a minute', '1 h 30 min', '2 days')
    """
    if time < MINUTE:
        return "under a minute"
    if time < HOUR:
        return f"{time // MINUTE} min"
    if time < DAY:
        minutes = time % HOUR // MINUTE
        return f"{time // HOUR} h {minutes} min" if minutes else f"{time // HOUR} h"
    days = time // DAY
    return "1 day" if days == 1 else f"{days} days"
