"""Small labelled histories with signal in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from scoring.backtesting.folds import DAY_US
from scoring.ml.dataset import Dataset

DAYS = 70
START_US = 49 * DAY_US


def make_dataset(
    rng: np.random.Generator, *, rows: int = 4_000, fraud_share: float = 0.06
) -> Dataset:
    """Return a history of ten weeks whose frauds show in two of five features."""
    features = rng.standard_normal((rows, 5)).astype(np.float32)
    suspicion = features[:, 0] + features[:, 1] + rng.normal(0, 0.5, rows)
    time_us = np.sort(rng.integers(0, DAYS * DAY_US, rows))
    return Dataset(
        features=features,
        is_fraud=(suspicion > np.quantile(suspicion, 1 - fraud_share)).astype(np.int8),
        label_known_us=time_us + 7 * DAY_US,
        time_us=time_us,
        amount=np.exp(rng.normal(3, 1, rows)),
        customer_key=rng.integers(1, 900, rows).astype(np.uint64),
        merchant_key=rng.integers(1, 100, rows).astype(np.uint64),
    )


def write_history(folder: Path, rng: np.random.Generator, *, rows: int = 6_000) -> Path:
    """Write payments of ten weeks from 2026-01-01 on; frauds are far above the usual."""
    seconds = np.sort(rng.integers(0, DAYS * 86_400, rows))
    is_fraud = rng.random(rows) < 0.06
    cents = np.where(is_fraud, rng.integers(40_000, 90_000, rows), rng.integers(500, 9_000, rows))
    begins = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "customer": rng.integers(0, 300, rows),
            "terminal": rng.integers(0, 60, rows),
            "cents": cents,
            "fraud": is_fraud.astype(np.int8),
            "at": pl.from_epoch(pl.Series(begins + seconds), time_unit="s"),
        }
    )
    frame.write_csv(folder / "history.csv")
    return folder / "history.csv"


MAP = """
[columns]
transaction_id = "id"
customer_id = "customer"
merchant_id = "terminal"
amount_minor = "cents"
occurred_at = "at"

[constants]
kind = "payment"
channel = "pos"
currency = "EUR"
"""
LABELS = """
[labels]
column = "fraud"
known_after_days = 2
"""
