"""Rendered challenge videos show the movements they are named for, the same for the same seed."""

from __future__ import annotations

import io
import itertools
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kyc.simulation.challenge_videos import (
    SPECIES,
    render_challenge_video,
    to_mjpeg,
    to_mp4,
    to_webm,
)
from kyc.simulation.flat_attacks import bend_photo, move_photo
from kyc.simulation.head_motion import HeadPose, NoFaceInPortrait, build_head, render_head
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.vision.face_mesh import track
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.video import read_frames


def short_video(species: Any = "live", seed: Any = 1) -> Any:
    return render_challenge_video(
        load_portrait("astronaut", framing="selfie"),
        parse_challenge("turn_left"),
        rng=np.random.default_rng(seed),
        lead_s=0.4,
        tail_s=0.2,
        seconds_per_action=1.0,
        species=species,
    )


@pytest.fixture(scope="module")
def live() -> Any:
    return short_video()


def test_a_video_has_the_size_and_length_asked_for(live: Any) -> None:
    assert live.fps == 12
    assert len(live.frames) == int((0.4 + 1.0 + 0.2) * 12)
    assert {frame.shape for frame in live.frames} == {(480, 640, 3)}
    assert {frame.dtype for frame in live.frames} == {np.dtype(np.uint8)}


def test_the_same_seed_gives_the_same_frames(live: Any) -> None:
    again = short_video()

    assert all(np.array_equal(a, b) for a, b in zip(live.frames, again.frames, strict=True))
    assert not np.array_equal(short_video(seed=2).frames[0], live.frames[0])


def test_no_two_frames_of_a_person_are_equal(live: Any) -> None:
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise(live.frames))


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
@pytest.mark.parametrize("framing", ["document", "selfie"])
def test_every_portrait_turns_by_twenty_five_degrees_and_more(name: Any, framing: Any) -> None:
    head = build_head(load_portrait(name, framing=framing))

    for sign in (1, -1):
        (face,) = track(render_head(head, HeadPose(yaw_deg=sign * 38)))
        assert sign * face.yaw_deg > 25


def test_the_face_has_the_size_of_a_selfie() -> None:
    head = build_head(load_portrait("grace_hopper"))

    (face,) = track(head.texture)

    left, top, width, height = face.box
    assert height == pytest.approx(0.46 * 480, rel=0.1)
    assert left + width / 2 == pytest.approx(320, abs=20)
    assert top > 0


def test_a_head_at_rest_is_the_portrait() -> None:
    head = build_head(load_portrait("astronaut"))

    difference = np.abs(render_head(head, HeadPose()).astype(int) - head.texture)

    assert difference.mean() < 0.5


@pytest.mark.parametrize("show", [move_photo, bend_photo])
def test_a_turned_photograph_does_not_read_as_a_turned_head(show: Any) -> None:
    photo = build_head(load_portrait("astronaut", framing="selfie")).texture[:, 128:512]

    for angle_deg in (-38, 38):
        for face in track(show(photo, HeadPose(yaw_deg=angle_deg), (640, 480))):
            assert abs(face.yaw_deg) < 20


@pytest.mark.parametrize("species", [name for name in SPECIES if name != "live"])
def test_every_attack_can_be_rendered(species: Any) -> None:
    video = short_video(species)

    assert video.species == species
    assert video.frames[0].shape == (480, 640, 3)


def test_a_portrait_without_a_face_is_refused() -> None:
    with pytest.raises(NoFaceInPortrait):
        build_head(np.full((400, 300, 3), 200, np.uint8))


@pytest.mark.parametrize("encode", [to_webm, to_mp4])
def test_an_encoded_video_reads_back_with_its_times(live: Any, encode: Any) -> None:
    frames = read_frames(encode(live))

    assert len(frames) == len(live.frames)
    assert frames[-1].at_ms == pytest.approx((len(live.frames) - 1) * 1000 / 12, abs=2)
    assert np.abs(frames[5].pixels.astype(int) - live.frames[5]).mean() < 12


def test_the_file_for_the_fake_camera_plays_at_its_thirty_frames_a_second(live: Any) -> None:
    data = to_mjpeg(live)

    first = Image.open(io.BytesIO(data))
    frames = read_frames(data)

    assert first.format == "JPEG"
    assert first.size == (640, 480)
    assert data.count(b"\xff\xd8\xff") == round(len(live.frames) * 30 / 12)
    assert frames[-1].at_ms == pytest.approx((len(live.frames) - 1) * 1000 / 12, abs=90)
