from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from kyc.simulation.portraits import PortraitName, load_portrait
from kyc.vision import weights


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    names: tuple[PortraitName, ...] = ("astronaut", "grace_hopper")
    for name in names:
        cv2.imwrite(str(tmp_path / f"{name}.png"), load_portrait(name))
        cv2.imwrite(str(tmp_path / f"{name}_selfie.jpg"), load_portrait(name, framing="selfie"))
    return tmp_path


def run(*arguments: str | Path) -> tuple[list[str], int]:
    out = StringIO()
    try:
        call_command("compare_faces", *map(str, arguments), stdout=out)
    except SystemExit as leaving:
        return out.getvalue().splitlines(), int(str(leaving.code))
    return out.getvalue().splitlines(), 0


def test_a_match_is_one_json_object_and_exit_code_nought(pictures: Path) -> None:
    lines, code = run(pictures / "astronaut.png", pictures / "astronaut_selfie.jpg", "--json")

    answer = json.loads(lines[0])
    assert len(lines) == 1
    assert code == 0
    assert answer["outcome"] == "match"
    assert answer["distance"] < answer["threshold"] == 0.55
    assert answer["false_match_rate"] == "11/14432"
    assert answer["engine"] == "deepface-dlib"
    assert len(answer["selfie_face"]["box"]) == 4


def test_one_stranger_among_several_selfies_makes_the_exit_code_one(pictures: Path) -> None:
    lines, code = run(
        pictures / "astronaut.png",
        pictures / "astronaut_selfie.jpg",
        pictures / "grace_hopper_selfie.jpg",
        "--json",
    )

    assert [json.loads(line)["outcome"] for line in lines] == ["match", "no_match"]
    assert code == 1


def test_without_json_it_is_a_sentence_that_says_how_sure(pictures: Path) -> None:
    lines, _ = run(pictures / "astronaut.png", pictures / "grace_hopper_selfie.jpg")

    assert "two different people (distance 0." in lines[0]
    assert "a match up to 0.55, false-match rate 11/14432" in lines[0]


def test_a_picture_without_a_face_is_said_so(pictures: Path) -> None:
    cv2.imwrite(str(pictures / "wall.png"), np.full((400, 400, 3), 200, np.uint8))

    lines, code = run(pictures / "astronaut.png", pictures / "wall.png")

    assert "no face was found on the selfie" in lines[0]
    assert code == 1


def test_a_file_that_is_no_picture_is_one_sentence_and_exit_code_two(pictures: Path) -> None:
    (pictures / "note.txt").write_text("not a picture")

    with pytest.raises(CommandError) as caught:
        run(pictures / "astronaut.png", pictures / "note.txt")

    assert caught.value.returncode == 2
    assert "note.txt: " in str(caught.value)


def test_a_missing_file_is_one_sentence(pictures: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.jpg: No such file or directory\.$"):
        run(pictures / "nowhere.jpg", pictures / "astronaut.png")


def test_the_answer_says_what_the_distance_means_and_how_the_face_was_seen(pictures: Path) -> None:
    lines, _ = run(pictures / "astronaut.png", pictures / "astronaut_selfie.jpg", "--json")

    answer = json.loads(lines[0])
    assert answer["meaning"].startswith("Of measured pairs of strangers < 3/14432 are as near")
    assert answer["selfie_condition"]["eye_structure"] > 0.15


def test_an_engine_that_is_unknown_or_not_calibrated_is_exit_code_two(pictures: Path) -> None:
    for name, words in (("vgg", "no face engine 'vgg'"), ("arcface", "has no calibration")):
        with pytest.raises(CommandError, match=words) as caught:
            run(pictures / "astronaut.png", pictures / "astronaut.png", "--engine", name)
        assert caught.value.returncode == 2
