"""How well one column alone separates frauds."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import rankdata

from transactions.simulation import History


def auc(is_fraud: np.ndarray, values: np.ndarray) -> float:
    """Return the area under the ROC curve, in whichever direction separates better: 0.5 … 1.

    Ties count half, as in `sklearn.metrics.roc_auc_score`, which is slower.
    """
    return _area(is_fraud, rankdata(values))


def _area(is_fraud: np.ndarray, ranks: np.ndarray) -> float:
    frauds = int(is_fraud.sum())
    honest = len(is_fraud) - frauds
    if not frauds or not honest:
        return 0.5
    area = (ranks[is_fraud].sum() - frauds * (frauds + 1) / 2) / (frauds * honest)
    return float(max(area, 1 - area))


def separation(is_fraud: np.ndarray, values: np.ndarray) -> float:
    """Return the best of the ways to read a feature: missing below, above, or left out."""
    known = ~np.isnan(values)
    ranks = rankdata(values[known])
    count, missing = len(ranks), int((~known).sum())
    below, above = np.empty(len(values)), np.empty(len(values))
    below[known], below[~known] = ranks + missing, (missing + 1) / 2
    above[known], above[~known] = ranks, count + (missing + 1) / 2
    return max(_area(is_fraud, below), _area(is_fraud, above), _area(is_fraud[known], ranks))


def raw_columns(history: History) -> dict[str, np.ndarray]:
    """Return what can be read off each raw column without looking at any other row's label.

    Numbers as they are; texts by their order, their length and how often they occur; instants as
    such and by their place within day and second; whether anything is there.
    """
    columns: dict[str, np.ndarray] = {"row": np.arange(history.transactions.height)}
    for series in history.transactions.iter_columns():
        columns[f"{series.name} is there"] = series.is_not_null().to_numpy()
        if series.dtype == pl.String:
            columns |= _readings_of_texts(series)
        elif series.dtype.is_temporal():
            columns |= _readings_of_instants(series)
        else:
            columns[series.name] = series.cast(pl.Float64).fill_null(-1e9).to_numpy()
            columns[f"{series.name}, last digits"] = columns[series.name] % 100
    delay = history.transactions["arrived_at"] - history.transactions["occurred_at"]
    columns["delay"] = delay.dt.total_microseconds().to_numpy()
    return columns


def _readings_of_texts(series: pl.Series) -> dict[str, np.ndarray]:
    counts = series.to_frame().select(pl.len().over(series.name)).to_series()
    first = series.to_frame().select(pl.int_range(pl.len()).first().over(series.name)).to_series()
    return {
        f"{series.name} in order": series.rank("dense").fill_null(0).to_numpy(),
        f"{series.name}, length": series.str.len_chars().fill_null(0).to_numpy(),
        f"{series.name}, last letter": series.str.slice(-1).rank("dense").fill_null(0).to_numpy(),
        f"{series.name}, how often": counts.to_numpy(),
        f"{series.name}, first row": first.to_numpy(),
    }


def _readings_of_instants(series: pl.Series) -> dict[str, np.ndarray]:
    us = series.to_physical().to_numpy()
    return {
        series.name: us,
        f"{series.name}, within the day": us % 86_400_000_000,
        f"{series.name}, within the second": us % 1_000_000,
    }


def word_rates(history: History, is_fraud: np.ndarray) -> dict[str, np.ndarray]:
    """Return for each row how fraudulent its word is in the other half of the rows, by column."""
    half = np.arange(len(is_fraud)) % 2
    frame = history.transactions.with_columns(fraud=pl.Series(is_fraud), half=pl.Series(half))
    overall = float(is_fraud.mean())
    rates = {}
    for name in ("kind", "channel", "currency", "country", "mcc"):
        learnt = frame.group_by(name, "half").agg(pl.col("fraud").mean().alias("rate"))
        learnt = learnt.with_columns(half=1 - pl.col("half"))
        joined = frame.join(
            learnt, on=[name, "half"], how="left", nulls_equal=True, maintain_order="left"
        )
        rates[f"{name}, as learnt"] = joined["rate"].fill_null(overall).to_numpy()
    return rates
