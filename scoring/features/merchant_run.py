"""The present run of frauds at a merchant: is it the merchant, or customers who came by?

A fraud speaks against the merchant when its amount was ordinary for its customer, and the more so
when nothing else of that customer looks like a spree. A merchant is cleared by an honest outcome,
for as long as that is fresh.
"""

from __future__ import annotations

import math
from typing import Any

from scoring.features.clock import days_between
from scoring.features.kernel import compiled, real, whole
from scoring.features.slots import U2_MAX


@compiled
def describe_run(merchant: Any, now: int, out: Any) -> None:
    """Write what is known of the present run of frauds, and of the last honest outcome."""
    out.days_since_merchant_honest = days_between(merchant.last_honest, now)
    out.merchant_unexplained_streak = merchant.unexplained_streak
    if merchant.fraud_streak > 0:
        out.merchant_run_least_z = merchant.run_least_z
    if merchant.ordinary_streak > 0:
        out.days_since_ordinary_outbreak = days_between(merchant.ordinary_outbreak, now)


@compiled
def lengthen_run(
    merchant: Any,
    second: int,
    deviations: float,
    ordinary: bool,  # noqa: FBT001 - compiled code takes no keyword-only arguments
    explained: bool,  # noqa: FBT001
) -> None:
    """Take a fraud into the run, before the streaks are counted on.

    `deviations` tells how unusual its amount was (NaN: unknown), `explained` whether other amounts
    of its customer were unusual too.
    """
    if merchant.fraud_streak == 0:
        merchant.run_least_z = math.nan
    if math.isnan(merchant.run_least_z) or deviations < real(merchant.run_least_z):
        merchant.run_least_z = deviations
    if not ordinary:
        return
    if merchant.ordinary_streak == 0:
        merchant.ordinary_outbreak = second
    if not explained:
        streak = whole(merchant.unexplained_streak)
        merchant.unexplained_streak = min(U2_MAX, streak + 1)


@compiled
def shorten_run(merchant: Any) -> None:
    """Take back a fraud of ordinary amount; where the run began and how it looked stays."""
    merchant.unexplained_streak = max(0, whole(merchant.unexplained_streak) - 1)


@compiled
def end_run(merchant: Any, second: int) -> None:
    """Note an honest outcome."""
    merchant.unexplained_streak = 0
    merchant.last_honest = max(whole(merchant.last_honest), second)
