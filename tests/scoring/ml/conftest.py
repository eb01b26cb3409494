"""A small labelled history with signal in it, and a model trained on it once."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.ml.dataset import Dataset
from scoring.ml.manifest import Identity
from scoring.ml.training import TrainedModel, TrainingPlan, train
from scoring.ml.xgboost_fit import XGBoostPlan

DAY_US = 86_400_000_000
NAMES = tuple(f"feature_{place}" for place in range(8))
SCHEMA_HASH = "0123456789abcdef"
QUICK = TrainingPlan(
    members=(XGBoostPlan(rounds=40, patience=10, learning_rate=0.2, max_depth=4, threads=1),)
)
IDENTITY = Identity(
    name="payments",
    version="1",
    created_at="2026-11-21T09:00:00+00:00",
    source="synthetic",
    is_demo=True,
)


def make_history(rng: np.random.Generator, *, rows: int = 6000, days: int = 60) -> Dataset:
    """Return a history whose frauds (8 %) show in three features, labels known after 1–5 days."""
    features = rng.standard_normal((rows, len(NAMES))).astype(np.float32)
    features[:, 0] = np.round(np.exp(features[:, 0]))
    suspicion = features[:, 1] + features[:, 2] * features[:, 3] + 0.5 * np.log1p(features[:, 0])
    suspicion += rng.normal(0, 0.3, rows)
    is_fraud = (suspicion > np.quantile(suspicion, 0.92)).astype(np.int8)
    features[rng.random(features.shape) < 0.05] = np.nan
    time_us = rng.integers(0, days * DAY_US, rows)
    return Dataset(
        features=features,
        is_fraud=is_fraud,
        label_known_us=time_us + rng.integers(DAY_US, 5 * DAY_US, rows),
        time_us=time_us,
        amount=np.exp(rng.normal(3, 1, rows)),
        customer_key=rng.integers(1, 400, rows).astype(np.uint64),
        merchant_key=rng.integers(1, 100, rows).astype(np.uint64),
    )


def train_quickly(dataset: Dataset, plan: TrainingPlan = QUICK) -> TrainedModel:
    return train(dataset, plan, IDENTITY, names=NAMES, schema_hash=SCHEMA_HASH)


@pytest.fixture(scope="session")
def history() -> Dataset:
    return make_history(np.random.default_rng(5))


@pytest.fixture(scope="session")
def trained(history: Dataset) -> TrainedModel:
    return train_quickly(history)
