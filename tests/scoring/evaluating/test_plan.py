from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scoring.evaluating import EvaluationPlan, EvaluationRefused
from transactions.simulation import PlanRefused


def test_both_histories_are_of_one_world_but_for_their_seed() -> None:
    plan = EvaluationPlan(users=300, transactions=9_000, fraud_rate=0.02, seed=4, test_seed=9)

    assert (plan.learned.seed, plan.measured.seed) == (4, 9)
    for simulation in (plan.learned, plan.measured):
        assert simulation.users == 300
        assert simulation.transactions == 9_000
        assert simulation.fraud_rate == 0.02
        assert simulation.days == 180


def test_the_cut_is_the_beginning_of_the_day_of_training() -> None:
    plan = EvaluationPlan(days_learned=140)

    assert datetime.fromtimestamp(plan.cut_us / 1e6, UTC) == datetime(2026, 5, 21, tzinfo=UTC)


def test_a_new_fraud_begins_on_the_day_of_training() -> None:
    plan = EvaluationPlan(days_learned=120, novel_fraud="mule_ring")

    assert plan.learned.first_day_of("mule_ring") == 120
    assert plan.measured.first_day_of("mule_ring") == 120
    assert plan.measured.first_day_of("structuring") == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": 2}, "choose two"),
        ({"days_learned": 59}, "between 60 and 166 can be learned"),
        ({"days_learned": 167}, "between 60 and 166 can be learned"),
        ({"days": 100}, "between 60 and 86 can be learned"),
    ],
)
def test_what_would_measure_nothing_is_refused(changes: dict[str, int], sentence: str) -> None:
    with pytest.raises(EvaluationRefused, match=sentence):
        EvaluationPlan(**changes)


def test_what_cannot_be_generated_is_refused() -> None:
    with pytest.raises(PlanRefused, match="no fraud type 'x'"):
        _ = EvaluationPlan(novel_fraud="x").learned
