"""What is tried on validation weeks: plans of members, each with how far back it learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.backtesting.folds import DAY_US
from scoring.ml.dataset import Dataset, Rows, Slice
from scoring.ml.members import Member
from scoring.ml.trainers import MemberPlan, trainer_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member as it might be trained.

    Attributes
    ----------
    name : str
        For the report.
    plan : plan of a member
        One that `scoring.ml.trainers` knows.
    window_days : int or None
        How far back before training ends; None is the whole history.
    most_honest : int or None
        Honest rows to learn from at most, drawn at random; every fraud is kept.
    """

    name: str
    plan: MemberPlan
    window_days: int | None = None
    most_honest: int | None = None


def training_rows(
    dataset: Dataset, rows: Rows, candidate: Candidate, rng: np.random.Generator
) -> Rows:
    """Return the rows that a candidate learns from, out of all it might, in their order."""
    if candidate.window_days is not None and rows.size:
        since = int(dataset.time_us[rows].max()) - candidate.window_days * DAY_US
        rows = rows[dataset.time_us[rows] >= since]
    is_honest = dataset.is_fraud[rows] == 0
    honest = int(is_honest.sum())
    if candidate.most_honest is None or honest <= candidate.most_honest:
        return rows
    kept = ~is_honest
    drawn = rng.choice(honest, candidate.most_honest, replace=False)
    kept[np.flatnonzero(is_honest)[drawn]] = True
    remaining: Rows = rows[kept]
    return remaining


def fit(dataset: Dataset, rows: Rows, candidate: Candidate, *, seed: int) -> Member:
    """Fit a candidate on some of `rows`, and return it as it would be served."""
    chosen = training_rows(dataset, rows, candidate, np.random.default_rng(seed))
    trainer = trainer_of(candidate.plan)
    learnt = Slice(dataset.features[chosen], dataset.is_fraud[chosen])
    return trainer.read(trainer.fit(learnt, candidate.plan, seed=seed))
