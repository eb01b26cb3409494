"""A labelled history from files, as a table in which each label is known after the same time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.backtesting.folds import BacktestRefused
from scoring.features import events_from_frames
from scoring.history_dataset import history_dataset
from scoring.history_scoring import History
from scoring.ml.dataset import NEVER_US, Dataset

# How many events were applied, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Known:
    """How much of a history has an outcome."""

    transactions: int
    labelled: int
    frauds: int


def labelled_dataset(
    history: History, delay_days: int, progress: Progress = lambda _done, _all: None
) -> Dataset:
    """Return all transactions with features that know each label `delay_days` after its payment.

    Of several labels of a transaction the newest counts.

    Raises
    ------
    BacktestRefused
        No transaction has a label.
    """
    labels = delayed_labels(history, delay_days)
    if not len(labels):
        raise BacktestRefused(
            "No transaction has a label: the map's [labels] names the column, or --labels a file."
        )
    timeline = events_from_frames(
        history.transactions,
        labels=labels,
        kyc_profiles=history.kyc_profiles,
        accounts=history.accounts,
    )
    progress(0, len(timeline))
    dataset = history_dataset(timeline)
    progress(len(timeline), len(timeline))
    return dataset


def delayed_labels(history: History, delay_days: int) -> pl.DataFrame:
    """Return the newest label of each transaction, known `delay_days` after it happened."""
    if history.labels is None:
        return pl.DataFrame(schema={"transaction_id": pl.String, "is_fraud": pl.Boolean})
    happened = history.transactions.select("transaction_id", "occurred_at")
    return (
        history.labels.filter(pl.col("is_fraud").is_not_null())
        .sort("known_at", maintain_order=True)
        .unique("transaction_id", keep="last", maintain_order=True)
        .join(happened, on="transaction_id", how="inner", maintain_order="left")
        .with_columns(known_at=pl.col("occurred_at") + pl.duration(days=delay_days))
        .drop("occurred_at")
    )


def known_of(dataset: Dataset) -> Known:
    """Return how much of a table has an outcome."""
    is_labelled = dataset.label_known_us < NEVER_US
    return Known(
        transactions=len(dataset),
        labelled=int(is_labelled.sum()),
        frauds=int(np.sum(dataset.is_fraud[is_labelled])),
    )
