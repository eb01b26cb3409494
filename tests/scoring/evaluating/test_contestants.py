"""Cuts come from the calibration slice; blends are made as where nobody can choose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.evaluating.contestants import Role, contestants, lowest_cut
from scoring.evaluating.fitted_members import fitted_members
from scoring.evaluating.histories import learned_history
from scoring.features import SCHEMA
from scoring.ml.dataset import Dataset, Slice
from scoring.ml.ensemble_weights import WeightPlan, blended, fixed_weights
from scoring.ml.manifest import Identity
from scoring.ml.ranking import RankingCurve
from scoring.ml.splits import time_split
from scoring.ml.trained_model import TrainedModel, Weighed
from scoring.ml.training import train
from scoring.ml.xgboost_fit import fit_xgboost
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


@pytest.fixture(scope="module")
def calibration(dataset: Dataset) -> Slice:
    rows = time_split(dataset, QUICK.split).calibration
    return Slice(dataset.features[rows], dataset.is_fraud[rows])


def test_the_cuts_are_those_of_the_calibration_slice(
    trained: TrainedModel, calibration: Slice
) -> None:
    ensemble, best, of_few_scores = contestants(trained.model, trained.members, calibration)

    for one in (ensemble, best, of_few_scores):
        scores = one.scores(calibration.features)
        flagged_honest = (scores >= one.rare_from)[calibration.is_fraud == 0].mean()
        best_cut = RankingCurve.of(scores, calibration.is_fraud).best_f1_threshold()
        assert one.fraud_from == best_cut
        # Where many rows share a score, the next lower cut flags far more than that.
        assert (0 if one is of_few_scores else 0.028) < flagged_honest <= 0.032


def test_the_ensemble_is_cut_where_it_suggests_itself(
    trained: TrainedModel, calibration: Slice
) -> None:
    first = next(contestants(trained.model, trained.members, calibration))

    assert first.role is Role.ENSEMBLE
    assert first.fraud_from == trained.manifest.thresholds.fraud


def test_without_anomaly_models_there_is_nothing_to_blend(
    trained: TrainedModel, calibration: Slice
) -> None:
    found = contestants(trained.model, trained.members, calibration)

    assert [one.name for one in found] == ["ensemble", "xgboost", "xgboost_2"]


def test_blends_speak_as_where_nothing_can_be_chosen(
    trained: TrainedModel, calibration: Slice
) -> None:
    first, second = trained.members
    members = (first, without_labels(second, "odd"), without_labels(first, "odder"))

    *_, anomaly, fixed = contestants(trained.model, members, calibration)

    margins = [one.fitted.member.margins(calibration.features) for one in members]
    assert (anomaly.name, fixed.name) == ("anomaly blend", "fixed blend")
    assert (anomaly.role, anomaly.share) == (Role.BLEND, None)
    for blend, parts, sorts in (
        (anomaly, margins[1:], [False, False]),
        (fixed, margins, [True, False, False]),
    ):
        expected = blended(parts, fixed_weights(parts, sorts, WeightPlan()))
        assert np.array_equal(blend.scores(calibration.features), expected)


def test_members_left_out_are_fitted_on_as_much_as_the_others(
    trained: TrainedModel, dataset: Dataset
) -> None:
    kept, other = trained.members
    left_out = replace(trained, members=(kept, replace(other, weight=0.0)))

    same, again = fitted_members(left_out, dataset, QUICK, without_progress)

    rows = time_split(dataset, QUICK.split).fitting
    expected = fit_xgboost(
        Slice(dataset.features[rows], dataset.is_fraud[rows]), QUICK.members[1], seed=1
    )
    assert same is kept
    assert again.weight == 0
    # As many trees as validation chose; here all that the plan allows.
    assert again.fitted.plan == QUICK.members[1]
    assert again.fitted.data == expected


def test_a_cut_that_nothing_keeps_is_out_of_reach() -> None:
    curve = RankingCurve.of(np.array([1.0, 0.5]), np.array([0, 1], np.int8))

    assert lowest_cut(curve, 0.5) == float("inf")
    assert lowest_cut(curve, 1.0) == 0.5
