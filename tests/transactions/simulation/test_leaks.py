"""Nothing gives fraud away by itself; all of it together does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import kstest
from sklearn.metrics import roc_auc_score

from tests.transactions.simulation.separation import (
    auc,
    raw_columns,
    separation,
    word_rates,
)
from tests.transactions.simulation.truth import with_truth
from transactions.simulation import History, SimulationPlan, generate

# The bar of the project: no single feature separates fraud with an AUC above this.
HIGHEST_AUC = 0.9


@pytest.fixture(scope="module")
def is_fraud(history: History) -> np.ndarray:
    return with_truth(history)["fraud_type"].is_not_null().to_numpy()


def test_the_measure_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    is_fraud = rng.random(3_000) < 0.1
    values = np.round(rng.normal(0, 1, 3_000) - is_fraud, 1)

    expected = roc_auc_score(is_fraud, values)

    assert expected < 0.5
    assert auc(is_fraud, values) == pytest.approx(1 - expected, abs=1e-12)


def test_the_measure_finds_a_leak(is_fraud: np.ndarray) -> None:
    assert separation(is_fraud, np.where(is_fraud, np.nan, 1.0)) == 1.0


def test_the_measure_reads_missing_values_in_every_way() -> None:
    rng = np.random.default_rng(3)
    is_fraud = rng.random(2_000) < 0.2
    values = np.where(rng.random(2_000) < 0.3, np.nan, np.round(rng.normal(is_fraud, 1.0), 1))
    is_missing = np.isnan(values)

    expected = max(
        auc(is_fraud, np.where(is_missing, -np.inf, values)),
        auc(is_fraud, np.where(is_missing, np.inf, values)),
        auc(is_fraud[~is_missing], values[~is_missing]),
    )

    assert separation(is_fraud, values) == pytest.approx(expected, abs=1e-12)


def test_no_raw_column_gives_fraud_away(history: History, is_fraud: np.ndarray) -> None:
    readings = raw_columns(history) | word_rates(history, is_fraud)

    found = {name: auc(is_fraud, values) for name, values in readings.items()}

    assert len(found) > 60
    assert {name: value for name, value in found.items() if value > HIGHEST_AUC} == {}


@pytest.mark.parametrize("reading", ["transaction_id in order", "transaction_id, last letter"])
def test_a_transactions_id_says_nothing(
    history: History, is_fraud: np.ndarray, reading: str
) -> None:
    # 4,000 of 100,000: one standard deviation of the AUC of noise is .0046.
    assert auc(is_fraud, raw_columns(history)[reading]) < 0.52


def test_fractions_of_a_second_say_nothing(history: History, is_fraud: np.ndarray) -> None:
    found = auc(is_fraud, raw_columns(history)["occurred_at, within the second"])

    assert found < 0.52


@pytest.mark.parametrize(
    "column", ["customer_id", "device_id", "ip_address", "merchant_id", "card_token"]
)
def test_ids_of_frauds_lie_anywhere_among_all_ids(
    history: History, is_fraud: np.ndarray, column: str
) -> None:
    ids = history.transactions[column]
    order = ids.drop_nulls().unique().sort()
    places = pl.DataFrame({column: order, "place": np.arange(len(order)) / len(order)})
    touched = ids.filter(pl.Series(is_fraud)).drop_nulls().unique().to_frame()

    found = touched.join(places, on=column)["place"].to_numpy()

    assert len(found) > 100
    # A uniform sample does worse than this once in 10,000 times.
    assert kstest(found, "uniform").pvalue > 1e-4


def test_no_feature_gives_fraud_away(history: History) -> None:
    found = _separations(history)

    assert len(found) >= 60
    assert {name: value for name, value in found.items() if value > HIGHEST_AUC} == {}


@pytest.mark.slow  # so many rows that there are a hundred episodes at a low rate
def test_no_feature_gives_rare_fraud_away() -> None:
    plan = SimulationPlan(users=6_000, transactions=600_000, fraud_rate=0.001, seed=8)

    found = _separations(generate(plan))

    assert {name: value for name, value in found.items() if value > HIGHEST_AUC} == {}


@pytest.mark.slow  # fits a model on 150,000 rows of 140 features
def test_all_features_together_find_fraud_in_later_weeks_of_another_seed() -> None:
    import xgboost  # noqa: PLC0415 - only the slow tests need it

    plan = SimulationPlan(users=2_000, transactions=200_000, seed=21)
    seen, _, _ = _features(generate(plan))
    known = _labels(generate(plan))
    later = generate(replace(plan, seed=22))
    unseen, _, _ = _features(later)
    days = with_truth(later)["day"].to_numpy()
    labels = _labels(later)
    parameters = {
        "objective": "binary:logistic",
        "max_depth": 7,
        "eta": 0.1,
        "subsample": 0.8,
        "colsample_bytree": 0.6,
        "nthread": 2,
        "seed": 1,
    }

    model = xgboost.train(parameters, xgboost.DMatrix(seen, known), 200)
    scores = model.inplace_predict(unseen)

    tuning, test = (days >= 110) & (days < 130), days >= 130
    threshold = _best_threshold(labels[tuning], scores[tuning])
    assert roc_auc_score(labels[test], scores[test]) >= 0.98
    assert _f1(labels[test], scores[test] > threshold) >= 0.93
    # Noise and look-alikes leave something to get wrong.
    assert _f1(labels[test], scores[test] > threshold) < 0.99


def _separations(history: History) -> dict[str, float]:
    features, names, is_fraud = _features(history)
    return {
        name: separation(is_fraud, features[:, place].astype(np.float64))
        for place, name in enumerate(names)
    }


def _features(history: History) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    from scoring.features import SCHEMA  # noqa: PLC0415 - compiles; the other tests need not wait
    from scoring.features.frames import events_from_frames  # noqa: PLC0415
    from scoring.features.offline import history_features  # noqa: PLC0415

    timeline = events_from_frames(
        history.transactions,
        labels=history.labels,
        kyc_profiles=history.kyc_profiles,
        accounts=history.accounts,
    )
    truth = with_truth(history)["fraud_type"].is_not_null().to_numpy()
    return history_features(timeline), SCHEMA.names, truth


def _labels(history: History) -> np.ndarray:
    return with_truth(history)["is_fraud"].to_numpy()


def _f1(truth: np.ndarray, alarm: np.ndarray) -> float:
    return float(2 * (truth & alarm).sum() / (truth.sum() + alarm.sum()))


def _best_threshold(truth: np.ndarray, scores: np.ndarray) -> float:
    thresholds = np.quantile(scores, np.linspace(0.9, 0.995, 200))
    return float(max(thresholds, key=lambda threshold: _f1(truth, scores > threshold)))
