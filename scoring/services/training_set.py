"""What the database knows, as the table a model learns from."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scoring.copied_rows import copied_rows
from scoring.features import EVENT, SCHEMA, EventKind, StateTable, apply_events
from scoring.ml.dataset import NEVER_US, Dataset
from scoring.stored_events import last_sequence, stored_events

Array = np.ndarray[Any, np.dtype[Any]]
Progress = Callable[[int, int], None]

# The label that counts is the one known last, of those known by then.
LABELS = """
SELECT moved.id::text AS transaction, newest.is_fraud::int AS is_fraud,
    (extract(epoch FROM newest.known_at) * 1000000)::bigint AS known_us
FROM transactions_transaction AS moved
JOIN LATERAL (
    SELECT label.is_fraud, label.known_at FROM transactions_label AS label
    WHERE label.transaction_id = moved.id
      AND label.known_at <= to_timestamp({until_us} / 1000000.0)
    ORDER BY label.known_at DESC, label.id DESC LIMIT 1
) AS newest ON true
WHERE moved.workspace_id = '{workspace_id}'
"""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The table, and how much history it was made from."""

    dataset: Dataset
    transactions: int


def training_set(
    *, workspace_id: uuid.UUID, until_us: int, progress: Progress | None = None
) -> TrainingSet:
    """Return every transaction that was labelled by then, with the features it had when it came.

    All history is replayed in the order it was applied, so a feature never knows more than it
    knew then; transactions of other workspaces move states of their own and are left out.
    """
    labels = _labels(workspace_id, until_us)
    table = StateTable()
    kept_features: list[Array] = []
    kept_events: list[Array] = []
    kept_ids: list[pl.Series] = []
    seen = 0
    for stretch in stored_events(first=1, last=last_sequence(), progress=progress):
        features = apply_events(stretch.events, table)
        is_transaction = stretch.events["kind"] == EventKind.TRANSACTION
        ids = pl.Series("transaction", stretch.transaction_ids)
        is_labelled = ids.is_in(labels["transaction"].implode()).to_numpy()
        kept_features.append(features[is_transaction][is_labelled])
        kept_events.append(stretch.events[is_transaction][is_labelled])
        kept_ids.append(ids.filter(pl.Series(is_labelled)))
        seen += len(ids)
    return TrainingSet(_dataset(kept_features, kept_events, kept_ids, labels), seen)


def _dataset(
    features: list[Array], events: list[Array], ids: list[pl.Series], labels: pl.DataFrame
) -> Dataset:
    told = np.concatenate([np.empty(0, EVENT), *events])
    joined = (
        pl.concat([pl.Series("transaction", [], dtype=pl.String), *ids])
        .to_frame()
        .join(labels, on="transaction", how="left", maintain_order="left")
    )
    return Dataset(
        features=np.concatenate([np.empty((0, len(SCHEMA)), np.float32), *features]),
        is_fraud=joined["is_fraud"].to_numpy().astype(np.int8),
        label_known_us=joined["known_us"].fill_null(NEVER_US).to_numpy(),
        time_us=told["time_us"],
        amount=told["amount"],
        customer_key=told["customer"],
        merchant_key=told["merchant"],
    )


def _labels(workspace_id: uuid.UUID, until_us: int) -> pl.DataFrame:
    statement = LABELS.format(until_us=int(until_us), workspace_id=uuid.UUID(str(workspace_id)))
    return copied_rows(statement, {"is_fraud": pl.Int8(), "known_us": pl.Int64()})
