"""Readings held against labelled pictures, and the command over a small folder."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from kyc.evaluating.documents import Case, cases_in, evaluate, figures_of, judged, key_of, table_of
from kyc.evaluating.report import MaterialRefused, Order
from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen

TODAY = date(2026, 5, 1)
# ICAO Doc 9303 part 4, appendix B.
LINES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
CASE = Case("eriksson.png", "TD3", LINES)
NEGATIVE = Case("letter.png", "NONE", ())


def truth(folder: Path, *rows: tuple[str, ...]) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "truth.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("file", "format", "line1", "line2", "line3"), *rows])
    return folder


def test_a_wrong_name_is_not_exact_but_its_key_is_right() -> None:
    result = judged(CASE, (LINES[0].replace("ANNA", "AMNA"), LINES[1]), is_accepted=True)

    assert (result.is_exact, result.is_key_right, result.is_accepted) == (False, True, True)


@pytest.mark.parametrize(("read", "written"), [("L8989", "L8988"), ("740812", "740813")])
def test_a_wrong_number_or_date_is_a_wrong_key(read: str, written: str) -> None:
    assert not judged(CASE, (LINES[0], LINES[1].replace(read, written))).is_key_right


def test_what_is_no_zone_has_no_key() -> None:
    assert key_of(()) is None
    assert key_of(("P<UTO", "L898902C3")) is None
    assert not judged(CASE, ()).is_key_right


def test_the_figures_count_what_was_accepted_wrongly() -> None:
    wrong = (LINES[0], LINES[1].replace("L8989", "L8988"))
    results = [
        judged(CASE, LINES, is_accepted=True, duration_ms=100.0),
        judged(CASE, wrong, is_accepted=True, duration_ms=300.0),
        judged(NEGATIVE, LINES, is_accepted=True, duration_ms=200.0),
        judged(NEGATIVE, (), duration_ms=200.0),
    ]

    figures = figures_of(results)

    assert figures["images"] == 4
    assert figures["exact_rate"] == figures["key_rate"] == 0.5
    assert figures["accepted"] == 2
    assert figures["accepted_key_errors"] == 1
    assert figures["negatives"] == 2
    assert figures["negatives_accepted"] == 1
    assert figures["median_ms"] == 200.0


def test_an_error_that_never_happened_is_told_with_the_number_of_pictures() -> None:
    table = dict(table_of([judged(CASE, LINES, is_accepted=True)] * 40))

    assert table["accepted with one of them wrong"] == "< 3/40"
    assert table["accepted without a zone"] == "not measured"


def test_a_folder_is_measured_and_a_broken_picture_is_a_row(tmp_path: Path) -> None:
    folder = truth(
        tmp_path / "mrz", ("page.png", "TD3", *LINES, ""), ("gone.png", "TD3", *LINES, "")
    )
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    )
    cv2.imwrite(str(folder / "page.png"), page.front)

    report = evaluate(Order(tmp_path, TODAY, engine="tesserocr"), lambda *_: None)

    assert report.figures["images"] == 2
    assert report.figures["exact"] == 1
    assert report.figures["accepted_key_errors"] == 0
    assert report.rows[0]["is_exact"] is True
    assert report.rows[1] == {"file": "gone.png", "format": "TD3", "error": "cannot_be_opened"}


def test_a_folder_without_truth_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MaterialRefused, match="cannot be read: FileNotFoundError"):
        cases_in(tmp_path)
    (tmp_path / "truth.csv").write_text("picture,text\n")
    with pytest.raises(MaterialRefused, match="has no column file, format, line1, line2"):
        cases_in(tmp_path)
    with pytest.raises(MaterialRefused, match="names no picture"):
        cases_in(truth(tmp_path))


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    truth(tmp_path / "mrz", ("page.png", "TD3", *LINES, ""))

    with pytest.raises(MaterialRefused, match="no text recognition named 'abbyy'"):
        evaluate(Order(tmp_path, TODAY, engine="abbyy"), lambda *_: None)
