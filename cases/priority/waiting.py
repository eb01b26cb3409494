"""How far a case has used up its time, in steps."""

from __future__ import annotations

from datetime import datetime, timedelta

# A share that rose with every second would have every open case written all the time; in quarters
# a case is written four times, and an order of work hardly needs more.
WAITING_STEPS = (0.25, 0.5, 0.75, 1.0)


def waiting_share(opened_at: datetime, due_at: datetime, now: datetime) -> float:
    """Return the last step reached of the time between opening and due.

    Returns
    -------
    float
        0 for a fresh case, 1 for one that is due or overdue.

    Examples
    --------
    >>> opened_at, due_at = datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 12)
    >>> waiting_share(opened_at, due_at, datetime(2026, 1, 1, 10, 30))
    0.5
    """
    passed = _share(opened_at, due_at, now)
    return max((step for step in WAITING_STEPS if step <= passed), default=0.0)


def next_step_at(opened_at: datetime, due_at: datetime, now: datetime) -> datetime | None:
    """Return when the next step is reached; None when the last one is.

    Examples
    --------
    >>> opened_at, due_at = datetime(2026, 1, 1, 8), datetime(2026, 1, 1, 12)
    >>> next_step_at(opened_at, due_at, datetime(2026, 1, 1, 10, 30))
    datetime.datetime(2026, 1, 1, 11, 0)
    """
    passed = _share(opened_at, due_at, now)
    ahead = [step for step in WAITING_STEPS if step > passed]
    if not ahead:
        return None
    # Rounded to a microsecond, the step may seem to be now although the share has not reached it.
    return max(opened_at + (due_at - opened_at) * ahead[0], now + timedelta(microseconds=1))


def _share(opened_at: datetime, due_at: datetime, now: datetime) -> float:
    whole = (due_at - opened_at).total_seconds()
    return (now - opened_at).total_seconds() / whole if whole > 0 else 1.0
