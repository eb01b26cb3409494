"""The whole of it: choose on validation weeks, fit before each test week, judge the week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scoring.backtesting.candidates import Candidate, fit
from scoring.backtesting.figures import Figures, figures_of
from scoring.backtesting.folds import (
    BacktestRefused,
    Fold,
    FoldRows,
    Protocol,
    checked_rows,
    judged_folds,
    validation_folds,
)
from scoring.backtesting.selection import Choice, SelectionPlan, choose
from scoring.ml.dataset import Dataset
from scoring.ml.ranking import Floats

# How many models are fitted, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """What may be chosen, and how.

    Attributes
    ----------
    seeds : tuple of int
        Before a test week each member is fitted once a seed, on another draw of honest rows, and
        the margins are averaged.
    """

    candidates: tuple[Candidate, ...]
    selection: SelectionPlan = field(default_factory=SelectionPlan)
    seeds: tuple[int, ...] = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class JudgedWeek:
    """A test week and what came out."""

    fold: Fold
    figures: Figures
    rows: int
    frauds: int
    rows_before: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The test weeks, and what was chosen before them on which weeks."""

    weeks: tuple[JudgedWeek, ...]
    choice: Choice
    validation: tuple[Fold, ...]


def backtest(
    dataset: Dataset,
    protocol: Protocol,
    plan: BacktestPlan,
    progress: Progress = lambda _done, _all: None,
) -> Backtest:
    """Judge each test week with a model that was chosen and fitted on what was known before it.

    1. Every candidate is fitted before each validation week and scores it.
    2. Votes are given to those that rank these weeks best together (`choose`).
    3. Before each test week they are fitted anew on all labels known then, and score it.

    Raises
    ------
    BacktestRefused
        A week lies outside the history, or frauds are too few.
    """
    tests = judged_weeks(dataset, protocol)
    earlier = usable_validation(dataset, protocol)
    told = _Counter(progress, len(plan.candidates) * len(earlier))
    weeks = [rows.test for _, rows in earlier]
    margins = [
        [_margins(dataset, rows, candidate, plan.seeds[:1], told) for _, rows in earlier]
        for candidate in plan.candidates
    ]
    choice = choose(dataset, weeks, plan.candidates, margins, plan.selection)
    told.total += len(tests) * len(choice.members) * len(plan.seeds)
    judged = tuple(_judged(dataset, fold, rows, choice, plan, told) for fold, rows in tests)
    return Backtest(judged, choice, tuple(fold for fold, _ in earlier))


def judged_weeks(dataset: Dataset, protocol: Protocol) -> list[tuple[Fold, FoldRows]]:
    """Return the test weeks with their rows, oldest first.

    Raises
    ------
    BacktestRefused
        One of them cannot be judged.
    """
    return [
        (fold, checked_rows(dataset, fold, protocol.fewest_frauds))
        for fold in judged_folds(protocol)
    ]


def usable_validation(dataset: Dataset, protocol: Protocol) -> list[tuple[Fold, FoldRows]]:
    """Return the validation weeks that the history is long enough for, oldest first.

    Raises
    ------
    BacktestRefused
        Not even the newest is usable.
    """
    folds = validation_folds(protocol)
    usable: list[tuple[Fold, FoldRows]] = []
    for fold in reversed(folds):
        try:
            usable.append((fold, checked_rows(dataset, fold, protocol.fewest_frauds)))
        except BacktestRefused as refusal:
            if not usable:
                raise BacktestRefused(f"Nothing can be chosen before the test. {refusal}") from None
            break
    return usable[::-1]


class _Counter:
    """Tells how many models are fitted."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._done = 0
        self.total = total

    def one_more(self) -> None:
        self._done += 1
        self._progress(self._done, self.total)


def _judged(
    dataset: Dataset,
    fold: Fold,
    rows: FoldRows,
    choice: Choice,
    plan: BacktestPlan,
    told: _Counter,
) -> JudgedWeek:
    margins = np.sum(
        [
            member.weight * _margins(dataset, rows, member.candidate, plan.seeds, told)
            for member in choice.members
        ],
        axis=0,
    )
    return JudgedWeek(
        fold=fold,
        figures=figures_of(dataset, rows.test, margins),
        rows=rows.test.size,
        frauds=int(dataset.is_fraud[rows.test].sum()),
        rows_before=rows.train.size,
    )


def _margins(
    dataset: Dataset,
    rows: FoldRows,
    candidate: Candidate,
    seeds: Sequence[int],
    told: _Counter,
) -> Floats:
    """Return the mean margin of one fit a seed, shape (n_test,)."""
    judged = dataset.features[rows.test]
    total = np.zeros(rows.test.size)
    for seed in seeds:
        total += fit(dataset, rows.train, candidate, seed=seed).margins(judged)
        told.one_more()
    return total / len(seeds)
