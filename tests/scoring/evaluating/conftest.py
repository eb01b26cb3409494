"""A small evaluation, carried out once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.evaluating import EvaluationPlan, Report, evaluate_models
from scoring.ml.training import TrainingPlan
from scoring.ml.xgboost_fit import XGBoostPlan

# Two members; the second, of two shallow trees, knows few different scores.
QUICK = TrainingPlan(
    members=(
        XGBoostPlan(rounds=25, patience=5, learning_rate=0.3, max_bin=64, threads=1),
        XGBoostPlan(rounds=2, patience=2, learning_rate=0.3, max_depth=2, max_bin=64, threads=1),
    )
)
SMALL = EvaluationPlan(users=400, transactions=16_000, training=QUICK)


def without_progress(_what: str, _part: float) -> None:
    """Tell nobody."""


@pytest.fixture(scope="session")
def report() -> Report:
    return evaluate_models(SMALL, without_progress)


@pytest.fixture(scope="session")
def report_of_novelty() -> Report:
    return evaluate_models(replace(SMALL, novel_fraud="structuring"), without_progress)
