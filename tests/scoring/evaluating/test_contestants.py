"""Cuts come from the calibration slice; blends are made as where nobody can choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from scoring.evaluating.contestants import Contestant, Role, contestants, lowest_cut
from scoring.evaluating.histories import learned_history
from scoring.features import SCHEMA
from scoring.ml.dataset import Dataset
from scoring.ml.ensemble_weights import WeightPlan, blended, fixed_weights
from scoring.ml.manifest import Identity
from scoring.ml.ranking import RankingCurve
from scoring.ml.splits import time_split
from scoring.ml.trained_model import TrainedModel, Weighed
from scoring.ml.training import train
from tests.scoring.evaluating.conftest import QUICK, SMALL, without_progress


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return learned_history(SMALL, without_progress)


@pytest.fixture(scope="module")
def trained(dataset: Dataset) -> TrainedModel:
    identity = Identity("test", "1", "", "generated")
    return train(dataset, QUICK, identity, names=SCHEMA.names, schema_hash=SCHEMA.hash)


def without_labels(one: Weighed, name: str) -> Weighed:
    """Return a member as if it had learned without labels."""
    trainer = replace(one.fitted.trainer, is_supervised=False)
    return replace(one, fitted=replace(one.fitted, name=name, trainer=trainer))


def names(found: Sequence[Contestant]) -> list[str]:
    return [one.name for one in found]


def test_the_cuts_are_those_of_the_calibration_slice(
    trained: TrainedModel, dataset: Dataset
) -> None:
    rows = time_split(dataset, QUICK.split).calibration
    is_fraud = dataset.is_fraud[rows]

    ensemble, best, of_few_scores = contestants(trained, dataset, QUICK.split)

    for one in (ensemble, best, of_few_scores):
        scores = one.scores(dataset.features[rows])
        flagged_honest = (scores >= one.rare_from)[is_fraud == 0].mean()
        assert one.fraud_from == RankingCurve.of(scores, is_fraud).best_f1_threshold()
        # Where many rows share a score, the next lower cut flags far more than that.
        assert (0 if one is of_few_scores else 0.028) < flagged_honest <= 0.032


def test_the_ensemble_is_cut_where_it_suggests_itself(
    trained: TrainedModel, dataset: Dataset
) -> None:
    first = next(contestants(trained, dataset, QUICK.split))

    assert first.role is Role.ENSEMBLE
    assert first.fraud_from == trained.manifest.thresholds.fraud


def test_rows_that_are_not_of_the_calibration_slice_move_no_cut(
    trained: TrainedModel, dataset: Dataset
) -> None:
    rows = time_split(dataset, QUICK.split).calibration
    features = np.full_like(dataset.features, np.nan)
    features[rows] = dataset.features[rows]
    emptied = replace(dataset, features=features)

    before = [(one.fraud_from, one.rare_from) for one in contestants(trained, dataset, QUICK.split)]
    after = [(one.fraud_from, one.rare_from) for one in contestants(trained, emptied, QUICK.split)]

    assert after == before


def test_without_anomaly_models_there_is_nothing_to_blend(
    trained: TrainedModel, dataset: Dataset
) -> None:
    found = list(contestants(trained, dataset, QUICK.split))

    assert names(found) == ["ensemble", "xgboost", "xgboost_2"]


def test_blends_speak_as_where_nothing_can_be_chosen(
    trained: TrainedModel, dataset: Dataset
) -> None:
    first, second = trained.members
    members = (first, without_labels(second, "odd"), without_labels(first, "odder"))
    mixed = replace(trained, members=members)
    rows = time_split(dataset, QUICK.split).calibration
    features = dataset.features[rows]

    *_, anomaly, fixed = contestants(mixed, dataset, QUICK.split)

    margins = [one.fitted.member.margins(features) for one in members]
    assert (anomaly.name, fixed.name) == ("anomaly blend", "fixed blend")
    assert (anomaly.role, anomaly.share) == (Role.BLEND, None)
    for blend, parts, sorts in (
        (anomaly, margins[1:], [False, False]),
        (fixed, margins, [True, False, False]),
    ):
        expected = blended(parts, fixed_weights(parts, sorts, WeightPlan()))
        assert np.array_equal(blend.scores(features), expected)


def test_a_cut_that_nothing_keeps_is_out_of_reach() -> None:
    curve = RankingCurve.of(np.array([1.0, 0.5]), np.array([0, 1], np.int8))

    assert lowest_cut(curve, 0.5) == float("inf")
    assert lowest_cut(curve, 1.0) == 0.5
