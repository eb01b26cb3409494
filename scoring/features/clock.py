"""Time in compiled code: whole seconds since 1970, and a clock per entity that never runs back.

A window of length W at second `now` holds what happened at most W - 1 seconds before: a transaction
exactly one hour old is no longer "in the last hour".
"""

from __future__ import annotations

from typing import Any

from scoring.features.kernel import compiled, whole

MINUTE = 60
HOUR = 3_600
DAY = 86_400

# A device's clock may be ahead of ours by this much; what claims to be later still counts as
# arriving in that future at most. Otherwise one wrong date would empty every window after it.
FUTURE_TOLERANCE = 5 * MINUTE

# Seconds are kept as 32 bits without sign: 0 says never, the last one is in the year 2106.
LAST_SECOND = 2**32 - 1


@compiled
def second_of(event: Any) -> int:
    """Return the second of a transaction, bounded by when it arrived."""
    second = whole(event.time_us // 1_000_000)
    if event.arrival_us > 0:
        second = min(second, whole(event.arrival_us // 1_000_000) + FUTURE_TOLERANCE)
    return max(1, min(second, LAST_SECOND))


@compiled
def stored_second(time_us: int) -> int:
    """Return a time in the form the state keeps it."""
    return max(1, min(time_us // 1_000_000, LAST_SECOND))


@compiled
def days_between(earlier: int, later: int) -> float:
    """Return the days from one second to another, never below 0; NaN if the earlier is unknown."""
    if earlier == 0:
        return float("nan")
    return max(0, later - earlier) / DAY
