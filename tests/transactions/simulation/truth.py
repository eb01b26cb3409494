"""Transactions with what they really were, for looking at a history."""

from __future__ import annotations

import polars as pl

from transactions.simulation import History


def with_truth(history: History) -> pl.DataFrame:
    """Return the transactions, in their order, with their labels and the day they happened on."""
    start = pl.lit(history.plan.start).cast(pl.Datetime("us", "UTC"))
    return history.transactions.join(
        history.labels, on="transaction_id", how="left", maintain_order="left"
    ).with_columns(
        day=(pl.col("occurred_at") - start).dt.total_seconds() / 86_400,
        euros=pl.col("amount_reference_minor") / 100,
    )


def frauds_of(history: History, fraud_type: str) -> pl.DataFrame:
    return with_truth(history).filter(pl.col("fraud_type") == fraud_type).sort("occurred_at")


def honest_of(history: History) -> pl.DataFrame:
    return with_truth(history).filter(pl.col("fraud_type").is_null()).sort("occurred_at")
