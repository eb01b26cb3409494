"""Bar codes as `evaluate_kyc barcodes` measures them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from kyc.evaluating.barcodes import evaluate
from kyc.evaluating.report import MaterialRefused, Order
from kyc.simulation.licences import draw_symbol


def silent(sentence: str, done: int, total: int) -> None:
    """No bar on the screen."""


def order(folder: Path, simulated: int = 0) -> Order:
    return Order(folder=folder, today=date(2026, 5, 1), simulated=simulated)


@pytest.mark.measurement
def test_every_licence_of_the_material_is_read_to_the_byte(measurement_data: Path) -> None:
    figures = evaluate(order(measurement_data), silent).figures

    assert figures["images"] >= 15
    assert figures["decoded"] == figures["exact"] == figures["images"]


def test_a_folder_of_pictures_and_payloads_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "pdf417"
    folder.mkdir()
    for name, truth in (("a", b"first"), ("b", b"second"), ("c", b"third")):
        cv2.imwrite(str(folder / f"{name}.png"), draw_symbol(truth if name != "c" else b"other"))
        (folder / f"{name}.txt").write_bytes(truth)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    (folder / "broken.txt").write_bytes(b"x")
    cv2.imwrite(str(folder / "unlabelled.png"), np.zeros((50, 50, 3), np.uint8))

    report = evaluate(order(tmp_path), silent)

    assert {key: report.figures[key] for key in ("images", "decoded", "exact")} == {
        "images": 4,
        "decoded": 3,
        "exact": 2,
    }
    assert report.figures["median_ms"] > 0
    assert [(row["file"], row["exact"], row["error"]) for row in report.rows] == [
        ("a.png", True, ""),
        ("b.png", True, ""),
        ("broken.png", False, "damaged"),
        ("c.png", False, ""),
    ]


def test_renders_are_measured_apart(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), draw_symbol(b"first"))
    (tmp_path / "a.txt").write_bytes(b"first")
    folder = tmp_path.rename(tmp_path.with_name("pdf417"))

    report = evaluate(order(folder, simulated=1), silent)

    assert report.figures["images"] == 1
    simulated = report.figures["simulated"]
    assert {name: found["exact"] for name, found in simulated.items()} == {
        "light": 1,
        "medium": 1,
        "harsh": 1,
    }
    assert len(report.rows) == 4


@pytest.mark.parametrize("content", ["none", "empty"])
def test_a_folder_without_material_is_refused(tmp_path: Path, content: str) -> None:
    if content == "empty":
        (tmp_path / "pdf417").mkdir()

    with pytest.raises(MaterialRefused):
        evaluate(order(tmp_path), silent)
