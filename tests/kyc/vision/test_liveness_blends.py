"""Frames that were computed from others, and one picture shown again, are told from movement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.blends import blend_residual, interpolation_residual
from kyc.vision.liveness.integrity import capture_signals
from kyc.vision.liveness.observation import Observation
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.steadying import SHAKING, shaking_of


def seen(pictures: Any) -> list[Observation]:
    return [
        Observation(number, number * 1000 / 12, 0, None, 0, 0, small, in_colour(small))
        for number, small in enumerate(np.asarray(pictures, np.float32))
    ]


def in_colour(small: Any) -> Any:
    return cv2.cvtColor(small.clip(0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def face_at(x: float) -> MeshFace:
    points = np.random.default_rng(4).normal(0, 40, (478, 3)) + np.array((x, 0, 0))
    return MeshFace(points, 0.0, 0.0, 0.0, 0.3, 0.3, 0.0)


def moving(count: int = 60) -> list[Any]:
    """A structured scene that slides along, now faster, now slower, with a camera's noise."""
    rng = np.random.default_rng(1)
    scene = cv2.GaussianBlur(rng.uniform(0, 255, (120, 400)).astype(np.float32), (0, 0), 1.5)
    scene = (scene - scene.mean()) * 4 + 128
    places = 40 + np.cumsum(rng.uniform(1.5, 5, count))
    noise = rng.normal(0, 0.3, (count, 36, 48))
    return [
        cv2.getRectSubPix(scene, (48, 36), (float(x), 60.0)) + grain
        for x, grain in zip(places, noise, strict=True)
    ]


def in_between(pictures: Any) -> list[Any]:
    """Every second picture replaced by the mean of its neighbours."""
    return [
        (pictures[number - 1] + pictures[number + 1]) / 2
        if number % 2 and number + 1 < len(pictures)
        else picture
        for number, picture in enumerate(pictures)
    ]


def raised(pictures: Any) -> set[str]:
    signals = capture_signals(seen(pictures), "", LivenessPolicy())
    return {signal.code for signal in signals if signal.is_raised}


def test_movement_is_neither_interpolated_nor_still() -> None:
    assert raised(moving()) == set()


def test_frames_put_in_between_are_found() -> None:
    assert interpolation_residual(seen(in_between(moving()))) < 0.01
    assert raised(in_between(moving())) == {"interpolated_frames"}


def test_two_frames_put_in_between_may_be_chance() -> None:
    pictures = moving()
    for number in (20, 30):
        pictures[number] = (pictures[number - 1] + pictures[number + 1]) / 2

    assert raised(pictures) == set()


def test_a_fade_is_a_blend() -> None:
    before, after = moving()[0], moving()[12]
    shares = np.clip((np.arange(60) - 25) / 8, 0, 1)

    assert blend_residual(seen([before * (1 - s) + after * s for s in shares])) < 0.001


@pytest.mark.parametrize("is_shaking", [False, True])
def test_a_fade_is_found_whether_the_face_shakes_or_not(is_shaking: bool) -> None:
    before, after = moving()[0], moving()[12]
    shares = np.clip((np.arange(60) - 25) / 8, 0, 1)
    frames = seen([before * (1 - s) + after * s for s in shares])
    shaken = [replace(one, face=face_at(8.0 * (one.index % 2))) for one in frames]
    signals = capture_signals(shaken if is_shaking else frames, "", LivenessPolicy())

    assert shaking_of(shaken) > SHAKING >= shaking_of(frames)
    assert "blended_frames" in {signal.code for signal in signals if signal.is_raised}


def test_nothing_that_moves_is_no_blend() -> None:
    assert interpolation_residual(seen([moving()[0]] * 30)) == 1.0
    assert blend_residual(seen([moving()[0]] * 30)) == 1.0


@pytest.mark.parametrize("noise", [0.3, 0.6])
def test_one_picture_with_new_noise_is_still(noise: float) -> None:
    rng = np.random.default_rng(2)
    pictures = moving()
    pictures[30:] = [pictures[30] + rng.normal(0, noise, (36, 48)) for _ in range(30)]

    assert "still_picture" in raised(pictures)


def test_a_person_who_hardly_moves_is_not_still() -> None:
    rng = np.random.default_rng(3)
    still = moving()[0]
    drift = [still + 8 * np.sin(n / 9) * np.linspace(-1, 1, 48) for n in range(60)]

    assert "still_picture" not in raised([one + rng.normal(0, 0.4, (36, 48)) for one in drift])
