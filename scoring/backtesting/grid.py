"""What is tried for a history that nobody has measured yet: few plans, wide apart."""

from __future__ import annotations

from scoring.backtesting.candidates import Candidate
from scoring.ml.lightgbm_fit import LightGBMPlan
from scoring.ml.xgboost_fit import XGBoostPlan

# Frauds teach, honest rows mostly repeat each other: on the handbook's week from 2018-07-18 a
# seventh of them ranked as all 570,000 did (average precision .775 against .776). Each seed draws
# others.
MOST_HONEST = 80_000

# Frauds are one in ten of what is drawn, so they need no weights. One thread each: with two, on
# cores that others use too, waiting for each other costs more than is won, and the figures are the
# same on any machine. A random forest ranked these weeks no better (AP .764 against .767) at eight
# times the time.
GRID: tuple[Candidate, ...] = (
    Candidate(
        "xgboost, shallow",
        XGBoostPlan(rounds=150, max_depth=3, learning_rate=0.08, balance=0.0, threads=1),
        most_honest=MOST_HONEST,
    ),
    Candidate(
        "xgboost, deep",
        XGBoostPlan(rounds=60, max_depth=6, learning_rate=0.1, balance=0.0, threads=1),
        most_honest=MOST_HONEST,
    ),
    Candidate(
        "xgboost, deep, last 60 days",
        XGBoostPlan(rounds=60, max_depth=6, learning_rate=0.1, balance=0.0, threads=1),
        window_days=60,
        most_honest=MOST_HONEST,
    ),
    Candidate(
        "lightgbm, shallow",
        LightGBMPlan(
            rounds=100, learning_rate=0.06, max_leaves=15, leaf_rows=30, balance=0.0, threads=1
        ),
        most_honest=MOST_HONEST,
    ),
    Candidate(
        "lightgbm, deep",
        LightGBMPlan(
            rounds=120,
            learning_rate=0.05,
            max_leaves=31,
            leaf_rows=20,
            feature_share=0.4,
            balance=0.0,
            threads=1,
        ),
        most_honest=MOST_HONEST,
    ),
)
