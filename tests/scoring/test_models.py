"""The registry: candidates, one champion, the way back; and training from the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from fraudsite.core.models import AuditEntry
from scoring import FraudDetector
from scoring.choices import ModelStatus
from scoring.configuration import configuration, configuration_forget
from scoring.demo_champion import demo_champion_folder
from scoring.models import ModelVersion
from scoring.registry import model_folder
from scoring.services.models import (
    ModelRefused,
    champion_before,
    model_promote,
    model_register,
    model_rollback,
)
from tests.scoring.conftest import TESTER
from transactions.models import Label, Transaction
from transactions.services.loading import history_load
from transactions.simulation import SimulationPlan, generate
from transactions.simulation.files import write


def another_version(folder: Path, version: str, *, is_demo: bool = False) -> Path:
    """A copy of the demo model under another name, as if trained anew."""
    source = demo_champion_folder(django_settings.MODELS_DIR)
    folder.mkdir(parents=True)
    for file in source.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((source / "manifest.json").read_text())
    manifest |= {"version": version, "is_demo": is_demo}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def candidate(db: None, tmp_path: Path) -> ModelVersion:
    return model_register(folder=another_version(tmp_path / "new", "2026-11-21.1"), actor=TESTER)


def test_a_registered_model_is_a_candidate_with_files_of_its_own(
    candidate: ModelVersion, tmp_path: Path
) -> None:
    assert candidate.status == ModelStatus.CANDIDATE
    assert model_folder(candidate).parent == tmp_path / "registry"
    assert AuditEntry.objects.filter(action="model.registered").count() == 1


def test_registering_the_same_model_again_is_the_same_row(
    candidate: ModelVersion, tmp_path: Path
) -> None:
    again = model_register(folder=tmp_path / "new", actor=TESTER)

    assert again.pk == candidate.pk
    assert ModelVersion.objects.count() == 1


def test_another_model_under_a_taken_version_is_refused(
    candidate: ModelVersion, tmp_path: Path
) -> None:
    other = another_version(tmp_path / "other", "2026-11-21.1", is_demo=True)

    with pytest.raises(ModelRefused, match=r"2026-11-21\.1"):
        model_register(folder=other, actor=TESTER)


def test_promoting_replaces_the_champion_and_is_audited(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    replaced = model_promote(model=candidate, actor=TESTER)

    champion.refresh_from_db()
    assert replaced == champion
    assert champion.status == ModelStatus.RETIRED
    assert configuration().champion.row == candidate
    entry = AuditEntry.objects.filter(action="scoring.modelversion.champion").latest("id")
    assert entry.target_id == str(candidate.pk)
    assert entry.details["replaces"] == champion.version


def test_the_database_holds_one_champion(champion: ModelVersion, candidate: ModelVersion) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.filter(pk=candidate.pk).update(status=ModelStatus.CHAMPION)


def test_a_demo_model_never_replaces_a_real_one(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    model_promote(model=candidate, actor=TESTER)
    champion.refresh_from_db()

    with pytest.raises(ModelRefused, match="demo"):
        model_promote(model=champion, actor=TESTER)

    candidate.refresh_from_db()
    assert candidate.status == ModelStatus.CHAMPION


def test_a_damaged_model_is_not_promoted(champion: ModelVersion, candidate: ModelVersion) -> None:
    (model_folder(candidate) / candidate.manifest["members"][0]["file"]).write_bytes(b"{}")

    with pytest.raises(ModelRefused):
        model_promote(model=candidate, actor=TESTER)

    champion.refresh_from_db()
    assert champion.status == ModelStatus.CHAMPION


def test_rolling_back_brings_the_one_before_again(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    model_promote(model=candidate, actor=TESTER)

    back = model_rollback(actor=TESTER)

    assert back.pk == champion.pk
    assert configuration().champion.row == champion
    assert champion_before().pk == candidate.pk


def test_there_is_nothing_to_roll_back_to_at_first(champion: ModelVersion) -> None:
    with pytest.raises(ModelRefused, match="no earlier champion"):
        model_rollback(actor=TESTER)


def test_the_commands_say_what_would_change_before_they_do(
    champion: ModelVersion, candidate: ModelVersion
) -> None:
    out = StringIO()
    call_command("promote_model", candidate.version, "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "champion": candidate.version,
        "replaces": champion.version,
        "dry_run": True,
    }
    champion.refresh_from_db()
    assert champion.status == ModelStatus.CHAMPION

    call_command("promote_model", candidate.version, stdout=StringIO())
    out = StringIO()
    call_command("rollback_model", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"champion": champion.version, "dry_run": False}
    with pytest.raises(CommandError, match="no model nothing"):
        call_command("promote_model", "nothing")


def test_training_without_labels_says_so(champion: ModelVersion) -> None:
    with pytest.raises(CommandError, match="Label more transactions"):
        call_command("train_model")

    assert ModelVersion.objects.count() == 1


@pytest.fixture
def history(db: None, tmp_path: Path) -> None:
    plan = SimulationPlan(
        users=400, transactions=30_000, fraud_rate=0.04, seed=3, start=date(2026, 3, 1), days=120
    )
    write(generate(plan), tmp_path / "history")
    history_load(tmp_path / "history")


@pytest.mark.slow  # loads 30,000 transactions and trains on them: some 30 s
def test_a_model_trained_on_the_databases_labels_becomes_the_champion(
    champion: ModelVersion,
    history: None,
    api: Client,
    payment: Callable[..., dict[str, Any]],
) -> None:
    assert not Transaction.objects.filter(sequence=None).exists()
    assert not Label.objects.filter(sequence=None).exists()
    out = StringIO()

    call_command("train_model", "--json", stdout=out)
    trained = json.loads(out.getvalue())
    call_command("promote_model", trained["version"], stdout=StringIO())
    configuration_forget()
    body = api.post("/api/v1/transactions/", payment(), content_type="application/json").json()

    assert trained["registered"] is True
    assert trained["transactions"] == 30_000
    assert trained["metrics"]["test"]["auc"] > 0.9
    assert body["model_version"] == trained["version"]
    assert body["is_demo_model"] is False
    assert body["notes"] == []


@pytest.mark.slow  # as above
def test_only_labels_known_by_then_are_learnt_from(champion: ModelVersion, history: None) -> None:
    out = StringIO()

    call_command(
        "train_model",
        *("--until", "2026-05-25", "--members", "xgboost", "--dry-run", "--json"),
        stdout=out,
    )

    told = json.loads(out.getvalue())
    known = Label.objects.filter(known_at__lte="2026-05-25T00:00Z")
    assert told["labelled"] == known.values("transaction").distinct().count()
    assert told["registered"] is False
    assert ModelVersion.objects.count() == 1


@pytest.mark.slow  # as above
def test_the_plan_of_a_training_is_told_and_kept(champion: ModelVersion, history: None) -> None:
    out = StringIO()

    call_command(
        "train_model",
        *("--members", "xgboost", "--sampling", "smote", "--smote-ratio", "0.2"),
        stdout=out,
    )

    kept = ModelVersion.objects.latest("created_at").manifest["plan"]
    assert kept["sampling"]["way"] == "smote"
    assert kept["sampling"]["smote_ratio"] == 0.2
    assert list(kept["members"]) == ["xgboost"]
    assert "xgboost                  1.0000" in out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--members", "xgboost,oracle"], '--members: There is no member "oracle"; there are:'),
        (["--sampling", "smote", "--smote-ratio", "0"], "--smote-ratio: above 0 and at most 1"),
        (["--sampling", "hope"], "invalid choice: 'hope'"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_before_anything_is_read(
    words: list[str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("train_model", *words)


def test_the_detector_gives_the_fields_and_the_score_of_the_api(
    champion: ModelVersion,
    starter_rules: None,
    api: Client,
    payment: Callable[..., dict[str, Any]],
) -> None:
    detector = FraudDetector(model_folder(champion))
    bodies = [
        payment(transaction_id=f"T-{number}", amount_minor=amount)
        for number, amount in enumerate((1250, 900, 45_000, 1_500_000))
    ]

    told = [
        api.post("/api/v1/transactions/", body, content_type="application/json").json()
        for body in bodies
    ]
    found = [detector.predict(body) for body in bodies]

    shared = ("decision", "fraud_score", "is_fraud", "risk_level", "rules", "causes", "factors")
    for one, other in zip(told, found, strict=True):
        assert {name: other[name] for name in shared} == {name: one[name] for name in shared}
    assert set(found[0]) <= set(told[0])


def test_the_detector_takes_what_a_notebook_holds(champion: ModelVersion) -> None:
    detector = FraudDetector(model_folder(champion))

    answer = detector.predict(
        {"user_id": "u", "amount": 12.5, "merchant_id": "m", "timestamp": "2026-11-21T09:00:00Z"}
    )

    assert answer["decision"] == "approve"
    assert answer["is_demo_model"] is True
