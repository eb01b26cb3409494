"""Tesseract as a process: what it leaves on the disk, and how it says that it cannot read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytesseract
import pytest

from kyc.vision import tesseract
from kyc.vision.mrz.ocr import PytesseractEngine
from kyc.vision.tesseract import OcrFailed, OcrMissing, tesseract_table, tesseract_version
from kyc.vision.visual_zone.ocr import PytesseractWords

PAGE = np.full((120, 900), 255, np.uint8)

Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Have a shell script take Tesseract's place."""

    def installed(script: str) -> None:
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))

    return installed


def test_no_picture_is_written_to_the_disk(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, seen = tmp_path / "temporary", tmp_path / "seen"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    install(f'{shutil.which("tesseract")} "$@" && ls -A {temporary} > {seen}')

    for read in (PytesseractEngine().read_lines, PytesseractWords().read_words):
        seen.unlink(missing_ok=True)
        read(PAGE)

        assert seen.read_text() == ""


def test_a_program_that_is_not_there_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(tmp_path / "none"))

    for call in (lambda: tesseract_table(PAGE, ()), tesseract_version):
        with pytest.raises(OcrMissing, match="install the system package tesseract-ocr"):
            call()


def test_a_model_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OcrMissing, match="model is missing"):
        tesseract_table(PAGE, ("-l", "eng", "--tessdata-dir", str(tmp_path)))


@pytest.mark.parametrize("script", ["kill -9 $$", "exit 3", "exec sleep 60"])
def test_a_program_that_dies_or_hangs_is_said_in_one_sentence(
    script: str, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(script)
    monkeypatch.setattr(tesseract, "TIMEOUT_S", 0.5)

    with pytest.raises(OcrFailed, match="stopped before it had read") as failed:
        tesseract_table(PAGE, ())

    assert not isinstance(failed.value, OcrMissing)
