"""A face that changes at once is told from one that moves, turns fast or is carried about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.cuts import face_cut
from kyc.vision.liveness.observation import Observation
from kyc.vision.liveness.steadying import SHAKING, shaking_of, steadied

RNG = np.random.default_rng(1)
HEAD = RNG.normal(0, 40, (478, 3))
BLANK = np.zeros((36, 48), np.float32), np.zeros((72, 96, 3), np.uint8)


def face(yaw_deg: float, middle: tuple[float, float] = (320.0, 240.0), size: float = 1.0) -> Any:
    """A head turned round its upright axis, seen from far away."""
    yaw = np.deg2rad(yaw_deg)
    x = HEAD[:, 0] * np.cos(yaw) + HEAD[:, 2] * np.sin(yaw)
    z = HEAD[:, 2] * np.cos(yaw) - HEAD[:, 0] * np.sin(yaw)
    points = size * np.stack([x, HEAD[:, 1], z], axis=1) + (*middle, 0.0)
    return MeshFace(points, yaw_deg, 0.0, 0.0, 0.3, 0.3, 0.0)


def seen(faces: Any, step_ms: float = 83.0) -> list[Observation]:
    return [
        Observation(number, number * step_ms, one is not None, one, 100, 100, *BLANK)
        for number, one in enumerate(faces)
    ]


def turning(*yaws_deg: float) -> list[Observation]:
    return seen([face(yaw) for yaw in yaws_deg])


def test_a_turn_takes_several_frames() -> None:
    assert face_cut(turning(0, 0, 0, 5, 15, 25, 30, 30, 30)) == 0.0


def test_another_pose_at_once_is_a_cut_as_large_as_the_change() -> None:
    small, large = turning(0, 0, 0, 20, 20, 20), turning(0, 0, 0, 35, 35, 35)

    assert face_cut(large) > face_cut(small) > 0.05


def test_places_and_sizes_are_no_shape() -> None:
    carried = RNG.uniform((100, 100, 0.5), (400, 400, 2), (12, 3)).tolist()
    faces = [face(0, (x, y), size) for x, y, size in carried]

    assert face_cut(seen(faces)) == pytest.approx(0, abs=1e-6)


def test_a_cut_is_found_wherever_the_face_was_moved_to() -> None:
    yaws = [0] * 6 + [35] * 6
    still = face_cut(turning(*yaws))
    moved = seen([face(yaw, (300.0 + 7 * (n % 3), 240.0)) for n, yaw in enumerate(yaws)])

    assert face_cut(moved) == pytest.approx(still, rel=0.01)


@pytest.mark.parametrize("hidden", ["a gap in time", "a lost face"])
def test_nothing_is_said_of_what_was_not_seen(hidden: str) -> None:
    frames = turning(0, 0, 0, 35, 35, 35)
    if hidden == "a lost face":
        frames = seen([one.face if number != 3 else None for number, one in enumerate(frames)])
    else:
        frames = seen([one.face for one in frames], step_ms=200)

    assert face_cut(frames) == 0.0


def test_shaking_is_told_from_moving() -> None:
    moving = seen([face(0, (200.0 + 10 * n, 240.0)) for n in range(20)])
    shaking = seen([face(0, (300.0 + 9 * (n % 2), 240.0)) for n in range(20)])

    assert shaking_of(moving) < SHAKING < shaking_of(shaking)
    assert shaking_of(moving[:2]) == 0.0


def test_pictures_are_moved_onto_each_other() -> None:
    scene = np.kron(RNG.integers(0, 256, (14, 16, 1)), np.ones((8, 8, 3))).astype(np.uint8)
    pictures = [
        scene[10 + dy : 82 + dy, 12 + dx : 108 + dx] for dx, dy in RNG.integers(-2, 3, (9, 2))
    ]
    frames = [Observation(n, n * 83.0, 0, None, 0, 0, BLANK[0], p) for n, p in enumerate(pictures)]

    steady = steadied(frames)

    assert steady.shape == (9, 56, 80)
    apart, left = np.std(np.array(pictures), axis=0).mean(), np.std(steady, axis=0).mean()
    assert left < apart / 5


def test_blank_pictures_stay_where_they_are() -> None:
    assert steadied(turning(0, 0, 0)).max() == 0.0
