"""Weeks to be judged, each with what was known before it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from scoring.ml.card_precision import is_known_compromised
from scoring.ml.dataset import Dataset, Rows

DAY_US = 86_400_000_000


class BacktestRefused(ValueError):
    """The history does not allow what was asked for; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """Which weeks are judged, and what is known when.

    Attributes
    ----------
    start_us : int
        When the first test week begins, in microseconds since 1970 UTC.
    folds : int
        Test weeks, one after the other.
    test_days, delay_days : int
        Length of a test "week", and how long a label takes to become known.
    validation_folds : int
        Earlier weeks on which everything is chosen; fewer where the history is too short.
    remembered_days : int
        Customers whose fraud is known count as compromised, and are left out of a test week, if it
        happened at most this many days before training ended: the book's `delta_train`.
    fewest_frauds : int
        A week to be judged, or what is learnt from, with fewer frauds says nothing.
    """

    start_us: int
    folds: int = 4
    test_days: int = 7
    delay_days: int = 7
    validation_folds: int = 4
    remembered_days: int = 7
    fewest_frauds: int = 20


@dataclass(frozen=True, slots=True)
class Fold:
    """One week to be judged: ``… train_until … delay … test_from … test_until``."""

    train_until_us: int
    test_from_us: int
    test_until_us: int
    remembered_from_us: int

    @property
    def test_start(self) -> str:
        """The first day that is judged, such as 2018-08-08."""
        return day_of(self.test_from_us)


@dataclass(frozen=True, slots=True, eq=False)
class FoldRows:
    """Row numbers to learn from and to be judged on, oldest first."""

    train: Rows
    test: Rows


def day_of(time_us: int) -> str:
    """Return the UTC day of an instant.

    Examples
    --------
    >>> day_of(1_533_686_400_000_000)
    '2018-08-08'
    """
    return datetime.fromtimestamp(time_us / 1e6, UTC).date().isoformat()


def judged_folds(protocol: Protocol) -> tuple[Fold, ...]:
    """Return the test weeks, oldest first.

    Examples
    --------
    >>> [fold.test_start for fold in judged_folds(Protocol(1_533_686_400_000_000, folds=2))]
    ['2018-08-08', '2018-08-15']
    """
    length = protocol.test_days * DAY_US
    return tuple(
        _fold(protocol, protocol.start_us + number * length) for number in range(protocol.folds)
    )


def validation_folds(protocol: Protocol) -> tuple[Fold, ...]:
    """Return the weeks that choices are made on, oldest first.

    The newest ends `delay_days` before the first test week begins: later labels are not known when
    the choice is made.

    Examples
    --------
    >>> folds = validation_folds(Protocol(1_533_686_400_000_000, validation_folds=2))
    >>> [fold.test_start for fold in folds]
    ['2018-07-18', '2018-07-25']
    """
    newest_end = protocol.start_us - protocol.delay_days * DAY_US
    length = protocol.test_days * DAY_US
    return tuple(
        _fold(protocol, newest_end - number * length)
        for number in range(protocol.validation_folds, 0, -1)
    )


def _fold(protocol: Protocol, test_from_us: int) -> Fold:
    train_until = test_from_us - protocol.delay_days * DAY_US
    return Fold(
        train_until_us=train_until,
        test_from_us=test_from_us,
        test_until_us=test_from_us + protocol.test_days * DAY_US,
        remembered_from_us=train_until - protocol.remembered_days * DAY_US,
    )


def rows_of(dataset: Dataset, fold: Fold) -> FoldRows:
    """Return what a fold learns from and is judged on.

    Customers known as defrauded when a day begins are left out of that day, as the book leaves out
    compromised cards.

    References
    ----------
    Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection", 2022,
    `shared_functions.py`, `get_train_test_set`.
    """
    is_labelled = dataset.label_known_us < np.iinfo(np.int64).max
    learnt = np.flatnonzero(is_labelled & (dataset.time_us < fold.train_until_us))
    recent = np.flatnonzero(
        is_labelled
        & (dataset.time_us >= fold.remembered_from_us)
        & (dataset.time_us < fold.test_until_us)
    )
    known = is_known_compromised(
        dataset.customer_key[recent],
        dataset.time_us[recent],
        dataset.is_fraud[recent],
        dataset.label_known_us[recent],
    )
    judged = recent[~known & (dataset.time_us[recent] >= fold.test_from_us)]
    return FoldRows(_by_time(dataset, learnt), _by_time(dataset, judged))


def _by_time(dataset: Dataset, rows: Rows) -> Rows:
    return rows[np.argsort(dataset.time_us[rows], kind="stable")]


def checked_rows(dataset: Dataset, fold: Fold, fewest_frauds: int) -> FoldRows:
    """Return `rows_of` a fold, or say why nothing can be measured on it.

    Raises
    ------
    BacktestRefused
        The week lies outside the history, or frauds are too few in it or before it.
    """
    begins, ends = int(dataset.time_us.min()), int(dataset.time_us.max())
    # A history may end some hours before midnight.
    if fold.test_until_us > ends + DAY_US or fold.train_until_us <= begins:
        raise BacktestRefused(
            f"The history runs from {day_of(begins)} to {day_of(ends)}; the week from "
            f"{fold.test_start}, with labels before {day_of(fold.train_until_us)}, is not in it."
        )
    rows = rows_of(dataset, fold)
    for part, where in ((rows.train, "before"), (rows.test, "in")):
        frauds = int(dataset.is_fraud[part].sum())
        if frauds < fewest_frauds or frauds == part.size:
            raise BacktestRefused(
                f"There are {frauds} known frauds among {part.size:,} transactions {where} the "
                f"week from {fold.test_start}; at least {fewest_frauds} and some honest ones are "
                "needed."
            )
    return rows
