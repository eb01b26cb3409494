from __future__ import annotations

from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from kyc.simulation.portraits import PortraitName, age_portrait, load_portrait
from kyc.vision import weights
from kyc.vision.faces.calibrating import EngineName, Lines, PairDistances, calibrate
from kyc.vision.faces.calibration import CalibrationRefused, read_calibration
from kyc.vision.faces.impostor_tail import fit_tail

ENGINE = EngineName("dlib", "tests", "euclidean")


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people, four pictures each: 12 pairs of one person, 16 of strangers."""
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    folder = tmp_path_factory.mktemp("calibration") / "faces"
    (folder / "images").mkdir(parents=True)
    lines = ["file_x,file_y,same"]
    people: tuple[tuple[str, PortraitName], ...] = (("a", "astronaut"), ("b", "grace_hopper"))
    for letter, name in people:
        portrait = load_portrait(name, framing="selfie")
        for number in range(4):
            older = age_portrait(portrait, np.random.default_rng(number))
            cv2.imwrite(str(folder / "images" / f"{letter}{number}.png"), older)
        lines += [f"{letter}0.png,{letter}{number}.png,1" for number in range(1, 4)]
    (folder / "pairs.csv").write_text("\n".join([*lines, "a0.png,b0.png,0", ""]))
    return folder


def test_the_command_measures_all_pairs_that_the_labels_decide(
    material: Path, tmp_path: Path
) -> None:
    out, path = StringIO(), tmp_path / "dlib.json"

    call_command(
        "calibrate_faces", "--data", str(material), "--out", str(path), stdout=out,
        stderr=StringIO(),
    )  # fmt: skip

    known = read_calibration(path.read_text())
    assert (known.engine, known.metric) == ("dlib", "euclidean")
    assert (known.genuine_pairs, known.impostor_pairs) == (12, 16)
    assert (known.people, known.pictures) == (2, 8)
    assert (known.false_matches, known.false_non_matches) == (0, 0)
    assert known.farthest_genuine[-1] < known.match_distance < known.nearest_impostors[0]
    assert "strangers matched       < 3/16" in out.getvalue()


def test_without_a_place_it_goes_where_the_engine_looks(
    material: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path / "deepface"))
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")

    call_command(
        "calibrate_faces", "--data", str(material.parent), "--match-distance", "0.5",
        "--unclear-distance", "0.6", "--fitted-on", "other pairs", stdout=StringIO(),
        stderr=StringIO(),
    )  # fmt: skip

    known = read_calibration((tmp_path / "calibrations" / "dlib.json").read_text())
    assert (known.match_distance, known.unclear_distance) == (0.5, 0.6)
    assert known.fitted_on == "other pairs"


@pytest.mark.parametrize(("arguments", "words"), [
    (["--engine", "vgg"], "known are: dlib, sface, facenet512, arcface"),
    (["--engine", "arcface"], "`manage.py fetch_models arcface`"),
    (["--match-distance", "0.5"], "need both distances"),
    (["--match-distance", "0.6", "--unclear-distance", "0.5", "--fitted-on", "x"], "need both"),
    (["--match-distance", "0.5", "--unclear-distance", "0.6"], "--fitted-on"),
])  # fmt: skip
def test_what_cannot_be_calibrated_is_one_sentence_and_writes_nothing(
    material: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    path = tmp_path / "out.json"

    with pytest.raises(CommandError) as caught:
        call_command(
            "calibrate_faces", "--data", str(material), "--out", str(path), *arguments,
            stderr=StringIO(),
        )  # fmt: skip

    assert words in str(caught.value)
    assert not path.exists()


def test_a_picture_that_cannot_be_used_stops_it(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "pairs.csv").write_text("file_x,file_y,same\nwall.png,wall2.png,1\n")
    cv2.imwrite(str(tmp_path / "images" / "wall.png"), np.full((300, 300, 3), 200, np.uint8))

    with pytest.raises(CommandError, match=r"No face was found on .*wall\.png\.$"):
        call_command("calibrate_faces", "--data", str(tmp_path), stderr=StringIO())


def pairs(genuine: list[float], impostor: list[float], people: int = 5) -> PairDistances:
    return PairDistances(genuine, impostor, people, pictures=20)


def test_lines_are_drawn_below_the_nearest_stranger_and_counted() -> None:
    impostor = list(np.random.default_rng(1).normal(0.9, 0.075, 2000))

    drawn = calibrate(ENGINE, pairs([0.3, 0.9], impostor), measured_on="2026-03-01")

    assert drawn.match_distance < drawn.unclear_distance < min(impostor)
    assert (drawn.false_matches, drawn.false_non_matches) == (0, 1)
    assert len(drawn.nearest_impostors) == 500
    assert list(drawn.nearest_impostors) == sorted(drawn.nearest_impostors)
    assert "extrapolated" in drawn.fitted_on


def test_given_lines_are_kept_and_their_mistakes_counted() -> None:
    impostor = [0.5 + 0.01 * step for step in range(40)]

    given_lines = calibrate(
        ENGINE, pairs([0.3, 0.6], impostor), measured_on="2026-03-01", lines=Lines(0.52, 0.7, "x")
    )

    assert (given_lines.match_distance, given_lines.unclear_distance) == (0.52, 0.7)
    assert given_lines.false_match_rate.words == "3/40 = 7.50 %"
    assert given_lines.false_non_match_rate.words == "1/2 = 50.00 %"


@pytest.mark.parametrize(("genuine", "impostor"), [
    ([], [0.5 + 0.01 * step for step in range(20)]),
    ([0.3], [0.9] * 9),
    ([0.3], [0.9] * 50),
], ids=["nobody twice", "too few strangers", "strangers all alike"])  # fmt: skip
def test_too_little_calibrates_nothing(genuine: list[float], impostor: list[float]) -> None:
    with pytest.raises(CalibrationRefused):
        calibrate(ENGINE, pairs(genuine, impostor), measured_on="2026-03-01")


def test_the_tail_of_known_numbers_is_found_again() -> None:
    drawn = 1.0 - np.random.default_rng(3).exponential(0.05, 200_000)

    tail = fit_tail(drawn, people=400)

    # Below its tenth an exponential is the same exponential again.
    assert tail.scale == pytest.approx(0.05, rel=0.02)
    assert tail.rate_at(0.6) == pytest.approx((drawn <= 0.6).mean(), rel=0.1)
    assert tail.upper_scale == pytest.approx(tail.scale * 1.088, rel=0.01)


@given(st.integers(2, 300), st.integers(2, 300))
def test_more_people_make_the_upper_end_of_the_tail_narrower(one: int, other: int) -> None:
    distances = np.random.default_rng(5).normal(0.9, 0.1, 200)
    few, many = (fit_tail(distances, people=count) for count in sorted((one, other)))

    assert few.scale == many.scale
    assert few.upper_scale >= many.upper_scale > many.scale
