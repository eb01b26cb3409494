"""When this customer pays: pauses, hours of the day, days of the week."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.clock import DAY, HOUR, days_between
from scoring.features.kernel import compiled, real, whole

PAUSE_WEIGHT = 0.1
LONG_PAUSE_KEPT = 7 * DAY
NIGHT_ENDS = 6

# Hours and weekdays are counted in one byte each; when one is full all are halved: old habits fade.
FULL = 255


@compiled
def describe_time(second: int, out: Any) -> None:
    """Write hour and weekday as places on their circles."""
    hour = (second % DAY) / HOUR
    weekday = weekday_of(second)
    out.hour_sin = math.sin(hour * (2.0 * math.pi / 24.0))
    out.hour_cos = math.cos(hour * (2.0 * math.pi / 24.0))
    out.weekday_sin = math.sin(weekday * (2.0 * math.pi / 7.0))
    out.weekday_cos = math.cos(weekday * (2.0 * math.pi / 7.0))
    out.is_night = 1.0 if hour < NIGHT_ENDS else 0.0
    out.is_weekend = 1.0 if weekday >= 5 else 0.0


@compiled
def weekday_of(second: int) -> int:
    """Return the day of the week, Monday 0 (1970 began on a Thursday)."""
    return (second // DAY + 3) % 7


@compiled
def describe_rhythm(customer: Any, second: int, now: int, out: Any) -> None:
    """Write how hour, weekday and pause fit this customer's history."""
    hour = (second % DAY) // HOUR
    near = (
        whole(customer.hours[(hour + 23) % 24])
        + whole(customer.hours[hour])
        + whole(customer.hours[(hour + 1) % 24])
    )
    out.hour_share = near / _total(customer.hours)
    out.weekday_share = customer.weekdays[weekday_of(second)] / _total(customer.weekdays)
    pause = days_between(customer.clock, now)
    out.days_since_last = pause
    if customer.pause_days > 0.0:
        out.gap_to_habit = pause / customer.pause_days
    out.dormant_gap_7d = _longest_pause(customer, pause, now)
    out.history_days = days_between(customer.first, now)
    out.days_since_deposit = days_between(customer.deposit_second, now)


@compiled
def _total(counts: Any) -> int:
    total = 0
    for count in counts:
        total += whole(count)
    return total


@compiled
def _longest_pause(customer: Any, pause: float, now: int) -> float:
    if now - whole(customer.long_pause_end) < LONG_PAUSE_KEPT:
        return max(pause, real(customer.long_pause_days))
    return pause


@compiled
def describe_pace(customer: Any, now: int, out: Any) -> None:
    """Write how today's number compares with the daily one of the last 30 days."""
    days = min(30.0, max(1.0, days_between(customer.first, now)))
    out.pace_24h = (out.tx_count_24h + 1.0) * days / (out.tx_count_30d + 1.0)
    if out.tx_sum_30d > 0.0:
        out.amount_to_mean_30d = out.amount_eur * out.tx_count_30d / out.tx_sum_30d


@compiled
def learn_rhythm(customer: Any, second: int, now: int) -> None:
    """Take the time of a transaction into the customer's habit."""
    _count(customer.hours, (second % DAY) // HOUR)
    _count(customer.weekdays, weekday_of(second))
    if customer.number == 0:
        return
    pause = days_between(customer.clock, now)
    if customer.number == 1:
        customer.pause_days = pause
    else:
        customer.pause_days += PAUSE_WEIGHT * (pause - customer.pause_days)
    kept = now - whole(customer.long_pause_end) < LONG_PAUSE_KEPT
    if not kept or pause >= customer.long_pause_days:
        customer.long_pause_days = pause
        customer.long_pause_end = now


@compiled
def _count(counts: Any, place: int) -> None:
    if whole(counts[place]) == FULL:
        for other in range(counts.size):
            counts[other] = whole(counts[other]) // 2
    counts[place] = whole(counts[place]) + 1
