"""A photograph brought to life answers for a head, and bends the wall behind it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from kyc.simulation.animated_stills import egg_of, turn_still
from kyc.simulation.challenge_videos import render_challenge_video
from kyc.simulation.head_motion import Framing, Head, HeadPose, build_head
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.simulation.recordings import VIRTUAL_CAMERAS
from kyc.vision.face_mesh import track
from kyc.vision.liveness.challenge import parse_challenge

RADIUS = 0.56


@pytest.fixture(scope="module", params=PORTRAIT_NAMES)
def head(request: Any) -> Head:
    portrait = load_portrait(request.param, framing="selfie")
    return build_head(portrait, framing=Framing(room_seed=4))


def turned(head: Head, **pose: float) -> Any:
    return turn_still(head.texture, egg_of(head, RADIUS), HeadPose(**pose), head.width_px)


def moved_share(head: Head, after: Any) -> Any:
    """Share of pixels of another colour, column by column."""
    return (np.abs(after.astype(int) - head.texture).max(axis=2) > 8).mean(axis=0)


def test_a_still_at_rest_is_the_photograph(head: Head) -> None:
    difference = np.abs(turned(head).astype(int) - head.texture)

    assert difference.mean() < 0.5


@pytest.mark.parametrize("sign", [1, -1])
def test_a_turned_still_reads_as_a_turned_head(head: Head, sign: int) -> None:
    (face,) = track(turned(head, yaw_deg=sign * 48))

    assert sign * face.yaw_deg > 15


def test_a_nodding_still_reads_as_a_head_that_looks_up(head: Head) -> None:
    (before,), (after,) = track(head.texture), track(turned(head, pitch_deg=-28))

    assert after.pitch_deg - before.pitch_deg < -10


def test_the_wall_beside_the_head_bends_with_it_and_the_far_wall_does_not(head: Head) -> None:
    share = moved_share(head, turned(head, yaw_deg=48))
    cheek, middle = head.points[454, 0], egg_of(head, RADIUS).middle[0]
    rim = middle + 1.25 * RADIUS * head.width_px

    assert share[round(cheek) + 2 : int(rim) - 2].mean() > 0.05
    assert not share[int(rim) + 2 :].any()


def test_a_shift_moves_the_whole_picture(head: Head) -> None:
    shifted = turned(head, shift_x=8 / head.width_px)

    difference = np.abs(shifted[:, 8:].astype(int) - head.texture[:, :-8])
    assert difference.mean() < 0.5


def film(seed: int) -> Any:
    return render_challenge_video(
        load_portrait("astronaut", framing="selfie"),
        parse_challenge("turn_left"),
        rng=np.random.default_rng(seed),
        lead_s=0.4,
        tail_s=0.2,
        seconds_per_action=1.0,
        species="animated_still",
    )


def test_a_film_of_it_is_as_lively_as_a_camera_and_names_no_software() -> None:
    video, again = film(1), film(1)

    assert video.camera_label not in VIRTUAL_CAMERAS
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise(video.frames))
    assert all(np.array_equal(a, b) for a, b in zip(video.frames, again.frames, strict=True))
    assert max(face.yaw_deg for frame in video.frames for face in track(frame)) > 20
