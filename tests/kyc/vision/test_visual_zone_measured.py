"""Print against the truth of the zone, as measured on specimens."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from kyc.evaluating.report import MaterialRefused, Order
from kyc.evaluating.visual_zone import evaluate
from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen


def silent(sentence: str, done: int, total: int) -> None:
    """No bar on the screen."""


def order(folder: Path) -> Order:
    return Order(folder=folder, today=date(2026, 5, 1))


# Forty pictures, each flattened and recognised twice, take half a minute of one core.
@pytest.mark.slow
@pytest.mark.measurement
def test_no_genuine_specimen_conflicts_but_the_one_that_contradicts_itself(
    measurement_data: Path,
) -> None:
    report = evaluate(order(measurement_data), silent)

    conflicts = [
        (row["file"], name)
        for row in report.rows
        for name, state in row["genuine"].items()
        if state == "conflict"
    ]
    # It prints 01 MAR 2024 and its zone says 2019-03-21.
    known = [("doubango__Passport-Australia_1280x720_rotate+90.jpg", "expiry_date")]
    assert [found for found in conflicts if found not in known] == []
    assert report.figures["specimens"]["match"] >= 100
    assert report.figures["specimens"]["foreign_match"] == 0


def test_a_folder_of_labelled_documents_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "mrz"
    folder.mkdir()
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    )
    cv2.imwrite(str(folder / "a.png"), page.front)
    (folder / "truth.csv").write_text(
        "file,format,line1,line2,line3,truth_check_digits_valid\n"
        f"a.png,TD3,{page.mrz_lines[0]},{page.mrz_lines[1]},,True\n"
    )

    report = evaluate(order(tmp_path), silent)

    figures = report.figures["specimens"]
    assert (figures["images"], figures["fields"], figures["conflict"]) == (1, 6, 0)
    assert figures["match"] >= 5
    assert figures["foreign_match"] == 0
    assert [row["file"] for row in report.rows] == ["a.png"]


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialRefused):
        evaluate(order(tmp_path), silent)
