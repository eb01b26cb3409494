"""How features of the amount, of sums and of money passing through are told."""

from __future__ import annotations

import math

from scoring.features import FeatureSpec
from scoring.ml.reasons.phrases import (
    counted,
    deviations,
    euros,
    flag,
    lasting,
    level,
    lines,
    part,
    times,
)

_amount = euros("The amount is {sum}.")


def _amount_of_logarithm(value: float, spec: FeatureSpec) -> str:
    return _amount(math.exp(value), spec)


AMOUNTS = {
    **lines("amount_size", {"amount_eur": _amount, "amount_log": _amount_of_logarithm}),
    **lines(
        "amount_roundness",
        {
            "amount_roundness": level(
                (
                    "The amount has cents.",
                    "The amount is in whole euros.",
                    "The amount is a multiple of 10 euros.",
                    "The amount is a multiple of 100 euros.",
                    "The amount is a multiple of 1,000 euros.",
                )
            )
        },
    ),
    **lines(
        "amount_vs_habit",
        {
            "amount_to_mean": times("Amount is {x} this customer's average."),
            "amount_to_usual": times("Amount is {x} this customer's usual."),
            "amount_to_recent": times("Amount is {x} this customer's recent average."),
            "amount_to_max": times("Amount is {x} this customer's largest so far."),
            "amount_to_mean_30d": times("Amount is {x} this customer's average of 30 days."),
            "amount_z": deviations("Amount is {x} average.", "this customer's"),
            "amount_usual_z": deviations("Amount is {x} usual.", "this customer's"),
            "amount_log_z": deviations(
                "Amount is, by order of magnitude, {x} average.", "this customer's"
            ),
            "customer_mean": euros("This customer's amounts average {sum}."),
            "customer_std": euros("This customer's amounts vary by {sum}."),
            "customer_usual": euros("This customer's usual amount is {sum}."),
            "customer_max": euros("This customer's largest amount so far is {sum}."),
            "high_amounts_14d": counted(
                "{n} far above this customer's usual within the last 14 days.", "amount"
            ),
            "max_to_usual_14d": times(
                "The largest amount of the last 14 days is {x} this customer's usual."
            ),
            "open_high_amounts_14d": counted(
                "{n} far above this customer's usual within the last 14 days, not known to be "
                "honest.",
                "amount",
            ),
            "open_max_to_usual_14d": times(
                "The largest amount of the last 14 days not known to be honest is {x} this "
                "customer's usual."
            ),
        },
    ),
    **lines(
        "amount_vs_category",
        {
            "amount_to_category": times(
                "Amount is {x} this customer's usual in this category of merchant."
            )
        },
    ),
    **lines(
        "amount_vs_merchant",
        {
            "amount_to_merchant": times("Amount is {x} what this merchant usually receives."),
            "amount_merchant_log_z": deviations(
                "Amount is, by order of magnitude, {x} average.", "this merchant's"
            ),
        },
    ),
    **lines(
        "structuring",
        {
            "is_below_report_limit": flag(
                "The amount is just under the reporting limit of 10,000 euros.",
                "The amount is not just under the reporting limit of 10,000 euros.",
            ),
            "below_limit_count_7d": counted(
                "{n} just under the reporting limit within the last 7 days.", "earlier amount"
            ),
            "below_limit_sum_7d": euros(
                "Amounts just under the reporting limit add up to {sum} within the last 7 days."
            ),
            "split_sum_7d": euros(
                "Amounts from 1,000 to 9,999.99 euros add up to {sum} within the last 7 days."
            ),
        },
    ),
    **lines(
        "money_passed_on",
        {
            "deposits_24h": euros("{sum} deposited within the last 24 hours."),
            "deposits_48h": euros("{sum} deposited within the last 48 hours."),
            "outflow_24h": euros("{sum} withdrawn or transferred within the last 24 hours."),
            "outflow_48h": euros("{sum} withdrawn or transferred within the last 48 hours."),
            "passed_through_24h": part(
                "{part} of what was deposited within 24 hours leaves again, this transaction "
                "included."
            ),
            "passed_through_48h": part(
                "{part} of what was deposited within 48 hours leaves again, this transaction "
                "included."
            ),
            "amount_to_deposit": times("Amount is {x} this customer's last deposit."),
            "days_since_deposit": lasting("The last deposit was {time} ago."),
        },
    ),
}
