"""What an amount is to a customer: missing, small, unusual, just under the reporting limit."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.kernel import compiled, real

# A test charge on a stolen card is seldom larger; the generator and most honest baskets lie above.
SMALL = 5.0

# What is less than half a cent, or more than the world's money, is no amount; so nothing below
# divides by zero or overflows.
LEAST_AMOUNT = 0.005
LARGEST_AMOUNT = 1e15

# Cash of 10,000 euros or more is reported (Directive (EU) 2015/849, art. 2 and 11); amounts from
# 70 % of that on are what structuring typically uses.
REPORT_LIMIT = 10_000.0
BELOW_LIMIT_FROM = 7_000.0
SPLIT_FROM = 1_000.0

# Outliers: an amount is unusual from 3.5 usual deviations above the usual on (the cut-off that
# Iglewicz and Hoaglin 1993 give for robust scores), once three amounts are known.
UNUSUAL_DEVIATIONS = 3.5
AMOUNTS_FOR_HABIT = 3

# What is usual is a mean of at least the last 50 amounts in which none weighs more than three times
# the usual, so that one spree does not become a habit.
USUAL_MEMORY = 0.02
CLIP_AT = 3.0
LATELY_WEIGHT = 0.2

# Who always pays the same has no deviation; one hundredth (logarithm) and one twentieth (usual) of
# the amount stand in, so that the scores stay finite.
LEAST_DEVIATION = 0.01
LEAST_SPREAD = 0.05


@compiled
def amount_of(event: Any) -> float:
    """Return the amount in euros, or NaN where it is unknown or no amount."""
    if LEAST_AMOUNT <= event.amount <= LARGEST_AMOUNT:
        return real(event.amount)
    return math.nan


@compiled
def is_small(amount: float) -> bool:
    """Tell whether an amount is of the size of a test charge."""
    return 0.0 < amount < SMALL


@compiled
def is_below_limit(amount: float) -> bool:
    """Tell whether an amount is just under the reporting limit."""
    return BELOW_LIMIT_FROM <= amount < REPORT_LIMIT


@compiled
def roundness(amount: float) -> float:
    """Return how many of whole euros, tens, hundreds and thousands the amount is a multiple of."""
    cents = round(amount * 100.0)
    level = 0.0
    for step in (100, 1_000, 10_000, 100_000):
        if cents % step == 0:
            level += 1.0
    return level


@compiled
def usual_deviations(customer: Any, amount: float) -> float:
    """Return how many usual deviations an amount is above the customer's usual."""
    if customer.amounts == 0:
        return math.nan
    usual = real(customer.usual)
    return (amount - usual) / max(real(customer.spread), LEAST_SPREAD * usual)


@compiled
def is_unusual(customer: Any, amount: float) -> bool:
    """Tell whether an amount is far above a habit that is known."""
    if customer.amounts < AMOUNTS_FOR_HABIT:
        return False
    return usual_deviations(customer, amount) >= UNUSUAL_DEVIATIONS


@compiled
def is_ordinary(customer: Any, amount: float) -> bool:
    """Tell whether an amount is not far above a habit that is known."""
    if customer.amounts < AMOUNTS_FOR_HABIT:
        return False
    return usual_deviations(customer, amount) < UNUSUAL_DEVIATIONS


@compiled
def standard_deviation(squares: float, count: int) -> float:
    """Return the sample's deviation from the sum of squared deviations; NaN below two values."""
    if count < 2:
        return math.nan
    return math.sqrt(squares / (count - 1))


@compiled
def learn_amount(customer: Any, amount: float) -> None:
    """Take an amount into the customer's habit."""
    learn_usual(customer, amount)
    customer.amounts += 1
    _learn_mean(customer, amount)
    customer.largest = max(customer.largest, amount)
    if customer.amounts == 1:
        customer.lately = amount
    else:
        customer.lately += LATELY_WEIGHT * (amount - customer.lately)


@compiled
def learn_usual(customer: Any, amount: float) -> None:
    """Move what is usual towards an amount."""
    if customer.amounts == 0:
        customer.usual = amount
        customer.spread = amount / 2.0
        return
    weight = max(1.0 / (customer.amounts + 1.0), USUAL_MEMORY)
    clipped = min(amount, CLIP_AT * customer.usual)
    deviation = abs(clipped - customer.usual)
    customer.usual += weight * (clipped - customer.usual)
    customer.spread += weight * (deviation - customer.spread)


@compiled
def _learn_mean(customer: Any, amount: float) -> None:
    count = real(customer.amounts)
    step = amount - customer.mean
    customer.mean += step / count
    customer.mean_squares += step * (amount - customer.mean)
    logarithm = math.log(amount)
    log_step = logarithm - customer.log_mean
    customer.log_mean += log_step / count
    customer.log_squares += log_step * (logarithm - customer.log_mean)
