"""The weights of the reader of single letters: found once they are there, doubted when damaged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kyc.vision.documents import read_document
from kyc.vision.mrz.letters import letter_reader, letters_file, required_letter_reader
from kyc.vision.weights import WeightsUnavailable

TAUGHT = letters_file()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights of an installation without them would lie."""
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(tmp_path))
    return letters_file()


def array(path: Path) -> None:
    with path.open("wb") as stream:
        np.save(stream, np.zeros(3))


def archive(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream)


def flipped(path: Path) -> None:
    whole = bytearray(TAUGHT.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)


def test_weights_that_are_made_later_are_found_without_a_restart(file: Path) -> None:
    before = letter_reader()

    shutil.copy(TAUGHT, file)

    assert before is None
    assert letter_reader() is letter_reader() is not None


def test_weights_that_are_made_anew_are_read_anew(file: Path) -> None:
    shutil.copy(TAUGHT, file)
    first = letter_reader()

    os.utime(file, ns=(1, 1))

    assert letter_reader() is not first


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(TAUGHT.read_bytes()[:9_000]),
        lambda path: path.write_bytes(b"no archive"),
        flipped,
        array,
        archive,
    ],
    ids=["empty", "cut off", "other", "flipped", "array", "no arrays"],
)
def test_damaged_weights_count_as_none_and_are_named(
    file: Path, damage: Callable[[Path], object]
) -> None:
    damage(file)

    assert letter_reader() is None
    with pytest.raises(WeightsUnavailable, match=r"are damaged; `manage.py train_mrz_letters`"):
        required_letter_reader()


def test_a_reading_says_whether_single_cells_were_read(file: Path) -> None:
    blank = np.full((400, 600, 3), 255, np.uint8)
    without = read_document(blank, today=date(2026, 5, 1)).engine_version

    shutil.copy(TAUGHT, file)

    assert read_document(blank, today=date(2026, 5, 1)).engine_version == f"{without}+letters"
