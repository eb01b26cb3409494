"""A history in files as the table a model learns from. Knows no Django."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.features import Timeline, history_features
from scoring.ml.dataset import NEVER_US, Dataset

Array = np.ndarray[Any, np.dtype[Any]]


def history_dataset(timeline: Timeline) -> Dataset:
    """Return all transactions of a history with their features and the label known last."""
    told = timeline.transactions
    is_fraud, known_us = _newest_labels(timeline)
    return Dataset(
        features=history_features(timeline),
        is_fraud=is_fraud,
        label_known_us=known_us,
        time_us=told["time_us"],
        amount=told["amount"],
        customer_key=told["customer"],
        merchant_key=told["merchant"],
    )


def _newest_labels(timeline: Timeline) -> tuple[Array, Array]:
    """Return for each transaction its last label, and since when that is known."""
    labels = timeline.labels[np.lexsort((timeline.labels["row"], timeline.labels["time_us"]))]
    is_fraud = np.zeros(timeline.transactions.size, np.int8)
    known_us = np.full(timeline.transactions.size, NEVER_US, np.int64)
    # Of several assignments to one place, the last one stays.
    is_fraud[labels["of"]] = labels["is_fraud"]
    known_us[labels["of"]] = labels["time_us"]
    return is_fraud, known_us
