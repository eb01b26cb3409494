"""How urgent a case is: bounded, explained, and never lower for being worse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.priority import PriorityInputs, PriorityPolicy, prioritise

INPUTS = st.builds(
    PriorityInputs,
    amount_minor=st.integers(-1_000, 10**13),
    score=st.none() | st.floats(0, 1),
    severity=st.integers(0, 5),
    waiting_share=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),
    is_asked_by_customer=st.booleans(),
    confirmed_frauds=st.integers(0, 9),
    false_alarms=st.integers(0, 9),
    customer_age_days=st.none() | st.floats(0, 10_000),
)


@given(INPUTS)
def test_the_parts_add_up_within_the_scale(inputs: PriorityInputs) -> None:
    judged = prioritise(inputs)

    assert judged.value == sum(part.points for part in judged.parts)
    assert 0 <= judged.value <= 100
    assert all(part.points > 0 and part.sentence.endswith(".") for part in judged.parts)


@given(INPUTS, st.integers(0, 10**12), st.floats(0, 1), st.sampled_from([0.25, 0.5, 1.0]))
def test_more_at_risk_a_higher_score_and_a_longer_wait_never_lower_it(
    inputs: PriorityInputs, amount_minor: int, score: float, waiting_share: float
) -> None:
    worse = replace(
        inputs,
        amount_minor=max(inputs.amount_minor, amount_minor),
        score=max(inputs.score or 0.0, score),
        severity=min(inputs.severity + 1, 4) if inputs.severity < 4 else inputs.severity,
        waiting_share=max(inputs.waiting_share, waiting_share),
        confirmed_frauds=inputs.confirmed_frauds + 1,
    )

    assert prioritise(worse).value >= prioritise(inputs).value


@pytest.mark.parametrize(
    ("inputs", "value"),
    [
        (PriorityInputs(customer_age_days=400), 0),
        (PriorityInputs(amount_minor=10_000_000, customer_age_days=400), 30),
        (PriorityInputs(amount_minor=10_000, customer_age_days=400), 12),
        (PriorityInputs(score=1.0, customer_age_days=400), 25),
        (PriorityInputs(severity=4, customer_age_days=400), 10),
        (PriorityInputs(waiting_share=1.0, customer_age_days=400), 20),
        (PriorityInputs(confirmed_frauds=1, customer_age_days=400), 15),
        (PriorityInputs(is_asked_by_customer=True, customer_age_days=400), 10),
        (PriorityInputs(is_asked_by_customer=True, false_alarms=1, customer_age_days=400), 5),
    ],
)
def test_what_each_part_gives_alone(inputs: PriorityInputs, value: int) -> None:
    assert prioritise(inputs).value == value


def test_the_worst_case_is_a_hundred() -> None:
    worst = PriorityInputs(
        amount_minor=10**9, score=1.0, severity=4, waiting_share=1.0, confirmed_frauds=1
    )

    assert prioritise(worst).value == 100


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 100, not to 101"):
        PriorityPolicy(amount=31)
