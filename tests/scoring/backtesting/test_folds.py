"""Which rows a week learns from and is judged on, against the handbook's own way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.backtesting.folds import (
    DAY_US,
    BacktestRefused,
    Protocol,
    checked_rows,
    judged_folds,
    rows_of,
    validation_folds,
)
from scoring.ml.dataset import NEVER_US, Dataset

Row = tuple[int, int, int]  # customer, day, fraud
DAYS = 40
START = 30


def history(rows: list[Row], delay_days: int = 7) -> Dataset:
    customers, days, frauds = (np.array(column) for column in zip(*rows, strict=True))
    time_us = days * DAY_US + 3_600_000_000
    return Dataset(
        features=np.zeros((len(rows), 1), np.float32),
        is_fraud=frauds.astype(np.int8),
        label_known_us=time_us + delay_days * DAY_US,
        time_us=time_us,
        amount=np.ones(len(rows)),
        customer_key=customers.astype(np.uint64),
        merchant_key=customers.astype(np.uint64),
    )


def book_split(rows: list[Row], start_training: int, train: int, delay: int, test: int) -> set[int]:
    """`get_train_test_set` of the handbook's shared functions without pandas: the test rows."""
    last_training = start_training + train
    known = {c for c, day, fraud in rows if fraud and start_training <= day < last_training}
    judged: set[int] = set()
    for number in range(test):
        on = last_training + delay + number
        known |= {c for c, day, fraud in rows if fraud and day == last_training + number - 1}
        judged |= {place for place, (c, day, _) in enumerate(rows) if day == on and c not in known}
    return judged


rows = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, DAYS - 1), st.integers(0, 1)), min_size=1
)


@settings(deadline=None)
@given(rows, st.integers(1, 8), st.integers(1, 7), st.integers(1, 7))
def test_compromised_customers_are_left_out_as_the_handbook_does(
    told: list[Row], delay: int, test: int, remembered: int
) -> None:
    protocol = Protocol(
        START * DAY_US, folds=1, delay_days=delay, test_days=test, remembered_days=remembered
    )
    (fold,) = judged_folds(protocol)

    found = rows_of(history(told, delay), fold).test

    assert set(found.tolist()) == book_split(
        told, START - delay - remembered, remembered, delay, test
    )


@settings(deadline=None)
@given(rows, st.integers(1, 8))
def test_nothing_is_learnt_that_was_not_known_when_the_week_begins(
    told: list[Row], delay: int
) -> None:
    dataset = history(told, delay)

    for fold in judged_folds(Protocol(START * DAY_US, folds=2, delay_days=delay)):
        learnt = rows_of(dataset, fold).train
        assert (dataset.label_known_us[learnt] <= fold.test_from_us).all()
        assert sorted(learnt.tolist()) == [
            place for place, row in enumerate(told) if row[1] * DAY_US < fold.train_until_us
        ]


@given(st.integers(1, 10), st.integers(1, 10), st.integers(1, 5))
def test_labels_of_every_validation_week_are_known_before_the_first_test_week(
    delay: int, test: int, count: int
) -> None:
    protocol = Protocol(START * DAY_US, delay_days=delay, test_days=test, validation_folds=count)

    folds = validation_folds(protocol)

    assert len(folds) == count
    assert folds[-1].test_until_us + delay * DAY_US == protocol.start_us
    for earlier, later in pairwise(folds):
        assert earlier.test_until_us == later.test_from_us


def test_transactions_without_a_label_are_neither_learnt_from_nor_judged() -> None:
    dataset = history([(1, 3, 0), (2, 31, 0), (3, 4, 1), (4, 32, 1)])
    dataset.label_known_us[[0, 1]] = NEVER_US
    (fold,) = judged_folds(Protocol(START * DAY_US, folds=1))

    found = rows_of(dataset, fold)

    assert (found.train.tolist(), found.test.tolist()) == ([2], [3])


def test_a_week_beyond_the_history_is_refused_with_its_dates() -> None:
    dataset = history([(1, day, day % 2) for day in range(30)])
    (fold,) = judged_folds(Protocol(START * DAY_US, folds=1))

    with pytest.raises(BacktestRefused) as refused:
        checked_rows(dataset, fold, 1)

    assert str(refused.value) == (
        "The history runs from 1970-01-01 to 1970-01-30; the week from 1970-01-31, with labels "
        "before 1970-01-24, is not in it."
    )


def test_a_week_with_too_few_frauds_is_refused() -> None:
    dataset = history([(day, day, int(day < 20)) for day in range(DAYS)])
    (fold,) = judged_folds(Protocol(START * DAY_US, folds=1))

    with pytest.raises(BacktestRefused, match="0 known frauds among 7 transactions in the week"):
        checked_rows(dataset, fold, 5)
