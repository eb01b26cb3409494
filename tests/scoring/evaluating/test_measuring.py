from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from scoring.evaluating.contestants import Contestant, Role
from scoring.evaluating.histories import Weeks
from scoring.evaluating.measuring import KeptCut, TypeRecall, measured
from scoring.ml.ranking import OneClassOnly


def ranked_by_first_column(fraud_from: float = 0.5, rare_from: float = 0.5) -> Contestant:
    return Contestant(
        name="first",
        role=Role.ANOMALY,
        share=0.25,
        scores=lambda features: features[:, 0].astype(np.float64),
        fraud_from=fraud_from,
        rare_from=rare_from,
    )


def weeks_of(scores: list[float], types: list[int], believed: list[int] | None = None) -> Weeks:
    codes = np.array(types, np.int8)
    labels = (codes > 0).astype(np.int8) if believed is None else np.array(believed, np.int8)
    return Weeks(np.array(scores, np.float32)[:, None], labels, codes)


def test_the_measures_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    types = np.where(rng.random(5_000) < 0.05, rng.integers(1, 9, 5_000), 0)
    scores = np.round(rng.normal(types > 0, 0.7), 2)
    weeks = weeks_of(scores.tolist(), types.tolist())

    found = measured(ranked_by_first_column(fraud_from=1.25), weeks)

    labels, ranks = weeks.is_fraud, weeks.features[:, 0]
    assert found.auc == pytest.approx(roc_auc_score(labels, ranks), abs=1e-12)
    assert found.average_precision == pytest.approx(
        average_precision_score(labels, ranks), abs=1e-12
    )
    flagged = ranks >= 1.25
    assert found.precision == pytest.approx(precision_score(labels, flagged), abs=1e-12)
    assert found.recall == pytest.approx(recall_score(labels, flagged), abs=1e-12)
    assert found.f1 == pytest.approx(f1_score(labels, flagged), abs=1e-12)
    fpr, tpr, _ = roc_curve(labels, ranks, drop_intermediate=False)
    assert found.recall_at_1pct_fpr == pytest.approx(tpr[fpr <= 0.01].max(), abs=1e-12)
    assert found.recall_at_3_2pct_fpr == pytest.approx(tpr[fpr <= 0.032].max(), abs=1e-12)


def test_probabilities_are_measured_as_such() -> None:
    weeks = weeks_of([0.25, 0.25, 0.75, 0.5], [0, 0, 1, 0])
    ensemble = replace(ranked_by_first_column(), role=Role.ENSEMBLE)

    found, member = measured(ensemble, weeks), measured(ranked_by_first_column(), weeks)

    expected = log_loss([0, 0, 1, 0], [0.25, 0.25, 0.75, 0.5])
    assert found.log_loss == pytest.approx(expected, abs=1e-12)
    # One row a bin: .25, .25, .5 and .25 from what happened.
    assert found.calibration_error == pytest.approx(0.3125, abs=1e-12)
    assert (member.log_loss, member.calibration_error) == (None, None)


def test_each_type_is_cut_where_all_are() -> None:
    # Of the honest scores 0…99, one lies at or above 98.5 and three at or above 97.
    honest = [float(score) for score in range(100)]
    frauds = [99.5, 99.5, 98.5, 10.0, 97.5, 99.0]

    found = measured(
        ranked_by_first_column(), weeks_of(honest + frauds, [0] * 100 + [1] * 4 + [5] * 2)
    )

    assert found.by_type == {
        "velocity_burst": TypeRecall(4, 0.75, 0.75),
        "blacklisted_counterparty": TypeRecall(2, 0.5, 1.0),
    }


def test_a_fraud_that_nobody_noticed_counts_for_its_type() -> None:
    weeks = weeks_of([0.0] * 99 + [5.0, 6.0, 1.0], [0] * 99 + [2, 2, 2], [0] * 99 + [1, 1, 0])

    found = measured(ranked_by_first_column(), weeks)

    assert found.by_type == {"amount_spike": TypeRecall(3, 1.0, 1.0)}
    assert found.recall_at_1pct_fpr == 1.0


def test_a_cut_that_was_kept_tells_what_it_does_now() -> None:
    weeks = weeks_of([0.1, 0.2, 0.6, 0.9, 0.7, 0.4], [0, 0, 0, 0, 1, 1])

    found = measured(ranked_by_first_column(rare_from=0.6), weeks)

    assert found.kept_cut == KeptCut(recall=0.5, false_positive_rate=0.5)


def test_weeks_without_fraud_are_refused() -> None:
    with pytest.raises(OneClassOnly):
        measured(ranked_by_first_column(), weeks_of([0.1, 0.2], [0, 0]))
