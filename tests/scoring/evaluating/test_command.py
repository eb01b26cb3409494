from __future__ import annotations

import json
from dataclasses import asdict, replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.evaluating import Bars, EvaluationPlan, Report
from scoring.evaluating.markdown import report_markdown
from scoring.evaluating.plan import SPLIT
from scoring.management.commands import evaluate_models as command
from scoring.ml.sampling import SamplingPlan
from scoring.ml.trainers import TRAINERS
from scoring.ml.training import TrainingPlan
from scoring.ml.xgboost_fit import XGBoostPlan


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch, report: Report) -> list[EvaluationPlan]:
    """Have the command answer at once, and return what it was asked for."""
    plans: list[EvaluationPlan] = []

    def answer(plan: EvaluationPlan, _progress: object) -> Report:
        plans.append(plan)
        return report

    monkeypatch.setattr(command, "evaluate_models", answer)
    return plans


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_models", *arguments, stdout=out)
    return out.getvalue()


def test_every_option_reaches_the_plan(asked_for: list[EvaluationPlan]) -> None:
    run(
        *("--users", "300", "--transactions", "9000", "--fraud-rate", "0.001", "--seed", "7"),
        *("--test-seed", "8", "--days", "150", "--days-learned", "100"),
        *("--novel-fraud", "mule_ring", "--members", "xgboost", "--sampling", "undersample"),
    )

    assert asked_for == [
        EvaluationPlan(
            users=300,
            transactions=9_000,
            fraud_rate=0.001,
            seed=7,
            test_seed=8,
            days=150,
            days_learned=100,
            novel_fraud="mule_ring",
            training=TrainingPlan(
                split=SPLIT, members=(XGBoostPlan(),), sampling=SamplingPlan(way="undersample")
            ),
        )
    ]


def test_without_options_the_plan_is_the_usual_one(asked_for: list[EvaluationPlan]) -> None:
    run()

    assert asked_for == [EvaluationPlan()]


@pytest.mark.usefixtures("asked_for")
def test_it_prints_the_tables(report: Report) -> None:
    assert run() == run("--markdown") == report_markdown(report, Bars()) + "\n"


@pytest.mark.usefixtures("asked_for")
def test_it_prints_one_object(report: Report) -> None:
    told = json.loads(run("--json"))

    assert told["measured_on"] == {"rows": report.rows, "frauds": report.frauds}
    assert told["models"] == [asdict(model) for model in report.models]
    assert [bar["what"] for bar in told["bars"]] == ["ensemble, AUC", "ensemble, F1"]
    assert told["plan"]["test_seed"] == 2
    assert told["seconds"] >= 0


def test_a_missed_bar_is_an_exit_code_only_where_asked_for(
    monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    poor = replace(report, models=(replace(report.models[0], auc=0.5),))
    good = replace(report, models=(replace(report.models[0], auc=0.97, f1=0.92),))

    monkeypatch.setattr(command, "evaluate_models", lambda _plan, _progress: poor)
    run()
    with pytest.raises(SystemExit) as stopped:
        run("--check")
    assert stopped.value.code == 1

    monkeypatch.setattr(command, "evaluate_models", lambda _plan, _progress: good)
    run("--check")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--test-seed", "1"), "choose two"),
        (("--days-learned", "10"), "can be learned from, not 10"),
        (("--users", "3"), "The number of users must lie between 50 and"),
        (("--novel-fraud", "x"), "There is no fraud type 'x'"),
        (("--check", "--fraud-rate", "0.001"), "the bars are of 4% fraud of known types"),
        (("--check", "--novel-fraud", "mule_ring"), "the bars are of 4% fraud of known types"),
        (("--members", "xgboost,oracle"), 'There is no member "oracle"'),
        (
            ("--users", "50", "--transactions", "1000", "--fraud-rate", "0.01"),
            "frauds among .* Generate more transactions",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as refused:
        run(*arguments)

    assert refused.value.returncode == 2


@pytest.mark.slow  # trains every kind of member with its usual plan
def test_every_member_is_trained_and_measured() -> None:
    told = json.loads(run("--users", "700", "--transactions", "30000", "--json"))

    names = [model["name"] for model in told["models"]]
    assert names == ["ensemble", *TRAINERS, "anomaly blend", "fixed blend"]
    assert told["models"][0]["auc"] > 0.98
    # None of them is blind, and each has a cut for everyday use.
    assert min(model["auc"] for model in told["models"]) > 0.85
    assert min(model["f1"] for model in told["models"]) > 0.3
