"""The policy's values: their order, and the version that follows from them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from scoring.decision import Policy
from scoring.rules import Effect

# For every value one that is allowed and not the shipped one.
OTHERS: dict[str, Any] = {
    "fraud_threshold": 0.4,
    "review_from": 0.2,
    "block_from": 0.5,
    "decline_from": 0.8,
    "medium_from": 0.2,
    "high_from": 0.5,
    "critical_from": 0.8,
    "block_list_effect": Effect.REVIEW,
    "is_model_required": False,
    "holdout_share": 0.5,
    "holdout_max_minor": 1,
}


def test_every_value_is_part_of_the_version() -> None:
    assert set(OTHERS) == {each.name for each in fields(Policy) if each.init}
    versions = {replace(Policy(), **{name: value}).version for name, value in OTHERS.items()}

    assert len(versions | {Policy().version}) == len(OTHERS) + 1


def test_the_shipped_policy_keeps_its_version() -> None:
    # Stored with every decision: change it knowingly, together with a value.
    assert Policy().version == "policy-b9058006458b"
    assert len(Policy().version) <= 40


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"review_from": 0.0}, "review_from"),
        ({"review_from": 0.7}, "review_from, block_from, decline_from rise"),
        ({"decline_from": 1.1}, "decline_from"),
        ({"decline_from": float("nan")}, "decline_from"),
        ({"high_from": 0.1}, "medium_from, high_from, critical_from rise"),
        ({"fraud_threshold": 0.0}, "fraud_threshold"),
        ({"holdout_share": -0.1}, "holdout_share"),
        ({"holdout_share": 1.1}, "holdout_share"),
        ({"holdout_max_minor": -1}, "holdout_max_minor"),
    ],
)
def test_values_out_of_range_or_order_are_refused_by_name(
    values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Policy(**values)


def test_steps_may_fall_together() -> None:
    assert Policy(review_from=0.9, block_from=0.9).decision_of(0.9).value == "decline"
