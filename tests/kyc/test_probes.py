"""What /readyz learns of the engines."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from fraudsite.core.engines import probe_engines
from kyc import probes
from kyc.vision.faces import match
from kyc.worker import warm_up


def test_engines_that_load_are_ready() -> None:
    assert probes.faces_state().is_ready is False

    warm_up()

    assert probes.faces_state().is_ready is True
    assert {name for name, state in probe_engines().items() if state["is_ready"]} >= {
        "faces",
        "models",
        "tesseract",
    }


def test_engines_that_cannot_load_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "libEGL.so.1: cannot open shared object file"
        raise ImportError(message)

    monkeypatch.setattr(match, "compare_faces", broken)

    warm_up()

    state = probes.faces_state()
    assert (state.is_ready, state.detail) == (False, "Loading failed: ImportError.")


def test_a_machine_without_tesseract_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    assert probes.tesseract_state().detail == "Tesseract is not installed."


def test_a_chosen_face_engine_that_cannot_be_used_is_told(settings: Settings) -> None:
    settings.FACE_ENGINE = "arcface"

    warm_up()

    assert probes.models_state().detail == (
        "The face engine arcface has no weights; `manage.py fetch_models arcface` brings them."
    )
    assert probes.faces_state().is_ready is False
