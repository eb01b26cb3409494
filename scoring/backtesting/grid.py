"""What is tried for a history that nobody has measured yet: few plans, wide apart."""

from __future__ import annotations

from scoring.backtesting.candidates import Candidate
from scoring.ml.xgboost_fit import XGBoostPlan

# Frauds teach, honest rows mostly repeat each other: with 150,000 of 570,000 of them the figures
# on the handbook's validation weeks stayed within what another seed changes.
MOST_HONEST = 120_000

GRID: tuple[Candidate, ...] = (
    Candidate(
        "xgboost, shallow",
        XGBoostPlan(rounds=100, max_depth=3, learning_rate=0.08, balance=0.0),
        most_honest=MOST_HONEST,
    ),
    Candidate(
        "xgboost, deep",
        XGBoostPlan(rounds=100, max_depth=6, learning_rate=0.06, balance=0.0),
        most_honest=MOST_HONEST,
    ),
)
