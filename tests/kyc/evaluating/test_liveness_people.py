"""Who is rendered: people whose photographs are suited, and true strangers beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.evaluating.liveness_factors import FACTORS
from kyc.evaluating.liveness_people import Person, people_of, suited_portrait
from kyc.evaluating.liveness_renders import condition_of, judge_renders
from kyc.simulation.portraits import load_portrait
from kyc.vision.liveness.engines import NO_ENGINES

ASTRONAUT = load_portrait("astronaut", framing="selfie")
HOPPER = load_portrait("grace_hopper", framing="selfie")


def folder_of(tmp_path: Path, pairs: str, **pictures: Any) -> Path:
    faces = tmp_path / "faces"
    (faces / "images").mkdir(parents=True)
    for name, pixels in pictures.items():
        cv2.imwrite(str(faces / "images" / f"{name}.png"), pixels)
    (faces / "pairs.csv").write_text("file_x,file_y,same\n" + pairs)
    return faces


def test_without_a_folder_the_two_of_the_packages_are_rendered() -> None:
    one, other = people_of(None)

    assert (one.name, other.name) == ("astronaut", "grace_hopper")
    assert one.strangers == {"grace_hopper"}
    assert other.strangers == {"astronaut"}


def test_only_people_labelled_as_two_are_strangers(tmp_path: Path) -> None:
    pictures = {"a": ASTRONAUT, "b": ASTRONAUT[:, ::-1], "c": HOPPER, "d": HOPPER[:, ::-1]}
    folder = folder_of(tmp_path, "a.png,b.png,1\na.png,c.png,0\nd.png,d.png,1\n", **pictures)

    people = {person.name: person for person in people_of(folder)}

    assert set(people) == {"astronaut", "grace_hopper", "a.png", "c.png", "d.png"}
    assert len(people["a.png"].portraits) == 2
    assert people["a.png"].strangers == {"astronaut", "grace_hopper", "c.png"}
    assert people["d.png"].strangers == {"astronaut", "grace_hopper"}


def test_a_folder_that_cannot_be_used_leaves_the_two(tmp_path: Path) -> None:
    broken = folder_of(tmp_path, "a.png,b.png,perhaps\n")

    assert len(people_of(broken)) == 2
    assert len(people_of(tmp_path / "nothing")) == 2


@pytest.mark.parametrize(
    "unsuited",
    [
        np.full((300, 300, 3), 120, np.uint8),
        np.hstack([HOPPER, ASTRONAUT[:, ::-1]]),
        cv2.resize(ASTRONAUT, None, fx=0.3, fy=0.3),
        ASTRONAUT[:, 330:],
        np.rot90(HOPPER),
    ],
    ids=["nobody", "two people", "small", "cut off", "lying"],
)
def test_an_unsuited_photograph_is_not_rendered(unsuited: Any) -> None:
    assert suited_portrait(np.ascontiguousarray(unsuited)) is None


def test_a_suited_one_keeps_head_and_shoulders() -> None:
    portrait = suited_portrait(HOPPER)

    assert portrait is not None
    assert max(portrait.shape) <= 2 * 1.5 * 300 + 2


def test_every_condition_comes_and_every_second_render_is_usual() -> None:
    conditions = [condition_of(number) for number in range(2 * len(FACTORS))]

    assert set(conditions) == set(FACTORS)
    assert set(conditions[::2]) == {"usual"}
    assert "usual" not in conditions[1::2]


def test_a_portrait_in_which_no_face_is_found_is_a_row_with_an_error() -> None:
    nobody = Person("nobody", (np.full((300, 300, 3), 120, np.uint8),), frozenset({"grace_hopper"}))
    hopper = people_of(None)[1]

    (case,) = judge_renders(0, 1, NO_ENGINES, (nobody, hopper))

    assert (case.species, case.error, case.condition) == ("live", "no_face", "usual")
