"""`manage.py read_document`, from outside."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.mrz.ocr import engine_named

KEYS = {
    "file", "outcome", "sentence", "format", "lines", "fields", "check_digits", "repairs",
    "is_accepted", "refusal_reason", "confidence", "quality", "ocr_calls", "duration_ms", "engine",
    "engine_version",
}  # fmt: skip


@pytest.fixture
def passport(tmp_path: Path) -> Path:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    )
    path = tmp_path / "passport.jpg"
    cv2.imwrite(str(path), page.front)
    return path


def test_it_prints_one_object_a_line(passport: Path) -> None:
    out = io.StringIO()

    call_command("read_document", str(passport), str(passport), "--json", stdout=out)

    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(found) == 2
    assert set(found[0]) == KEYS
    assert found[0]["file"] == str(passport)
    assert found[0]["outcome"] == "read"
    assert found[0]["is_accepted"] is True
    assert found[0]["lines"] == [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ]
    assert found[0]["fields"]["birth_date"] == "1974-08-12"
    assert found[0]["quality"]["issues"] == []


def test_a_refused_file_has_its_sentence_and_the_others_are_still_read(
    passport: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    out = io.StringIO()

    with pytest.raises(CommandError, match="2 of 3 files could not be used") as failed:
        call_command(
            "read_document", str(letter), "/no/such/file", str(passport), "--json", stdout=out
        )

    first, second, third = (json.loads(line) for line in out.getvalue().splitlines())
    assert failed.value.returncode == 1
    assert set(first) == KEYS
    assert first["refusal_reason"] == "unsupported_type"
    assert first["sentence"].startswith("This kind of file cannot be used here; please upload")
    assert second["refusal_reason"] == "unreadable_file"
    assert second["sentence"] == "/no/such/file cannot be opened: no such file or directory."
    assert third["outcome"] == "read"


def test_without_json_it_prints_a_table(passport: Path) -> None:
    out = io.StringIO()

    call_command("read_document", str(passport), stdout=out)

    lines = [line.split(maxsplit=1) for line in out.getvalue().splitlines()[1:] if line]
    assert ["outcome", "read, accepted"] in lines
    assert ["surname", "ERIKSSON"] in lines
    assert ["quality", "good"] in lines


def test_the_other_engine_reads_the_same(passport: Path) -> None:
    out = io.StringIO()

    call_command("read_document", str(passport), "--json", "--engine", "tesserocr", stdout=out)

    found = json.loads(out.getvalue())
    assert found["engine"] == "tesserocr"
    assert found["is_accepted"] is True


def test_the_day_settles_the_century(passport: Path) -> None:
    out = io.StringIO()

    call_command("read_document", str(passport), "--json", "--today", "2075-01-01", stdout=out)

    assert json.loads(out.getvalue())["fields"]["birth_date"] == "2074-08-12"


def test_a_missing_model_is_one_sentence(
    passport: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(tmp_path))
    engine_named.cache_clear()

    with pytest.raises(CommandError, match="fetch_models mrz"):
        call_command("read_document", str(passport))

    engine_named.cache_clear()
