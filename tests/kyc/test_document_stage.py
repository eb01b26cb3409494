"""What becomes of a document whose zone or print cannot be read by the engine of this machine."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytesseract
import pytest

from kyc.choices import Stage, StageState
from kyc.decision.checks import CheckState
from kyc.decision.document_checks import print_agrees
from kyc.decision.rules import Rules
from kyc.models import StageResult
from kyc.services.attempt_evidence import attempt_evidence
from kyc.services.stage_results import findings_read
from kyc.services.stages import stage_run
from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from tests.kyc.conftest import Traveller, jpeg

pytestmark = pytest.mark.django_db


def document_read(traveller: Traveller) -> StageResult:
    """Send a passport and run the stage that reads it."""
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front
    traveller.reaches_capture()
    traveller.uploads(cv2.imencode(".jpg", page)[1].tobytes())
    traveller.sends_still(jpeg())
    traveller.post("submit")
    sent = traveller.verification
    stage_run(verification_id=str(sent.pk), attempt=sent.attempt, stage=Stage.DOCUMENT)
    return sent.stage_results.get(stage=Stage.DOCUMENT)


def test_a_zone_is_kept_where_the_model_for_the_print_is_not_installed(
    traveller: Traveller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    result = document_read(traveller)

    found = findings_read(result)
    assert (result.state, result.failure_code) == (StageState.DONE, "")
    assert found["mrz"]["fields"]["surname"] == "ERIKSSON"
    assert found["visual"] is None


def test_print_that_nothing_could_look_at_is_looked_at_by_a_person(
    traveller: Traveller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    document_read(traveller)

    check = print_agrees(attempt_evidence(traveller.verification), Rules())

    assert (check.state, check.is_required) == (CheckState.SKIPPED, True)
    assert check.sentence == "Not checked: the print could not be looked at."


def test_a_machine_without_the_engine_is_recorded_as_such(
    traveller: Traveller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(tmp_path / "none"))

    result = document_read(traveller)

    assert (result.state, result.failure_code) == (StageState.FAILED, "engine_missing")
