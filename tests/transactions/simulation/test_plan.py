from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.simulation import FRAUD_TYPES, PlanRefused, SimulationPlan
from transactions.simulation.fraud import tasks_of


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"users": 49}, "The number of users must lie between 50 and 5,000,000, not 49."),
        (
            {"transactions": 999},
            "The number of transactions must lie between 1,000 and 50,000,000, not 999.",
        ),
        ({"fraud_rate": 0.31}, "The fraud rate must lie between 0.0 and 0.3, not 0.31."),
        ({"fraud_rate": -0.1}, "The fraud rate must lie between 0.0 and 0.3, not -0.1."),
        ({"fraud_rate": float("nan")}, "The fraud rate must lie between 0.0 and 0.3, not nan."),
        ({"days": 27}, "The number of days must lie between 28 and 1,095, not 27."),
        ({"seed": -1}, "The seed must not be negative."),
        ({"start": date(1989, 1, 1)}, "The first day must lie between 1990-01-01 and 2100-01-01."),
        ({"novel_from": 5}, "A day of appearance needs the fraud type that appears then."),
        (
            {"novel_fraud": "structuring", "novel_from": 171},
            "The new fraud must appear between day 0 and day 170, not on day 171.",
        ),
    ],
)
def test_an_impossible_plan_is_refused_with_a_sentence(
    change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(PlanRefused) as refused:
        SimulationPlan(**change)

    assert str(refused.value) == sentence


def test_an_unknown_fraud_type_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(PlanRefused, match="There is no fraud type 'phishing'; choose one of vel"):
        SimulationPlan(novel_fraud="phishing", novel_from=3)


@given(
    transactions=st.integers(1_000, 50_000_000),
    rate=st.floats(0.0, 0.3),
    novel=st.one_of(st.none(), st.sampled_from(FRAUD_TYPES)),
    day=st.integers(0, 170),
)
def test_the_types_together_make_exactly_the_number_of_frauds(
    transactions: int, rate: float, novel: str | None, day: int
) -> None:
    plan = SimulationPlan(transactions=transactions, fraud_rate=rate)
    plan = replace(plan, novel_fraud=novel, novel_from=day) if novel else plan

    tasks = tasks_of(plan)

    assert sum(task.count for task in tasks) == round(transactions * rate)
    assert [task.fraud_type for task in tasks] == list(FRAUD_TYPES)
    assert min(task.count for task in tasks) >= 0
