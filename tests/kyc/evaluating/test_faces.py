from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from kyc.evaluating.face_cards import photographed_card
from kyc.evaluating.face_pairs import LabelledPair, read_face_material
from kyc.evaluating.face_rates import Distances
from kyc.evaluating.faces import evaluate
from kyc.evaluating.report import MaterialRefused, Order, PartReport
from kyc.simulation.portraits import age_portrait, load_portrait
from kyc.vision import weights
from kyc.vision.faces.detect import detect_faces

TODAY = date(2026, 3, 1)


def write_truth(folder: Path, text: str) -> Path:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "pairs.csv").write_text(text)
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> PartReport:
    """Two people in two pictures each, one file that is no picture and one that is not there."""
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    root = tmp_path_factory.mktemp("material")
    folder = write_truth(
        root / "faces",
        "file_x,file_y,same\na1.png,a2.png,1\na1.png,b1.png,0\nb1.png,b2.png,1\n"
        "a1.png,broken.jpg,1\nb1.png,gone.jpg,0\n",
    )
    for letter, name in (("a", "astronaut"), ("b", "grace_hopper")):
        portrait = load_portrait(name, framing="selfie")
        older = age_portrait(portrait, np.random.default_rng(1))
        cv2.imwrite(str(folder / "images" / f"{letter}1.png"), portrait)
        cv2.imwrite(str(folder / "images" / f"{letter}2.png"), older)
    (folder / "images" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return evaluate(Order(folder=root, today=TODAY, simulated=3), lambda *_: None)


def rows_of(report: PartReport, kind: str) -> list[dict[str, Any]]:
    return [dict(row) for row in report.rows if row["kind"] == kind]


def test_the_figures_count_what_was_labelled_and_what_was_accepted(report: PartReport) -> None:
    figures = report.figures

    assert {
        name: figures[name]
        for name in ("pairs", "same", "identities", "pictures", "undetected", "threshold")
    } == {
        "pairs": 5,
        "same": 3,
        "identities": 3,
        "pictures": 6,
        "undetected": 2,
        "threshold": 0.55,
    }
    assert figures["tar"] == pytest.approx(2 / 3)
    assert figures["far"] == "< 3/2"
    assert (figures["false_accepts"], figures["strangers"]) == (0, 2)
    # A third of one person's pairs was missed; taking the stranger too brings the rates closest.
    assert figures["eer"] == pytest.approx(5 / 12)
    assert figures["median_ms"] > 0
    # Three pictures of one person, two of another, and one whom only the second is known not to be.
    assert (figures["known"]["pairs"], figures["known"]["same"]) == (12, 4)


def test_a_picture_that_cannot_be_read_is_a_row_with_an_error_and_a_pair_refused(
    report: PartReport,
) -> None:
    errors = {row["file"]: row.get("error") for row in rows_of(report, "selfie")}
    outcomes = {(row["file_x"], row["file_y"]): row["outcome"] for row in rows_of(report, "pair")}

    assert errors["gone.jpg"] == "no such file"
    assert errors["broken.jpg"] == "damaged"
    assert errors["a1.png"] is None
    assert outcomes["a1.png", "broken.jpg"] == "undetected"
    assert outcomes["a1.png", "a2.png"] == "match"
    assert outcomes["a1.png", "b1.png"] == "no_match"


def test_every_known_pair_is_also_compared_as_card_against_photograph(report: PartReport) -> None:
    card = report.figures["card"]
    between_read = [
        row for row in rows_of(report, "card") if "file_x" in row and row["distance"] is not None
    ]

    assert card["portrait_width_px"] == 120
    assert card["cards"] == 6
    assert card["detected"] == pytest.approx(4 / 6)
    # Either picture on the card: of one person a1-a2 and b1-b2, of two people all four of a and b.
    assert len(between_read) == 2 * (2 + 4)
    assert {row["outcome"] for row in between_read if row["same"]} == {"match"}
    assert {row["outcome"] for row in between_read if not row["same"]} == {"no_match"}


def test_bare_faces_are_not_refused_and_covered_ones_are(report: PartReport) -> None:
    coverings = report.figures["coverings"]

    assert report.figures["refused"] == {}
    # Three drawings of each kind, on the first three pictures in order.
    assert {kind: found["n"] for kind, found in coverings.items()} == {
        "dark_glasses": 3,
        "hair": 3,
        "hand": 3,
        "mask": 3,
    }
    assert coverings["hand"]["outcomes"] == {"covered_eyes_selfie": 3}
    assert coverings["dark_glasses"]["refused"] >= 2 / 3
    assert len(rows_of(report, "covering")) == 12
    assert dict(report.table)["hand (drawn): refused"] == "3/3 = 100.00 %"


def test_an_engine_that_cannot_be_used_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for name, words in (("vgg", "no face engine 'vgg'"), ("arcface", "has no calibration")):
        with pytest.raises(MaterialRefused, match=words):
            evaluate(Order(folder=tmp_path, today=TODAY, engine=name), lambda *_: None)


def test_the_table_states_no_rate_that_so_few_pairs_cannot_show(report: PartReport) -> None:
    table = dict(report.table)

    assert table["photograph: one person accepted"] == "2/3 = 66.67 %"
    assert table["photograph: strangers accepted"] == "< 3/2"
    assert table["portrait of 120 px: found"] == "4 of 6"


def test_a_portrait_on_a_card_is_as_wide_as_it_says() -> None:
    portrait = load_portrait("astronaut", framing="selfie")
    card = photographed_card(
        portrait, detect_faces(portrait)[0], np.random.default_rng(3), today=TODAY
    )

    face = detect_faces(card.pixels, is_card=True)[0]

    assert card.portrait_box[2] == pytest.approx(120, abs=1)
    assert card.is_portrait(face)
    assert 45 < face.width < 80


def test_what_follows_from_the_labels_is_known_and_nothing_else(tmp_path: Path) -> None:
    folder = write_truth(tmp_path, "file_x,file_y,same\na,b,1\nc,b,1\nc,d,0\ne,f,0\n")

    material = read_face_material(folder)

    assert material.people_count == 4
    assert set(material.known_pairs()) == {
        LabelledPair("a", "b", is_same=True),
        LabelledPair("a", "c", is_same=True),
        LabelledPair("b", "c", is_same=True),
        LabelledPair("a", "d", is_same=False),
        LabelledPair("b", "d", is_same=False),
        LabelledPair("c", "d", is_same=False),
        LabelledPair("e", "f", is_same=False),
    }


@pytest.mark.parametrize(("text", "words"), [
    ("file_x,file_y\na,b\n", "has not the columns file_x, file_y, same"),
    ("file_x,file_y,same\n", "names no pair"),
    ("file_x,file_y,same\na,b,yes\n", "line 2: two file names and 1 or 0"),
    ("file_x,file_y,same\na,../b,1\n", "line 2: two file names"),
    ("file_x,file_y,same\na\n", "line 2: two file names"),
    ("file_x,file_y,same\na,b,1\nb,c,1\na,c,0\n", "contradicts itself: a and c"),
])  # fmt: skip
def test_an_odd_truth_file_is_refused_with_a_sentence(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(MaterialRefused, match=words):
        read_face_material(write_truth(tmp_path, text))


def test_a_missing_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MaterialRefused, match=r"faces holds no pairs\.csv beside a folder images"):
        evaluate(Order(folder=tmp_path, today=TODAY), lambda *_: None)


DISTANCES = st.lists(st.integers(0, 20).map(lambda n: n / 10), min_size=1, max_size=30)


@given(DISTANCES, DISTANCES)
def test_the_equal_error_rate_is_that_of_scikit_learns_curve(
    genuine: list[float], impostor: list[float]
) -> None:
    labels = [1] * len(genuine) + [0] * len(impostor)
    accepted, hit, _ = roc_curve(
        labels, [-d for d in (*genuine, *impostor)], drop_intermediate=False
    )
    gaps = np.abs((1 - hit) - accepted)
    means = ((1 - hit) + accepted) / 2

    rate = Distances(genuine, impostor).equal_error_rate

    assert any(rate == pytest.approx(mean) for mean in means[np.isclose(gaps, gaps[1:].min())])


def test_a_missed_face_counts_as_refused_whoever_it_was() -> None:
    missed = Distances(genuine=(0.2, float("inf")), impostor=(0.9, float("inf")))

    assert missed.accepted_genuine(1.0).words == "1/2 = 50.00 %"
    assert missed.accepted_impostor(1.0).words == "1/2 = 50.00 %"
    assert Distances((), (0.4,)).equal_error_rate is None
