"""Several members trained in one call, weighed, stored and served as one model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring.ml.artefact import ModelDamaged
from scoring.ml.dataset import Dataset, Slice
from scoring.ml.ensemble_weights import WeightPlan
from scoring.ml.lightgbm_fit import LightGBMPlan
from scoring.ml.model import READERS, load_model
from scoring.ml.random_forest_fit import RandomForestPlan
from scoring.ml.ranking import RankingCurve
from scoring.ml.sampling import SamplingPlan
from scoring.ml.splits import time_split
from scoring.ml.trainers import (
    TRAINERS,
    UnknownKind,
    default_plans,
    fit_member,
    member_names,
    trainer_of,
)
from scoring.ml.training import TrainedModel
from scoring.ml.training_plan import TrainingPlan
from scoring.ml.xgboost_fit import XGBoostPlan
from tests.scoring.ml.conftest import NAMES, SCHEMA_HASH, train_quickly

SHALLOW = XGBoostPlan(rounds=15, patience=5, learning_rate=0.3, max_depth=1, threads=1)
DEEP = XGBoostPlan(rounds=15, patience=5, learning_rate=0.2, max_depth=5, threads=1)
TWO = TrainingPlan(members=(SHALLOW, DEEP), weights=WeightPlan(way="fixed"))


@pytest.fixture(scope="module")
def ensemble(history: Dataset) -> TrainedModel:
    return train_quickly(history, TWO)


def test_every_member_has_a_say_and_a_file(ensemble: TrainedModel) -> None:
    entries = ensemble.manifest.members

    assert [entry.file for entry in entries] == ["xgboost.json", "xgboost_2.json"]
    assert [entry.kind for entry in entries] == ["xgboost", "xgboost"]
    assert min(entry.weight for entry in entries) > 0
    assert set(ensemble.files) == {"xgboost.json", "xgboost_2.json"}


def test_the_margin_is_the_weighted_sum(ensemble: TrainedModel, history: Dataset) -> None:
    features = history.features[:200]
    entries = ensemble.manifest.members
    files = ensemble.files

    parts = [
        entry.weight * READERS[entry.kind](files[entry.file]).margins(features) for entry in entries
    ]

    assert ensemble.model.margins(features) == pytest.approx(np.sum(parts, axis=0), abs=1e-12)
    contributions = ensemble.model.contributions(features)
    assert contributions.sum(axis=1) == pytest.approx(ensemble.model.margins(features), abs=1e-5)


def test_it_comes_back_as_it_was(ensemble: TrainedModel, history: Dataset, tmp_path: Path) -> None:
    ensemble.save(tmp_path / "m")
    features = history.features[:300]

    model = load_model(tmp_path / "m", SCHEMA_HASH)

    assert model.scores(features).tobytes() == ensemble.model.scores(features).tobytes()
    alone = [model.scores(features[place : place + 1])[0] for place in range(300)]
    assert np.array(alone).tobytes() == model.scores(features).tobytes()


def test_each_member_is_measured_by_itself(ensemble: TrainedModel, history: Dataset) -> None:
    split = time_split(history, TWO.split)
    told = ensemble.manifest.metrics

    assert set(told) == {"calibration", "test", "test:xgboost", "test:xgboost_2"}
    for weighed in ensemble.members:
        margins = weighed.fitted.member.margins(history.features[split.test])
        curve = RankingCurve.of(margins, history.is_fraud[split.test])
        measures = told[f"test:{weighed.name}"]
        assert measures.auc == pytest.approx(curve.auc, abs=1e-12)
        assert measures.average_precision == pytest.approx(curve.average_precision, abs=1e-12)
        assert measures.calibration_error < 0.05


def test_a_member_that_does_not_help_is_no_part_of_the_model(history: Dataset) -> None:
    # A stump that may not split says the same of everybody.
    blind = replace(SHALLOW, rounds=1, min_child_weight=1e9)

    model = train_quickly(history, TrainingPlan(members=(blind, DEEP)))

    assert [one.weight for one in model.members] == [0.0, 1.0]
    assert set(model.files) == {"xgboost_2.json"}
    assert len(model.model.members) == len(model.manifest.members) == 1
    assert model.manifest.metrics["test:xgboost"].auc == 0.5
    assert model.manifest.plan["members"]["xgboost"]["weight"] == 0


def test_members_with_a_weight_learn_from_validation_too(
    history: Dataset, ensemble: TrainedModel
) -> None:
    split = time_split(history, TWO.split)
    chosen = ensemble.members[1].fitted.plan

    fitted = [
        fit_member(
            "xgboost",
            chosen,
            Slice(history.features[rows], history.is_fraud[rows]),
            seed=TWO.seed,
            progress=lambda _part: None,
        )
        for rows in (split.train, split.fitting)
    ]

    assert ensemble.files["xgboost_2.json"] != fitted[0].data
    assert ensemble.files["xgboost_2.json"] == fitted[1].data


def test_the_plan_is_kept_with_what_was_chosen(ensemble: TrainedModel) -> None:
    told = ensemble.manifest.plan

    assert told["members"]["xgboost_2"]["max_depth"] == 5
    assert told["members"]["xgboost_2"]["kind"] == "xgboost"
    assert 1 <= told["members"]["xgboost_2"]["rounds"] <= DEEP.rounds
    assert told["weights"]["way"] == "fixed"
    assert told["sampling"]["way"] == "weights"


@pytest.mark.parametrize("way", ["undersample", "smote"])
def test_other_samples_give_other_trees_and_honest_probabilities(
    history: Dataset, way: str
) -> None:
    plan = TrainingPlan(
        members=(DEEP,), sampling=SamplingPlan(way=way, honest_per_fraud=2, smote_ratio=0.4)
    )

    one, plain = (
        train_quickly(history, plan),
        train_quickly(history, replace(plan, sampling=SamplingPlan())),
    )

    assert one.files != plain.files
    # Trained on about a third of frauds, it would say so of everybody without calibration.
    assert one.manifest.metrics["test"].calibration_error < 0.04
    assert one.manifest.trained_on == plain.manifest.trained_on


def test_a_member_of_an_unknown_kind_is_refused_in_words(
    ensemble: TrainedModel, tmp_path: Path
) -> None:
    folder = tmp_path / "m"
    ensemble.save(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["members"][0]["kind"] = "oracle"
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(ModelDamaged, match='a member "oracle", which is not known here'):
        load_model(folder, SCHEMA_HASH)


def test_a_member_made_for_other_columns_is_refused(ensemble: TrainedModel, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    ensemble.save(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["feature_names"] = list(NAMES[:-1])
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(ModelDamaged, match="is not complete"):
        load_model(folder, SCHEMA_HASH)


def test_every_kind_that_is_trained_can_be_read() -> None:
    assert {kind: trainer.read for kind, trainer in TRAINERS.items()} == dict(READERS)


def test_plans_find_their_trainers() -> None:
    kinds = [trainer_of(plan).kind for plan in default_plans()]

    assert kinds == list(TRAINERS)
    assert member_names(default_plans()) == tuple(TRAINERS)


def test_what_is_no_member_is_refused_by_name() -> None:
    with pytest.raises(UnknownKind, match='no member "oracle"; there are: xgboost'):
        default_plans(["oracle"])
    with pytest.raises(UnknownKind, match="WeightPlan is no plan of a member"):
        trainer_of(WeightPlan())


def test_all_kinds_together_are_one_model(history: Dataset, tmp_path: Path) -> None:
    plan = TrainingPlan(
        members=(
            DEEP,
            LightGBMPlan(rounds=15, patience=5, threads=1),
            RandomForestPlan(trees=10, threads=1),
            *default_plans(list(TRAINERS)[3:]),
        ),
        weights=WeightPlan(way="fixed"),
    )
    features = history.features[:64]

    trained = train_quickly(history, plan)
    trained.save(tmp_path / "m")
    model = load_model(tmp_path / "m", SCHEMA_HASH)

    assert [entry.kind for entry in model.manifest.members] == list(TRAINERS)
    assert model.manifest.kind == "ensemble"
    assert set(model.manifest.metrics) == {"calibration", "test"} | {
        f"test:{kind}" for kind in TRAINERS
    }
    scores = model.scores(features)
    alone = [model.scores(features[place : place + 1])[0] for place in range(64)]
    assert np.array(alone).tobytes() == scores.tobytes()
    assert scores.tobytes() == trained.model.scores(features).tobytes()
    parts = model.contributions(features).sum(axis=1)
    assert parts == pytest.approx(model.margins(features), abs=1e-5)
    assert model.manifest.metrics["test"].auc > 0.85
