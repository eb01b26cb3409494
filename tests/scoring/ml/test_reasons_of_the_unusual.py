"""What anomaly members say is told as it is: they push what is unusually low as well as high."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.features import SCHEMA
from scoring.ml.forest import Floats
from scoring.ml.reasons import rank_reasons


def _of_all(**values: float) -> Floats:
    return np.array([values.get(name, np.nan) for name in SCHEMA.names])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("amount_to_usual", 0.02, "Amount is 0.02 times this customer's usual."),
        ("amount_z", -4.0, "Amount is 4 deviations below this customer's average."),
        ("amount_eur", 0.01, "The amount is 0.01 euros."),
        (
            "tx_count_30d",
            0,
            "No other transactions of this customer within the last 30 days.",
        ),
        ("is_payment", 0, "It is not a payment."),
        ("merchant_frauds", 0, "No known frauds at this merchant."),
        (
            "merchant_share",
            0.0,
            "0 % of this customer's transactions were with this counterparty.",
        ),
    ],
)
def test_a_low_value_that_raises_the_score_is_told_as_low(
    name: str, value: float, expected: str
) -> None:
    pushes = np.nan_to_num(_of_all(**{name: 0.8}))

    (reason,) = rank_reasons(pushes, _of_all(**{name: value}).astype(np.float32))

    assert (reason.text, reason.contribution) == (expected, 0.8)


def test_a_model_that_calls_low_unusual_and_one_that_calls_it_honest_are_told_together() -> None:
    supervised = np.nan_to_num(_of_all(amount_to_usual=-0.5, is_device_new=0.3))
    anomaly = np.nan_to_num(_of_all(amount_to_usual=0.9, is_device_new=-0.2))
    row = _of_all(amount_to_usual=0.02, is_device_new=1).astype(np.float32)

    found = rank_reasons(supervised + anomaly, row)

    assert [(one.code, round(one.contribution, 9)) for one in found] == [
        ("amount_vs_habit", 0.4),
        ("device_novelty", 0.1),
    ]
    assert found[0].text == "Amount is 0.02 times this customer's usual."
