"""The handbook's own XGBoost row, made again on the same weeks.

References
----------
Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection", 2022, chapter
5.3, "Model selection": 7 days of training, parameters by average precision on validation weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xgboost as xgb

from scoring.backtesting.figures import Figures, figures_of, mean_figures
from scoring.backtesting.folds import DAY_US, Fold, FoldRows
from scoring.ml.dataset import Dataset, Rows
from scoring.ml.forest import Features
from scoring.ml.ranking import Floats

TRAINING_DAYS = 7
# The book's grid.
ROUNDS = (25, 50, 100)
DEPTHS = (3, 6, 9)
RATES = (0.1, 0.3)

Weeks = Sequence[tuple[Fold, FoldRows]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, order=True)
class BookPlan:
    """One point of the book's grid."""

    max_depth: int
    learning_rate: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the book's way comes to on each test week, and what it chose."""

    chosen: BookPlan
    weeks: tuple[Figures, ...]


def baseline(
    dataset: Dataset,
    features: Features,
    validation: Weeks,
    tests: Weeks,
    *,
    threads: int,
    progress: Progress = lambda _done, _all: None,
) -> Baseline:
    """Choose on the validation weeks, fit on the last training week before each test week, judge.

    Parameters
    ----------
    features : ndarray of shape (n, 15), dtype=float32
        `handbook_features` of the dataset.
    """
    tried = [(depth, rate) for depth in DEPTHS for rate in RATES]
    total = len(tried) * len(validation) + len(tests)
    found: dict[BookPlan, list[Figures]] = {}
    done = 0
    for depth, rate in tried:
        for fold, rows in validation:
            scores = _scores(dataset, features, fold, rows, depth, rate, ROUNDS, threads)
            for rounds, one in scores.items():
                plan = BookPlan(depth, rate, rounds)
                found.setdefault(plan, []).append(figures_of(dataset, rows.test, one))
            done += 1
            progress(done, total)
    chosen = _best(found)
    weeks = []
    for fold, rows in tests:
        (scores_of_week,) = _scores(
            dataset,
            features,
            fold,
            rows,
            chosen.max_depth,
            chosen.learning_rate,
            (chosen.rounds,),
            threads,
        ).values()
        weeks.append(figures_of(dataset, rows.test, scores_of_week))
        done += 1
        progress(done, total)
    return Baseline(chosen, tuple(weeks))


def _best(found: Mapping[BookPlan, Sequence[Figures]]) -> BookPlan:
    return max(sorted(found), key=lambda plan: mean_figures(found[plan]).ap)


def _scores(
    dataset: Dataset,
    features: Features,
    fold: Fold,
    rows: FoldRows,
    depth: int,
    rate: float,
    rounds: Sequence[int],
    threads: int,
) -> dict[int, Floats]:
    """Return the scores of a week with each number of trees; one forest has all of them."""
    learnt = _last_week(dataset, fold, rows.train)
    booster = xgb.train(
        {
            "objective": "binary:logistic",
            "tree_method": "exact",
            "max_depth": depth,
            "eta": rate,
            "base_score": 0.5,  # what XGBoost began from when the book was written
            "nthread": threads,
            "seed": 0,
        },
        xgb.DMatrix(features[learnt], label=dataset.is_fraud[learnt]),
        max(rounds),
    )
    judged = xgb.DMatrix(features[rows.test])
    return {
        count: booster.predict(judged, iteration_range=(0, count)).astype(np.float64)
        for count in rounds
    }


def _last_week(dataset: Dataset, fold: Fold, rows: Rows) -> Rows:
    since = fold.train_until_us - TRAINING_DAYS * DAY_US
    return rows[dataset.time_us[rows] >= since]
