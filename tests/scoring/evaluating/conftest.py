"""A small evaluation, carried out once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.evaluating import EvaluationPlan, Report, evaluate_models
from scoring.ml.training import DEMO_PLAN

SMALL = EvaluationPlan(users=400, transactions=16_000, training=DEMO_PLAN)


def without_progress(_what: str, _part: float) -> None:
    """Tell nobody."""


@pytest.fixture(scope="session")
def report() -> Report:
    return evaluate_models(SMALL, without_progress)


@pytest.fixture(scope="session")
def report_of_novelty() -> Report:
    return evaluate_models(replace(SMALL, novel_fraud="structuring"), without_progress)
