"""The amount against the customer's own history."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.amounts import (
    LEAST_DEVIATION,
    is_below_limit,
    roundness,
    standard_deviation,
    usual_deviations,
)
from scoring.features.kernel import compiled


@compiled
def describe_amount(amount: float, out: Any) -> None:
    """Write what the amount says by itself."""
    out.amount_eur = amount
    out.amount_log = math.log(amount)
    out.amount_roundness = roundness(amount)
    out.is_below_report_limit = 1.0 if is_below_limit(amount) else 0.0


@compiled
def describe_habit(customer: Any, out: Any) -> None:
    """Write what this customer usually pays."""
    if customer.amounts == 0:
        return
    out.customer_mean = customer.mean
    out.customer_std = standard_deviation(customer.mean_squares, customer.amounts)
    out.customer_usual = customer.usual
    out.customer_max = customer.largest


@compiled
def compare_amount(customer: Any, amount: float, out: Any) -> None:
    """Write how the amount compares with this customer's earlier ones."""
    if customer.amounts == 0:
        return
    out.amount_to_mean = amount / customer.mean
    out.amount_to_usual = amount / customer.usual
    out.amount_to_recent = amount / customer.lately
    out.amount_to_max = amount / customer.largest
    out.amount_usual_z = usual_deviations(customer, amount)
    deviation = standard_deviation(customer.mean_squares, customer.amounts)
    out.amount_z = (amount - customer.mean) / max(deviation, LEAST_DEVIATION * customer.mean)
    log_deviation = standard_deviation(customer.log_squares, customer.amounts)
    out.amount_log_z = (math.log(amount) - customer.log_mean) / max(log_deviation, LEAST_DEVIATION)
    if customer.deposit_second > 0 and customer.deposit_amount > 0.0:
        out.amount_to_deposit = amount / customer.deposit_amount
