"""Light, camera, framing, manner and looks of a rendered person change what they are named for."""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.simulation.appearance import darken_skin, grow_beard, put_on_glasses
from kyc.simulation.choreography import Manner, Timing, poses_of
from kyc.simulation.expressions import eye_outlines
from kyc.simulation.head_motion import Framing, build_head
from kyc.simulation.portraits import load_portrait
from kyc.simulation.rooms import draw_room
from kyc.simulation.webcam import Camera, film
from kyc.vision.face_mesh import FACE_POINT_COUNT, track
from kyc.vision.liveness.challenge import Action

TIMING = Timing(fps=12, lead_s=1.0, tail_s=1.0, action_s=(3.0,))
GREY = [np.full((60, 80, 3), 100, np.uint8)] * 60


def filmed(**camera: Any) -> list[Any]:
    return list(film(GREY, 12, np.random.default_rng(1), Camera(**camera)))


def turned(**manner: Any) -> Any:
    poses = poses_of(
        (Action.TURN_LEFT,), TIMING.times_s(), TIMING, np.random.default_rng(2), Manner(**manner)
    )
    return np.array([pose.yaw_deg for pose in poses])


def test_a_dim_room_darkens_and_a_warm_lamp_colours_the_picture() -> None:
    assert np.mean(filmed(exposure=0.4)) == pytest.approx(40, abs=2)

    blue, _, red = np.mean(filmed(tint_bgr=(0.6, 0.9, 1.1)), axis=(0, 1, 2))

    assert (blue, red) == (pytest.approx(60, abs=3), pytest.approx(110, abs=4))


def test_a_stalling_camera_shows_some_frames_twice_and_another_none() -> None:
    def repeats(frames: list[Any]) -> int:
        return sum(np.array_equal(a, b) for a, b in itertools.pairwise(frames))

    assert 10 <= repeats(filmed(stalled=0.4)) <= 35
    assert repeats(filmed()) == 0


def test_a_held_phone_moves_the_picture_and_less_than_it_says() -> None:
    dot = np.zeros((120, 160, 3), np.uint8)
    cv2.circle(dot, (80, 60), 6, (255, 255, 255), -1)

    frames = list(film([dot] * 48, 12, np.random.default_rng(3), Camera(shake=0.05, noise=(0, 0))))
    places = np.array([np.argwhere(frame[..., 0] > 100).mean(axis=0) for frame in frames])

    assert np.ptp(places[:, 1]) > 2
    assert np.abs(places - (60, 80)).max() <= 0.05 * 160 + 1


def test_shy_people_turn_less_and_late_ones_later() -> None:
    bold, shy, late = turned(), turned(extent=0.5), turned(late_s=(0.8, 0.80001))

    assert shy.max() == pytest.approx(bold.max() / 2, abs=2)
    assert np.argmax(late > 20) - np.argmax(bold > 20) == pytest.approx(0.8 * 12, abs=1)


def test_brisk_people_turn_in_half_the_time() -> None:
    def frames_on_the_way(yaw_deg: Any) -> int:
        return int(((yaw_deg > 3) & (yaw_deg < 32)).sum())

    calm, brisk = turned(sway=0.0), turned(sway=0.0, pace=0.5)

    assert brisk.max() == pytest.approx(calm.max(), abs=0.1)
    assert frames_on_the_way(brisk) == pytest.approx(frames_on_the_way(calm) / 2, abs=2)


def test_a_face_is_framed_where_and_as_large_as_asked() -> None:
    framing = Framing(face_height=0.3, middle=(0.35, 0.45), room_seed=1)

    (face,) = track(build_head(load_portrait("astronaut"), framing=framing).texture)

    left, _, width, height = face.box
    assert height == pytest.approx(0.3 * 480, rel=0.1)
    assert left + width / 2 == pytest.approx(0.35 * 640, abs=20)


def test_every_seed_has_a_room_of_its_own() -> None:
    assert np.array_equal(draw_room((64, 48), 1), draw_room((64, 48), 1))
    assert not np.array_equal(draw_room((64, 48), 1), draw_room((64, 48), 2))


def test_darker_skin_leaves_the_eyes_as_they_were() -> None:
    portrait = load_portrait("grace_hopper", framing="selfie")
    (face,) = track(portrait)

    dark = darken_skin(portrait, face.points)

    cheek = tuple(face.points[50, 1::-1].round().astype(int))
    eye = tuple(eye_outlines(face.points)[0].mean(axis=0)[::-1].round().astype(int))
    assert dark[cheek].mean() < 0.6 * portrait[cheek].mean()
    assert dark[eye].mean() > 0.7 * portrait[eye].mean()
    assert len(track(dark)) == 1


@pytest.mark.parametrize(("change", "point"), [(put_on_glasses, 168), (grow_beard, 199)])
def test_glasses_and_a_beard_darken_their_place_and_leave_a_face(change: Any, point: Any) -> None:
    portrait = load_portrait("astronaut", framing="selfie")
    (face,) = track(portrait)
    x, y = face.points[point, :2].round().astype(int)
    around = np.s_[y - 12 : y + 13, x - 12 : x + 13]

    changed = change(portrait, face.points, np.random.default_rng(4))

    assert changed[around].min() < portrait[around].min() - 30
    (seen,) = track(changed)
    assert (
        np.abs(seen.points[:FACE_POINT_COUNT, :2] - face.points[:FACE_POINT_COUNT, :2]).mean()
        < 0.05 * face.width_px
    )
