"""A patch of background that FaceMesh takes for a face is none; a second person is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kyc.simulation.portraits import load_portrait
from kyc.vision.face_mesh import MeshFace, track
from kyc.vision.liveness import mirages
from kyc.vision.liveness.mirages import without_mirages
from kyc.vision.video import Frame

ONE = load_portrait("astronaut", framing="selfie")
TWO = np.hstack([ONE, load_portrait("grace_hopper", framing="selfie")])


def film(pixels: Any, count: int = 6) -> list[Frame]:
    return [Frame(number, number * 80.0, pixels) for number in range(count)]


def moved(face: MeshFace, across: float) -> MeshFace:
    return replace(face, points=face.points + np.array([across, 0, 0]))


@pytest.fixture(scope="module")
def face() -> MeshFace:
    (found,) = track(ONE)
    return found


def test_a_face_that_the_detectors_do_not_see_is_left_out(face: MeshFace) -> None:
    mirage = moved(face, -260)

    kept = without_mirages(film(ONE), [(face, mirage)] * 3 + [(mirage, face)] * 2 + [(face,)])

    assert kept == [(face,)] * 6


def test_two_people_stay_two(face: MeshFace) -> None:
    beside = moved(face, ONE.shape[1])
    found = [(face,)] * 3 + [(face, beside)] * 3

    assert without_mirages(film(TWO), found) == found


def test_two_faces_in_one_frame_only_are_believed_as_well(face: MeshFace) -> None:
    found = [(face, moved(face, ONE.shape[1]))] + [(face,)] * 5

    assert without_mirages(film(TWO), found) == found


def test_where_the_detectors_see_nobody_nothing_is_left_out(face: MeshFace) -> None:
    found = [(face, moved(face, 100))] * 6

    assert without_mirages(film(np.full_like(ONE, 90)), found) == found


def test_detectors_are_not_asked_while_there_is_one_face(
    face: MeshFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirages, "detect_faces", None)

    assert without_mirages(film(ONE), [(face,), ()] * 3) == [(face,), ()] * 3


def test_a_whole_video_is_looked_at_twelve_times_at_most(
    face: MeshFace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def nobody(pixels: Any) -> tuple[()]:
        asked.append(pixels)
        return ()

    monkeypatch.setattr(mirages, "detect_faces", nobody)

    without_mirages(film(ONE, 90), [(face, moved(face, 100))] * 90)

    assert len(asked) == 12
