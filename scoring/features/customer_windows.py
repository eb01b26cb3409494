"""The customer's last 64 transactions, and what they add up to in the windows that end now.

Exact as long as a window holds at most 64 transactions. Beyond that, windows of 7 and 30 days add
what fell out by whole UTC days (the window's first day as a whole), the shorter ones stay at 64.
"""

from __future__ import annotations

import math
from typing import Any

from scoring.features.amounts import BELOW_LIMIT_FROM, REPORT_LIMIT, SPLIT_FROM, is_small
from scoring.features.clock import DAY, HOUR
from scoring.features.kernel import compiled, real, whole
from scoring.features.layout import OVERFLOW_DAYS, RECENT
from scoring.features.slots import U2_MAX, drop_first, short_key, slot_of

WEEK = 7 * DAY
MONTH = 30 * DAY

# Codes of `transactions.columns.KINDS`.
TRANSFER = 2
WITHDRAWAL = 3
DEPOSIT = 4

# In the flags of a transaction that is remembered: its kind, whether the amount was unusual, and
# whether it is known to be honest.
KIND_BITS = 0b0_0111
UNUSUAL_BIT = 0b0_1000
HONEST_BIT = 0b1_0000

# A spree is seen for three weeks: most are over in two, and labels take about one.
SPREE = 3 * WEEK


@compiled
def describe_windows(customer: Any, now: int, out: Any) -> None:
    """Write counts and sums of the last hour, day, week and month."""
    hour_count, day_count, week_count, month_count = 0, 0, 0, 0
    hour_sum, day_sum, week_sum, month_sum = 0.0, 0.0, 0.0, 0.0
    for place in range(whole(customer.recent_used) - 1, -1, -1):
        age = now - whole(customer.recent_second[place])
        amount = real(customer.recent_amount[place])
        if age >= MONTH:
            break
        month_count += 1
        month_sum += amount
        if age < WEEK:
            week_count += 1
            week_sum += amount
        if age < DAY:
            day_count += 1
            day_sum += amount
        if age < HOUR:
            hour_count += 1
            hour_sum += amount
    over_week = _overflow(customer, now, WEEK)
    over_month = _overflow(customer, now, MONTH)
    out.tx_count_1h, out.tx_sum_1h = hour_count, hour_sum
    out.tx_count_24h, out.tx_sum_24h = day_count, day_sum
    out.tx_count_7d, out.tx_sum_7d = week_count + over_week[0], week_sum + over_week[1]
    out.tx_count_30d, out.tx_sum_30d = month_count + over_month[0], month_sum + over_month[1]


@compiled
def _overflow(customer: Any, now: int, window: int) -> tuple[int, float]:
    first_day = (now - window) // DAY
    count, total = 0, 0.0
    for place in range(whole(customer.overflow_used)):
        if whole(customer.overflow_day[place]) >= first_day:
            count += whole(customer.overflow_count[place])
            total += real(customer.overflow_sum[place])
    return count, total


@compiled
def describe_sizes(customer: Any, now: int, out: Any) -> None:
    """Write how many recent amounts were small, unusual, or just under the reporting limit."""
    small_hour, small_day, unusual, below_count = 0, 0, 0, 0
    below_sum, split_sum, largest, largest_open = 0.0, 0.0, 0.0, 0.0
    unusual_open = 0
    for place in range(whole(customer.recent_used) - 1, -1, -1):
        age = now - whole(customer.recent_second[place])
        amount = real(customer.recent_amount[place])
        if age >= 2 * WEEK:
            break
        largest = max(largest, amount)
        flags = whole(customer.recent_flags[place])
        unusual += 1 if flags & UNUSUAL_BIT else 0
        if not flags & HONEST_BIT:
            largest_open = max(largest_open, amount)
            unusual_open += 1 if flags & UNUSUAL_BIT else 0
        if age < WEEK and SPLIT_FROM <= amount < REPORT_LIMIT:
            split_sum += amount
            if amount >= BELOW_LIMIT_FROM:
                below_count += 1
                below_sum += amount
        if age < DAY and is_small(amount):
            small_day += 1
            small_hour += 1 if age < HOUR else 0
    out.small_count_1h, out.small_count_24h = small_hour, small_day
    out.high_amounts_14d, out.open_high_amounts_14d = unusual, unusual_open
    out.below_limit_count_7d, out.below_limit_sum_7d = below_count, below_sum
    out.split_sum_7d = split_sum
    if customer.amounts > 0:
        out.max_to_usual_14d = largest / customer.usual
        out.open_max_to_usual_14d = largest_open / customer.usual


