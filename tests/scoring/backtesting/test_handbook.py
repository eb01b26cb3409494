"""The handbook's features against the book's own way of computing them, with pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from scoring.backtesting.backtest import judged_weeks, usable_validation
from scoring.backtesting.baseline import DEPTHS, RATES, ROUNDS, BookPlan, baseline
from scoring.backtesting.folds import DAY_US, Protocol
from scoring.backtesting.handbook_features import NAMES, handbook_features
from scoring.ml.dataset import Dataset
from tests.scoring.backtesting.histories import START_US, make_dataset

DELAY_DAYS = 7


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Times on whole hours, so that windows end exactly on transactions and instants repeat."""
    made = make_dataset(np.random.default_rng(4), rows=3_000)
    hours = np.sort(made.time_us // (DAY_US // 24))
    made.time_us[:] = hours * (DAY_US // 24)
    made.customer_key[:] = made.customer_key % 40 + 1
    return made


def book_features(dataset: Dataset, delay_days: int) -> pd.DataFrame:
    """`shared_functions` and chapter 3.3: `rolling` over each customer's and terminal's rows."""
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(dataset.time_us, unit="us"),
            "customer": dataset.customer_key,
            "terminal": dataset.merchant_key,
            "amount": dataset.amount,
            "fraud": dataset.is_fraud.astype(float),
        }
    )
    frame["is_weekend"] = (frame["at"].dt.weekday >= 5).astype(float)
    frame["is_night"] = (frame["at"].dt.hour <= 6).astype(float)
    parts = [_of_customer(rows) for _, rows in frame.groupby("customer")]
    customers = pd.concat(parts).sort_index()
    parts = [_of_terminal(rows, delay_days) for _, rows in frame.groupby("terminal")]
    terminals = pd.concat(parts).sort_index()
    both = pd.concat([frame[["amount", "is_weekend", "is_night"]], customers, terminals], axis=1)
    return both[list(NAMES)]


def _of_customer(rows: pd.DataFrame) -> pd.DataFrame:
    amounts = rows.set_index("at")["amount"]
    columns = {}
    for days in (1, 7, 30):
        window = amounts.rolling(f"{days}D")
        columns[f"customer_count_{days}d"] = window.count().to_numpy()
        columns[f"customer_mean_{days}d"] = (window.sum() / window.count()).to_numpy()
    return pd.DataFrame(columns, index=rows.index)


def _of_terminal(rows: pd.DataFrame, delay_days: int) -> pd.DataFrame:
    frauds = rows.set_index("at")["fraud"]
    unknown = frauds.rolling(f"{delay_days}D")
    columns = {}
    for days in (1, 7, 30):
        window = frauds.rolling(f"{delay_days + days}D")
        count = window.count() - unknown.count()
        risk = ((window.sum() - unknown.sum()) / count).fillna(0)
        columns[f"terminal_count_{days}d"] = count.to_numpy()
        columns[f"terminal_risk_{days}d"] = risk.to_numpy()
    return pd.DataFrame(columns, index=rows.index)


def test_the_fifteen_features_are_the_books(dataset: Dataset) -> None:
    expected = book_features(dataset, DELAY_DAYS)

    found = handbook_features(dataset, DELAY_DAYS)

    assert found.shape == (len(dataset), 15)
    for place, name in enumerate(NAMES):
        np.testing.assert_allclose(
            found[:, place], expected[name], rtol=1e-5, atol=1e-6, err_msg=name
        )
    assert expected["terminal_risk_7d"].max() > 0


def test_the_order_of_rows_does_not_matter(dataset: Dataset) -> None:
    distinct = dataset.take(np.unique(dataset.time_us, return_index=True)[1])
    shuffled = np.random.default_rng(1).permutation(len(distinct))

    one = handbook_features(distinct, DELAY_DAYS)
    other = handbook_features(distinct.take(shuffled), DELAY_DAYS)

    np.testing.assert_array_equal(one[shuffled], other)


def test_an_empty_history_has_no_features(dataset: Dataset) -> None:
    assert handbook_features(dataset.take(np.zeros(0, np.intp)), 7).shape == (0, 15)


def test_the_book_learns_from_one_week_and_chooses_by_average_precision() -> None:
    dataset = make_dataset(np.random.default_rng(8))
    protocol = Protocol(START_US, folds=2, validation_folds=2, fewest_frauds=5)
    told: list[tuple[int, int]] = []

    found = baseline(
        dataset,
        dataset.features,
        usable_validation(dataset, protocol),
        judged_weeks(dataset, protocol),
        threads=1,
        progress=lambda done, total: told.append((done, total)),
    )

    assert found.chosen in {
        BookPlan(depth, rate, rounds) for depth in DEPTHS for rate in RATES for rounds in ROUNDS
    }
    assert len(found.weeks) == 2
    assert all(0.9 < week.auc < 1 for week in found.weeks)
    assert told[-1] == (14, 14)
