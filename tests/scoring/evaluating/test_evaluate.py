"""A whole evaluation, and what would show that it cheated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.evaluating import Bars, Report, evaluate, evaluate_models
from scoring.evaluating.contestants import Role
from scoring.ml.dataset import Dataset
from scoring.ml.splits import TooFewLabels
from tests.scoring.evaluating.conftest import SMALL, without_progress
from transactions.simulation import FRAUD_TYPES


def test_the_ensemble_comes_first_and_its_members_after_it(report: Report) -> None:
    assert [(model.name, model.role) for model in report.models] == [
        ("ensemble", Role.ENSEMBLE),
        ("xgboost", Role.SUPERVISED),
        ("xgboost_2", Role.SUPERVISED),
    ]


def test_it_finds_most_fraud_in_weeks_it_never_saw(report: Report) -> None:
    ensemble = report.models[0]

    assert ensemble.auc > 0.95
    assert ensemble.f1 > 0.6
    # Cards are tested in few but long series: a small history may have none of them so late.
    assert set(FRAUD_TYPES) - set(ensemble.by_type) <= {"card_testing"}


def test_shares_are_parts_of_the_ensemble(report: Report) -> None:
    ensemble, *members = report.models

    assert ensemble.share is None
    assert sum(member.share for member in members) == pytest.approx(1)
    assert members[0].share >= members[1].share >= 0


def test_the_same_plan_gives_the_same_figures(report: Report) -> None:
    assert evaluate_models(SMALL, without_progress) == report


def test_without_true_labels_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = evaluate.learned_history

    def shuffled(plan: object, progress: object) -> Dataset:
        dataset = honest(plan, progress)  # type: ignore[arg-type]
        order = np.random.default_rng(3).permutation(len(dataset))
        return replace(dataset, is_fraud=dataset.is_fraud[order])

    monkeypatch.setattr(evaluate, "learned_history", shuffled)
    found = evaluate_models(SMALL, without_progress).models[0]

    # 157 frauds: what is learned from noise ranks them by chance, types bunched together.
    assert 0.3 < found.auc < 0.7
    assert found.average_precision < 0.15


def test_a_type_that_nobody_saw_is_caught_less(report: Report, report_of_novelty: Report) -> None:
    known = report.models[0].by_type["structuring"]
    novel = report_of_novelty.models[0].by_type["structuring"]

    assert novel.rows > 10
    assert novel.at_1pct_fpr < known.at_1pct_fpr


def test_the_bars_are_of_the_ensemble_and_of_each_anomaly_model(report: Report) -> None:
    ensemble, member, _ = report.models
    odd = replace(member, name="odd", role=Role.ANOMALY, recall_at_3_2pct_fpr=0.5)
    verdicts = list(replace(report, models=(ensemble, member, odd)).verdicts(Bars(auc=0.5, f1=1.0)))

    assert [(verdict.what, verdict.bar, verdict.is_met) for verdict in verdicts] == [
        ("ensemble, AUC", 0.5, True),
        ("ensemble, F1", 1.0, False),
        ("odd, recall at 3.2 % false positives", 0.87, False),
    ]
    assert verdicts[2].reached == 0.5


def test_nothing_is_asked_of_other_rates_or_of_a_type_nobody_saw(
    report: Report, report_of_novelty: Report
) -> None:
    rare = replace(report, plan=replace(SMALL, fraud_rate=0.001))

    assert list(report.verdicts(Bars()))
    assert list(rare.verdicts(Bars())) == []
    assert list(report_of_novelty.verdicts(Bars())) == []


def test_progress_names_every_step_and_never_leaves_its_range() -> None:
    told: list[tuple[str, float]] = []

    evaluate_models(SMALL, lambda what, part: told.append((what, part)))

    assert all(0 <= part <= 1 for _, part in told)
    steps = list(dict.fromkeys(what for what, _ in told))
    assert steps[:2] == ["generating seed 1", "features to learn from"]
    assert steps[-3:] == ["generating seed 2", "features to measure on", "measuring"]
    assert told[-1] == ("measuring", 1.0)


def test_too_little_history_is_refused() -> None:
    with pytest.raises(TooFewLabels):
        evaluate_models(replace(SMALL, fraud_rate=0.0), without_progress)
