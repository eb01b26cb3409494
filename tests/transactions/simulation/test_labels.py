from __future__ import annotations

from datetime import timedelta

import polars as pl

from tests.transactions.simulation.truth import with_truth
from transactions.simulation import FRAUD_TYPES, History, SimulationPlan, generate


def test_each_transaction_gets_one_label_after_it_arrived(history: History) -> None:
    rows = with_truth(history)

    assert history.labels.height == history.transactions.height
    assert history.labels["transaction_id"].is_unique().all()
    assert rows["is_fraud"].null_count() == 0
    assert (rows["known_at"] > rows["arrived_at"]).all()
    assert history.labels["known_at"].is_sorted()


def test_honest_ones_are_known_after_the_window_and_frauds_within_days(history: History) -> None:
    rows = with_truth(history).with_columns(wait=pl.col("known_at") - pl.col("arrived_at"))
    honest, frauds = rows.filter(~pl.col("is_fraud")), rows.filter(pl.col("is_fraud"))

    assert (honest["wait"] == timedelta(days=14)).mean() > 0.98
    assert timedelta(days=3) < frauds["wait"].median() < timedelta(days=7)
    assert frauds["wait"].quantile(0.95) > timedelta(days=14)
    charged_back = frauds.filter(pl.col("source") == "chargeback")
    assert 0.15 < charged_back.height / frauds.height < 0.25
    assert charged_back["wait"].median() > timedelta(days=12)


def test_sources_tell_who_said_so(history: History) -> None:
    honest = history.labels.filter(~pl.col("is_fraud"))
    frauds = history.labels.filter(pl.col("is_fraud"))

    assert set(honest["source"]) == {"import", "analyst"}
    assert set(frauds["source"]) == {"analyst", "customer", "chargeback"}


def test_the_type_is_the_truth_and_the_label_is_nearly_it() -> None:
    labels = generate(SimulationPlan(users=4_000, transactions=400_000, seed=6)).labels
    frauds = labels.filter(pl.col("fraud_type").is_not_null())
    honest = labels.filter(pl.col("fraud_type").is_null())

    assert set(frauds["fraud_type"]) == set(FRAUD_TYPES)
    # 1.2 % of 16,000 frauds missed (one standard deviation: .09), .8 % as many disputed.
    assert 0.009 < 1 - frauds["is_fraud"].mean() < 0.015
    assert honest["is_fraud"].sum() == round(0.008 * frauds.height)


def test_without_fraud_nothing_is_disputed() -> None:
    labels = generate(SimulationPlan(users=50, transactions=1_000, fraud_rate=0.0)).labels

    assert labels["is_fraud"].sum() == 0
