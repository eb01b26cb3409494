"""The counterparty: how new, how busy, who pays it, what it usually receives."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.amounts import (
    CLIP_AT,
    LEAST_DEVIATION,
    is_small,
    standard_deviation,
)
from scoring.features.clock import DAY, HOUR, days_between
from scoring.features.kernel import compiled, real, whole
from scoring.features.layout import SMALLS
from scoring.features.slots import drop_first, others_within, seen, seen_within

# The last 24 hours of a busy merchant are kept by clock hours: the present one and the 23 before.
HOURS_KEPT = 24
NEW_PAYER_WEIGHT = 0.1
USUAL_WEIGHT = 0.05


@compiled
def describe_merchant(merchant: Any, customer: int, now: int, out: Any) -> None:
    """Write how known and how busy this counterparty is."""
    if merchant.number > 0:
        out.merchant_known_days = days_between(merchant.first, now)
        out.merchant_new_share = merchant.new_share
    out.merchant_customers = merchant.customers
    out.merchant_customers_24h = others_within(
        merchant.payer_key, merchant.payer_last, whole(merchant.payer_used), customer, now, DAY
    )
    out.merchant_small_1h = seen_within(
        merchant.small_second, whole(merchant.small_used), now, HOUR
    )
    count, total = _last_hours(merchant, now)
    out.merchant_count_24h, out.merchant_sum_24h = count, total
    if merchant.number > 0:
        days = max(1.0, days_between(merchant.first, now))
        out.merchant_pace = (count + 1.0) * days / (merchant.number + 1.0)


@compiled
def compare_with_merchant(merchant: Any, amount: float, out: Any) -> None:
    """Write how the amount compares with what this merchant receives."""
    if merchant.amounts == 0:
        return
    out.amount_to_merchant = amount / merchant.usual
    deviation = standard_deviation(merchant.log_squares, merchant.amounts)
    step = math.log(amount) - merchant.log_mean
    out.amount_merchant_log_z = step / max(deviation, LEAST_DEVIATION)


@compiled
def _last_hours(merchant: Any, now: int) -> tuple[int, float]:
    count, total = 0, 0.0
    for place in range(whole(merchant.hour_used)):
        if now // HOUR - whole(merchant.hour[place]) < HOURS_KEPT:
            count += whole(merchant.hour_count[place])
            total += real(merchant.hour_sum[place])
    return count, total


@compiled
def learn_payment(merchant: Any, customer: int, now: int, amount: float, is_new: bool) -> None:  # noqa: FBT001 - compiled code takes no keyword-only arguments
    """Note a transaction; `is_new` says whether this customer is not known to have paid before."""
    if merchant.number == 0:
        merchant.first = now
        merchant.new_share = 1.0 if is_new else 0.0
    elif is_new:
        merchant.new_share += NEW_PAYER_WEIGHT * (1.0 - merchant.new_share)
    else:
        merchant.new_share -= NEW_PAYER_WEIGHT * merchant.new_share
    merchant.number += 1
    merchant.clock = now
    merchant.customers += 1 if is_new else 0
    _count_hour(merchant, now // HOUR, amount)
    if customer != 0:
        _note_payer(merchant, customer, now)
    if is_small(amount):
        _note_small(merchant, now)
    if amount > 0.0:
        _learn_amount(merchant, amount)


@compiled
def _count_hour(merchant: Any, hour: int, amount: float) -> None:
    used = whole(merchant.hour_used)
    gone = 0
    while gone < used and hour - whole(merchant.hour[gone]) >= HOURS_KEPT:
        gone += 1
    if gone > 0:
        drop_first(merchant.hour, used, gone)
        drop_first(merchant.hour_count, used, gone)
        drop_first(merchant.hour_sum, used, gone)
        used -= gone
    if used == 0 or whole(merchant.hour[used - 1]) != hour:
        merchant.hour[used] = hour
        merchant.hour_count[used] = 0
        merchant.hour_sum[used] = 0.0
        used += 1
    merchant.hour_count[used - 1] += 1
    merchant.hour_sum[used - 1] += amount if amount > 0.0 else 0.0
    merchant.hour_used = used


@compiled
def _note_payer(merchant: Any, customer: int, now: int) -> None:
    kept = 0
    for slot in range(whole(merchant.payer_used)):
        if now - whole(merchant.payer_last[slot]) < DAY:
            merchant.payer_key[kept] = merchant.payer_key[slot]
            merchant.payer_last[kept] = merchant.payer_last[slot]
            kept += 1
    merchant.payer_used = seen(merchant.payer_key, merchant.payer_last, kept, customer, now)


@compiled
def _note_small(merchant: Any, now: int) -> None:
    used = whole(merchant.small_used)
    gone = 0
    while gone < used and now - whole(merchant.small_second[gone]) >= HOUR:
        gone += 1
    if gone == 0 and used == SMALLS:
        gone = 1
    if gone > 0:
        drop_first(merchant.small_second, used, gone)
    merchant.small_second[used - gone] = now
    merchant.small_used = used - gone + 1


@compiled
def _learn_amount(merchant: Any, amount: float) -> None:
    merchant.amounts += 1
    count = real(merchant.amounts)
    if merchant.amounts == 1:
        merchant.usual = amount
    else:
        weight = max(1.0 / count, USUAL_WEIGHT)
        clipped = min(amount, CLIP_AT * merchant.usual)
        merchant.usual += weight * (clipped - merchant.usual)
    logarithm = math.log(amount)
    step = logarithm - merchant.log_mean
    merchant.log_mean += step / count
    merchant.log_squares += step * (logarithm - merchant.log_mean)
