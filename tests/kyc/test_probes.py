"""What /readyz learns of the engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from fraudsite.core.engines import probe_engines
from kyc import probes
from kyc.vision.faces import match
from kyc.vision.mrz.letters import letters_file
from kyc.worker import warm_up


def test_engines_that_load_are_ready() -> None:
    assert probes.faces_state().is_ready is False

    warm_up()

    assert probes.faces_state().is_ready is True
    assert {name for name, state in probe_engines().items() if state["is_ready"]} >= {
        "faces",
        "letters",
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


def test_a_tesseract_without_its_english_model_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    state = probes.tesseract_state()

    assert (state.is_ready, state.detail) == (
        False,
        "Tesseract's English model is missing; install tesseract-ocr-eng.",
    )


def test_a_chosen_face_engine_that_cannot_be_used_is_told(settings: Settings) -> None:
    settings.FACE_ENGINE = "arcface"

    warm_up()

    assert probes.models_state().detail == (
        "The face engine arcface has no weights; `manage.py fetch_models arcface` brings them."
    )
    assert probes.faces_state().is_ready is False


def test_a_reader_of_letters_that_cannot_be_loaded_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(tmp_path))
    missing = probes.letters_state()

    letters_file().write_bytes(b"")
    damaged = probes.letters_state()

    assert (missing.is_ready, damaged.is_ready) == (False, False)
    assert missing.detail == (
        "The weights of the letter reader are missing; `manage.py train_mrz_letters` makes them."
    )
    assert damaged.detail == missing.detail.replace("missing", "damaged")
