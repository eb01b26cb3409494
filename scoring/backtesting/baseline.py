"""The handbook's own XGBoost row, made again on the same weeks.

References
----------
Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection", 2022, chapter
5.3, "Model selection": 7 days of training, parameters by average precision on validation weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import xgboost as xgb

from scoring.backtesting.figures import Figures, figures_of, mean_figures
from scoring.backtesting.folds import DAY_US, Fold, FoldRows
from scoring.ml.dataset import Dataset, Rows
from scoring.ml.forest import Features

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
    work = _Work(dataset, features, threads)
    forests = len(DEPTHS) * len(RATES) * len(validation)
    total = forests + len(tests)
    found: dict[BookPlan, list[Figures]] = {}
    for done, (depth, rate, (fold, rows)) in enumerate(product(DEPTHS, RATES, validation), 1):
        for plan, figures in work.figures(fold, rows, depth, rate, ROUNDS).items():
            found.setdefault(plan, []).append(figures)
        progress(done, total)
    chosen = _best(found)
    weeks = []
    for done, (fold, rows) in enumerate(tests, forests + 1):
        best = (chosen.max_depth, chosen.learning_rate, (chosen.rounds,))
        weeks.append(work.figures(fold, rows, *best)[chosen])
        progress(done, total)
    return Baseline(chosen, tuple(weeks))


def _best(found: Mapping[BookPlan, Sequence[Figures]]) -> BookPlan:
    return max(sorted(found), key=lambda plan: mean_figures(found[plan]).ap)


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What every fit is made with."""

    dataset: Dataset
    features: Features
    threads: int

    def figures(
        self, fold: Fold, rows: FoldRows, depth: int, rate: float, rounds: Sequence[int]
    ) -> dict[BookPlan, Figures]:
        """Return the figures of a week with each number of trees; one forest has all of them."""
        forest = self._grown(_last_week(self.dataset, fold, rows.train), depth, rate, max(rounds))
        judged = xgb.DMatrix(self.features[rows.test])
        scores = {count: forest.predict(judged, iteration_range=(0, count)) for count in rounds}
        return {
            BookPlan(depth, rate, count): figures_of(
                self.dataset, rows.test, found.astype(np.float64)
            )
            for count, found in scores.items()
        }

    def _grown(self, learnt: Rows, depth: int, rate: float, rounds: int) -> xgb.Booster:
        return xgb.train(
            {
                "objective": "binary:logistic",
                "tree_method": "exact",
                "max_depth": depth,
                "eta": rate,
                "base_score": 0.5,  # what XGBoost began from when the book was written
                "nthread": self.threads,
                "seed": 0,
            },
            xgb.DMatrix(self.features[learnt], label=self.dataset.is_fraud[learnt]),
            rounds,
        )


def _last_week(dataset: Dataset, fold: Fold, rows: Rows) -> Rows:
    since = fold.train_until_us - TRAINING_DAYS * DAY_US
    return rows[dataset.time_us[rows] >= since]
