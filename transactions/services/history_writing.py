"""Transactions and labels of a history into their tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from transactions.choices import LabelSource, TransactionStatus
from transactions.models import Label, Transaction
from transactions.services.application_order import Places
from transactions.services.bulk_ids import RowIds
from transactions.services.copying import rows_copy
from transactions.services.entity_directory import (
    ACCOUNTS,
    CARDS,
    CUSTOMERS,
    MERCHANTS,
    EntityDirectory,
)

# Texts that are empty, not null, in the table.
NEVER_NULL = ("channel", "country")


class HistoryWriter:
    """Writes what was checked before, in the order given; nothing of it was judged here.

    Without places, `sequence` stays empty: whoever rebuilds the features draws it by time.
    """

    def __init__(self, directory: EntityDirectory) -> None:
        self._directory = directory
        self._ids = RowIds()

    def write_transactions(
        self,
        transactions: pl.DataFrame,
        *,
        fingerprints: pl.DataFrame | None = None,
        places: Places | None = None,
    ) -> npt.NDArray[np.int64]:
        """Append transactions in the form of `transactions.columns`; return their numbers.

        Parameters
        ----------
        transactions : DataFrame
            All they name is in the directory.
        fingerprints : DataFrame, optional
            `device_id` and `fingerprint`.
        places : ndarray, optional
            In the order of application, a place for each row.
        """
        rows = self._ids.reserve(len(transactions))
        resolved = self._directory.resolved(transactions)
        if fingerprints is not None:
            resolved = resolved.join(
                fingerprints, on="device_id", how="left", maintain_order="left"
            )
        table = _transaction_columns(resolved).with_columns(
            self._ids.of_rows(rows).alias("id"),
            workspace_id=pl.lit(str(self._directory.workspace_id)),
        )
        rows_copy(Transaction, _placed(table, places))
        return rows

    def write_labels(
        self, labels: pl.DataFrame, rows: npt.NDArray[np.int64], *, places: Places | None = None
    ) -> None:
        """Append labels of the transactions with these numbers, which stand in the same order."""
        source = pl.col("source").replace_strict(
            {word: word for word in LabelSource.values}, default=str(LabelSource.IMPORT)
        )
        table = labels.select(
            self._ids.of_rows(rows).alias("transaction_id"), "is_fraud", source, "known_at"
        )
        rows_copy(Label, _placed(table, places))


def _placed(table: pl.DataFrame, places: Places | None) -> pl.DataFrame:
    return table if places is None else table.with_columns(pl.Series("sequence", places))


def _transaction_columns(resolved: pl.DataFrame) -> pl.DataFrame:
    """Return the table's columns from ours and the keys."""
    if "fingerprint" not in resolved.columns:
        resolved = resolved.with_columns(fingerprint=pl.lit(""))
    return resolved.select(
        pl.col("transaction_id").alias("external_id"),
        pl.col(CUSTOMERS.key).alias("customer_id"),
        pl.col(ACCOUNTS.key).alias("account_id"),
        pl.col(CARDS.key).alias("card_id"),
        pl.col(MERCHANTS.key).alias("merchant_id"),
        "kind",
        "amount_minor",
        "currency",
        "amount_reference_minor",
        "mcc",
        "latitude",
        "longitude",
        "ip_address",
        "occurred_at",
        "arrived_at",
        *(pl.col(name).fill_null("") for name in NEVER_NULL),
        pl.col("device_id").fill_null("").alias("device_reference"),
        pl.col("fingerprint").fill_null("").alias("device_fingerprint"),
        pl.lit(str(TransactionStatus.RECORDED)).alias("status"),
    )