@compiled
def describe_flow(customer: Any, now: int, kind: int, amount: float, out: Any) -> None:
    """Write what came in and went out, this transaction counting as gone if it takes money out."""
    in_day, in_two, out_day, out_two = 0.0, 0.0, 0.0, 0.0
    for place in range(whole(customer.recent_used) - 1, -1, -1):
        age = now - whole(customer.recent_second[place])
        if age >= 2 * DAY:
            break
        earlier = customer.recent_flags[place] & KIND_BITS
        moved = real(customer.recent_amount[place])
        is_in = earlier == DEPOSIT
        is_out = earlier in {TRANSFER, WITHDRAWAL}
        in_two += moved if is_in else 0.0
        out_two += moved if is_out else 0.0
        in_day += moved if is_in and age < DAY else 0.0
        out_day += moved if is_out and age < DAY else 0.0
    out.deposits_24h, out.deposits_48h = in_day, in_two
    out.outflow_24h, out.outflow_48h = out_day, out_two
    leaving = amount if kind in {TRANSFER, WITHDRAWAL} and amount > 0.0 else 0.0
    out.passed_through_24h = (out_day + leaving) / in_day if in_day > 0.0 else math.nan
    out.passed_through_48h = (out_two + leaving) / in_two if in_two > 0.0 else math.nan


@compiled
def is_remembered(customer: Any, transaction: int) -> bool:
    """Tell whether a transaction is among the last that were applied."""
    for place in range(whole(customer.recent_used)):
        if whole(customer.recent_transaction[place]) == transaction:
            return True
    return False


@compiled
def mark_outcome(customer: Any, event: Any) -> None:
    """Note what a label says with the transaction that it is of, if that is remembered."""
    slot = _place_of(customer, event)
    if slot < 0:
        return
    flags = whole(customer.recent_flags[slot])
    customer.recent_flags[slot] = flags & ~HONEST_BIT if event.is_fraud else flags | HONEST_BIT


@compiled
def has_other_unusual(customer: Any, event: Any, now: int) -> bool:
    """Tell whether another amount of three weeks was unusual and is not known to be honest."""
    own = _place_of(customer, event)
    for place in range(whole(customer.recent_used)):
        flags = whole(customer.recent_flags[place])
        is_lately = now - whole(customer.recent_second[place]) < SPREE
        if place != own and is_lately and flags & UNUSUAL_BIT and not flags & HONEST_BIT:
            return True
    return False


@compiled
def _place_of(customer: Any, event: Any) -> int:
    if event.transaction == 0:
        return -1
    key = short_key(event.transaction)
    return slot_of(customer.recent_transaction, whole(customer.recent_used), key)


@compiled
def remember(customer: Any, now: int, transaction: int, amount: float, flags: int) -> None:
    """Append a transaction; one whose amount is unknown counts with 0 euros."""
    _make_room(customer, now)
    place = whole(customer.recent_used)
    customer.recent_second[place] = now
    customer.recent_amount[place] = amount if amount > 0.0 else 0.0
    customer.recent_transaction[place] = transaction
    customer.recent_flags[place] = flags
    customer.recent_used = place + 1


@compiled
def _make_room(customer: Any, now: int) -> None:
    used = whole(customer.recent_used)
    gone = 0
    while gone < used and now - whole(customer.recent_second[gone]) >= MONTH:
        gone += 1
    if gone == 0 and used == RECENT:
        _keep_by_day(customer, whole(customer.recent_second[0]), real(customer.recent_amount[0]))
        gone = 1
    _forget_days(customer, now)
    if gone > 0:
        drop_first(customer.recent_second, used, gone)
        drop_first(customer.recent_amount, used, gone)
        drop_first(customer.recent_transaction, used, gone)
        drop_first(customer.recent_flags, used, gone)
        customer.recent_used = used - gone


@compiled
def _keep_by_day(customer: Any, second: int, amount: float) -> None:
    day = second // DAY
    last = whole(customer.overflow_used) - 1
    if last >= 0 and customer.overflow_day[last] == day:
        customer.overflow_count[last] = min(U2_MAX, whole(customer.overflow_count[last]) + 1)
        customer.overflow_sum[last] += amount
        return
    if last + 1 == OVERFLOW_DAYS:
        _drop_days(customer, 1)
        last -= 1
    customer.overflow_day[last + 1] = day
    customer.overflow_count[last + 1] = 1
    customer.overflow_sum[last + 1] = amount
    customer.overflow_used = last + 2


@compiled
def _forget_days(customer: Any, now: int) -> None:
    first_day = (now - MONTH) // DAY
    gone = 0
    used = whole(customer.overflow_used)
    while gone < used and whole(customer.overflow_day[gone]) < first_day:
        gone += 1
    if gone > 0:
        _drop_days(customer, gone)


@compiled
def _drop_days(customer: Any, gone: int) -> None:
    used = whole(customer.overflow_used)
    drop_first(customer.overflow_day, used, gone)
    drop_first(customer.overflow_count, used, gone)
    drop_first(customer.overflow_sum, used, gone)
    customer.overflow_used = used - gone
