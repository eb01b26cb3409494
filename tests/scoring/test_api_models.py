"""What the scoring endpoints answer when the model is missing, foreign or damaged."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client

from scoring.choices import ModelStatus
from scoring.configuration import configuration, configuration_forget
from scoring.features import SCHEMA
from scoring.models import (
    ModelVersion,
)
from scoring.registry import model_folder
from tests.scoring.api_calls import Payment, post

pytestmark = pytest.mark.django_db


def test_without_a_model_a_person_looks_and_the_answer_says_so(
    db: None, api: Client, payment: Payment
) -> None:
    body = post(api, payment()).json()

    assert (body["decision"], body["status"]) == ("review", "held")
    assert body["fraud_score"] is None
    assert body["model_version"] is None
    assert [cause["code"] for cause in body["causes"]] == ["model.no_model"]


def test_a_model_of_other_features_is_not_asked(
    champion: ModelVersion, api: Client, payment: Payment, tmp_path: Any
) -> None:

    folder = model_folder(champion)
    manifest = folder / "manifest.json"
    changed = manifest.read_bytes().replace(SCHEMA.hash.encode(), b"0" * len(SCHEMA.hash))
    manifest.write_bytes(changed)

    ModelVersion.objects.update(manifest_sha256=hashlib.sha256(changed).hexdigest())
    forget_loaded_model()

    body = post(api, payment()).json()

    assert body["decision"] == "review"
    assert [cause["code"] for cause in body["causes"]] == ["model.schema_mismatch"]


def test_a_damaged_model_is_not_asked(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:

    file = model_folder(champion) / champion.manifest["members"][0]["file"]
    file.write_bytes(file.read_bytes()[:-1])
    forget_loaded_model()

    body = post(api, payment()).json()

    assert body["decision"] == "review"
    assert [cause["code"] for cause in body["causes"]] == ["model.model_error"]


def forget_loaded_model() -> None:
    """As in a process that starts now: what is loaded already goes on being used."""
    ModelVersion.objects.update(status=ModelStatus.RETIRED)
    configuration_forget()

    assert configuration().champion.model is None
    ModelVersion.objects.update(status=ModelStatus.CHAMPION)
    configuration_forget()
