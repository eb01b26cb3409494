"""A person who does what was asked is live; pictures, recordings and tricks are not."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from kyc.simulation.challenge_scene import Circumstances
from kyc.simulation.challenge_videos import to_mjpeg, to_webm
from kyc.simulation.choreography import Manner
from kyc.simulation.recordings import VIRTUAL_CAMERAS
from kyc.simulation.webcam import Camera
from kyc.vision.liveness.challenge import TURNS, Action, parse_challenge
from kyc.vision.liveness.integrity import virtual_camera_signal
from kyc.vision.liveness.judge import LivenessReport, check_liveness, check_liveness_video
from kyc.vision.liveness.policy import VIRTUAL_CAMERA_NAMES, LivenessPolicy
from kyc.vision.video import Frame, VideoLimits, read_frames
from tests.kyc.vision.challenge_clips import clip

TWO_ACTIONS = [
    ",".join(pair) for pair in itertools.permutations(Action, 2) if TURNS.intersection(pair)
]


def raised(report: LivenessReport) -> set[str]:
    return {signal.code for signal in report.signals if signal.is_raised}


def judged(
    person: str, challenge: str, species: str = "live", asked: str | None = None
) -> LivenessReport:
    frames = clip(person, challenge, species).as_frames()
    return check_liveness(frames, parse_challenge(asked or challenge))


@pytest.mark.parametrize(
    ("person", "challenge"),
    [
        ("astronaut", "turn_left,blink"),
        ("grace_hopper", "open_mouth,turn_right"),
        ("astronaut", "turn_left,turn_right"),
        ("astronaut", "blink,turn_right,turn_left"),
        ("grace_hopper", "turn_left,look_up,smile"),
        ("astronaut", "smile,turn_right"),
    ],
)
def test_a_person_who_does_what_was_asked_is_live(person: Any, challenge: Any) -> None:
    report = judged(person, challenge)

    assert raised(report) == set()
    assert report.outcome == "live"
    assert ",".join(seen.action for seen in report.actions) == challenge
    times = [seen.at_ms for seen in report.actions]
    assert times == sorted(times)
    assert report.frames_with_one_face == report.frames_total


def test_an_action_in_its_own_time_is_live() -> None:
    report = judged("astronaut", "turn_left@1900,blink@2300")

    assert report.outcome == "live"


@pytest.mark.parametrize("asked", ["turn_left@400,blink@400", "turn_left@6000,blink@1000"])
def test_an_action_after_or_before_its_time_is_not_seen(asked: Any) -> None:
    # Turned at about 1.8 s, blinked at about 4.7 s.
    video = clip("astronaut", "turn_left@2600,blink@1900")
    policy = LivenessPolicy(early_ms=0, late_ms=100)

    report = check_liveness(video.as_frames(), parse_challenge(asked), policy=policy)

    assert [seen.is_seen for seen in report.actions] == [True, False]
    assert report.outcome == "unclear"
    assert raised(report) == set()


def test_the_selfie_looks_at_the_camera_with_open_eyes() -> None:
    video = clip("astronaut", "turn_left,blink")

    report = check_liveness(video.as_frames(), parse_challenge("turn_left,blink"))

    turned_s, blink_s = (seen.at_ms / 1000 for seen in report.actions)
    at_s = report.selfie_frame_index / video.fps
    assert abs(at_s - turned_s) > 0.3
    assert abs(at_s - blink_s) > 0.1
    assert np.array_equal(report.selfie_pixels, video.frames[report.selfie_frame_index])


def test_an_uploaded_recording_gives_a_selfie_in_full_resolution() -> None:
    data = to_webm(clip("astronaut", "turn_left,blink"))

    report = check_liveness_video(
        data, parse_challenge("turn_left,blink"), limits=VideoLimits(max_side_px=400)
    )

    assert report.outcome == "live"
    assert report.selfie_pixels.shape == (480, 640, 3)


def test_a_recording_as_the_fake_camera_plays_it_is_live() -> None:
    data = to_mjpeg(clip("astronaut", "turn_left,blink"))

    assert check_liveness_video(data, parse_challenge("turn_left,blink")).outcome == "live"


def test_a_mirrored_video_fails_its_turns() -> None:
    frames = [
        replace(frame, pixels=np.ascontiguousarray(frame.pixels[:, ::-1]))
        for frame in clip("astronaut", "turn_left,blink").as_frames()
    ]

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert report.outcome == "unclear"
    assert "contradicting_turn" in raised(report)
    assert [seen.is_seen for seen in report.actions] == [False, False]


@pytest.mark.parametrize("species", ["printed_photo_moved", "printed_photo_bent"])
def test_a_photograph_that_is_moved_is_not_live(species: Any) -> None:
    report = judged("grace_hopper", "turn_left,blink", species)

    assert report.outcome == "not_live"
    assert "foreshortened_face" in raised(report)
    assert report.actions[0].peak < 20


def test_a_recording_of_other_actions_is_not_accepted() -> None:
    report = judged("astronaut", "turn_left,blink", "screen_replay_other_actions")

    assert report.outcome != "live"
    assert not any(seen.is_seen for seen in report.actions)


def test_the_right_actions_in_the_wrong_order_are_not_accepted() -> None:
    report = judged("astronaut", "turn_left,blink", asked="blink,turn_left")

    assert report.outcome == "unclear"
    assert [seen.is_seen for seen in report.actions] == [False, False]
    assert "contradicting_turn" in raised(report)


def test_a_turn_to_the_other_side_before_the_right_one_is_not_accepted() -> None:
    report = judged("grace_hopper", "turn_right,turn_left", asked="turn_left,turn_right")

    assert report.outcome == "unclear"
    assert "contradicting_turn" in raised(report)


def test_somebody_who_only_looks_is_asked_again() -> None:
    report = judged("astronaut", "turn_left,blink", "nothing_done")

    assert report.outcome == "unclear"
    assert raised(report) == set()
    assert [seen.is_seen for seen in report.actions] == [False, False]


def test_a_frozen_picture_is_not_live() -> None:
    report = judged("astronaut", "turn_left,blink", "frozen")

    assert report.outcome == "not_live"
    assert "frozen_frames" in raised(report)


def test_a_frozen_picture_is_seen_through_compression() -> None:
    data = to_webm(clip("astronaut", "turn_left,blink", "frozen"))

    report = check_liveness_video(data, parse_challenge("turn_left,blink"))

    assert "frozen_frames" in raised(report)


def test_a_clip_that_starts_over_is_not_live() -> None:
    report = judged("astronaut", "turn_left,blink", "looped")

    assert report.outcome == "not_live"
    assert "repeated_frames" in raised(report)


def test_stills_shown_one_after_the_other_are_not_live() -> None:
    report = judged("grace_hopper", "turn_left,blink", "spliced_stills")

    assert report.outcome == "not_live"
    assert {"scene_cut", "face_cut"} <= raised(report)


def test_stills_faded_into_each_other_are_not_live() -> None:
    report = judged("astronaut", "open_mouth,turn_right", "crossfaded_stills")

    assert report.outcome == "not_live"
    assert "blended_frames" in raised(report)


@pytest.mark.parametrize(
    ("species", "sign"),
    [("spliced_stills", {"face_cut"}), ("crossfaded_stills", {"blended_frames"}), ("live", set())],
)
def test_a_shaking_camera_hides_no_stills(species: Any, sign: Any) -> None:
    shaking = Circumstances(camera=Camera(shake=0.02))
    video = clip("astronaut", "open_mouth,turn_right", species, circumstances=shaking)

    report = check_liveness(video.as_frames(), parse_challenge("open_mouth,turn_right"))

    assert sign <= raised(report) if sign else raised(report) == set()
    assert report.outcome == ("not_live" if sign else "live")


def test_a_brisk_turn_is_no_cut() -> None:
    brisk = Circumstances(manner=Manner(pace=0.35))
    video = clip("astronaut", "open_mouth,turn_right", circumstances=brisk)

    report = check_liveness(video.as_frames(), parse_challenge("open_mouth,turn_right"))

    assert raised(report) == set()
    assert report.outcome == "live"


def test_light_that_changes_is_no_fade() -> None:
    frames = [
        replace(f, pixels=(f.pixels * (0.5 + 0.4 * f.at_ms / 6000)).clip(0, 255).astype(np.uint8))
        for f in clip("astronaut", "turn_left,blink").as_frames()
    ]

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert report.outcome == "live"


def test_two_people_are_sent_back() -> None:
    report = judged("astronaut", "turn_left,blink", "two_faces")

    assert report.outcome == "unclear"
    assert "several_faces" in raised(report)
    assert report.selfie_pixels is None


@pytest.mark.parametrize(
    "label",
    ["OBS Virtual Camera", "ManyCam Video Source", "v4l2loopback", "fake_device_0", "/a/b.mjpeg"],
)
def test_a_virtual_camera_vetoes_a_perfect_video(label: Any) -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()

    report = check_liveness(frames, parse_challenge("turn_left,blink"), camera_label=label)

    assert report.outcome == "not_live"
    assert raised(report) == {"virtual_camera"}
    assert all(seen.is_seen for seen in report.actions)


@pytest.mark.parametrize(
    "label",
    [
        *VIRTUAL_CAMERAS,
        "NDI Webcam Video 1",
        "NewTek NDI Video",
        "Camo",
        "Reincubate Camo",
        "e2eSoft iVCam",
        "vMix Video External 2",
        "VCam2",
        "Iriun Webcam",
        "v4l2loopback",
        "/home/jo/face.y4m",
    ],
)
def test_software_is_known_by_the_names_it_gives_its_cameras(label: str) -> None:
    assert virtual_camera_signal(label, LivenessPolicy()).is_raised


@pytest.mark.parametrize(
    "label",
    [
        "FaceTime HD Camera",
        "Integrated Webcam (0bda:5634)",
        "camera2 1, facing front",
        "",
        "Andi's iPhone Camera",
        "Candice's iPhone Camera",
        "Ndi’s iPhone Camera",
        "Jacobs iPhone-Kamera",
        "OBSBOT Tiny 2 StreamCamera",
        "Sony DVCAM",
    ],
)
def test_an_ordinary_camera_is_let_through(label: str) -> None:
    assert not virtual_camera_signal(label, LivenessPolicy()).is_raised


def test_a_policy_for_tests_may_permit_the_browsers_fake_device() -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()
    names = tuple(name for name in VIRTUAL_CAMERA_NAMES if name != "fake_device")
    policy = LivenessPolicy(virtual_camera_names=names)

    report = check_liveness(
        frames, parse_challenge("turn_left,blink"), policy=policy, camera_label="fake_device_0"
    )

    assert report.outcome == "live"


def darkened(frames: list[Frame]) -> list[Frame]:
    return [replace(frame, pixels=(frame.pixels * 0.12).astype(np.uint8)) for frame in frames]


def left_for_a_second(frames: list[Frame]) -> list[Frame]:
    empty = np.full_like(frames[0].pixels, 120)
    return [replace(f, pixels=empty) if 3000 < f.at_ms < 4000 else f for f in frames]


def slowed(frames: list[Frame]) -> list[Frame]:
    return frames[::4]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(darkened, "too_dark"), (left_for_a_second, "face_lost"), (slowed, "low_frame_rate")],
)
def test_a_bad_recording_is_asked_for_again_and_says_why(spoil: Any, code: Any) -> None:
    frames = spoil(clip("astronaut", "turn_left,blink").as_frames())

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert code in raised(report)
    assert report.outcome != "live"


def test_a_browser_too_busy_to_record_is_no_fraud() -> None:
    # As Chromium recorded it on a loaded machine: a gap of 0.7 s in the middle of a turn.
    video = clip("grace_hopper", "open_mouth,turn_right")
    turn_ms = next(
        seen.at_ms
        for seen in check_liveness(
            video.as_frames(), parse_challenge("open_mouth,turn_right")
        ).actions
        if seen.action in TURNS
    )
    frames = [f for f in video.as_frames() if not turn_ms - 700 < f.at_ms < turn_ms]

    report = check_liveness(frames, parse_challenge("open_mouth,turn_right"))

    assert report.outcome == "unclear"
    assert raised(report) == {"frame_gap"}


def test_two_lost_frames_are_forgiven() -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()
    empty = np.full_like(frames[0].pixels, 120)
    gap = [replace(f, pixels=empty) if f.index in {50, 51} else f for f in frames]

    report = check_liveness(gap, parse_challenge("turn_left,blink"))

    assert "face_lost" not in raised(report)


def test_no_frames_at_all_are_unclear() -> None:
    report = check_liveness([], parse_challenge("turn_left,blink"))

    assert report.outcome == "unclear"
    assert raised(report) == {"too_short"}


def test_an_empty_room_is_unclear() -> None:
    room = np.random.default_rng(1).integers(90, 110, (40, 120, 160, 3)).astype(np.uint8)
    frames = [Frame(number, number * 83.3, pixels) for number, pixels in enumerate(room)]

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert report.outcome == "unclear"
    assert raised(report) == {"face_lost"}


@settings(max_examples=15, deadline=None)
@given(
    greys=st.lists(st.integers(0, 255), max_size=14),
    gaps_ms=st.lists(st.floats(0, 2000), min_size=14, max_size=14),
    noise=st.integers(0, 40),
)
def test_pictures_of_nothing_are_never_live_and_never_an_error(
    greys: Any, gaps_ms: Any, noise: Any
) -> None:
    rng = np.random.default_rng(noise)
    times_ms = itertools.accumulate(gaps_ms)
    frames = [
        Frame(
            number,
            at_ms,
            np.clip(grey + rng.integers(-noise, noise + 1, (48, 64, 3)), 0, 255).astype(np.uint8),
        )
        for number, (grey, at_ms) in enumerate(zip(greys, times_ms, strict=False))
    ]

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert report.outcome != "live"
    assert report.selfie_pixels is None


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        call_command("check_liveness", *arguments)
    except SystemExit as stop:
        return int(stop.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_prints_one_json_object_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, text = tmp_path / "good.webm", tmp_path / "text.webm"
    good.write_bytes(to_webm(clip("astronaut", "turn_left,blink")))
    text.write_text("no video")

    code, out = run(capsys, str(good), str(text), "--challenge", "turn_left,blink", "--json")

    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 2
    assert first["outcome"] == "live"
    assert [seen["is_seen"] for seen in first["actions"]] == [True, True]
    assert second == {
        "video": str(text),
        "outcome": "refused",
        "code": "unknown_type",
        "message": "This is not a WebM, MP4, GIF or Motion-JPEG video.",
    }


def test_the_command_says_in_words_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = tmp_path / "video.webm"
    video.write_bytes(to_webm(clip("astronaut", "turn_left,blink")))

    code, out = run(capsys, str(video), "--challenge", "blink,turn_left")

    assert code == 1
    assert "the person should try again" in out
    assert "contradicting_turn" in out


def test_the_command_refuses_an_unknown_action(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="Unknown action 'wave'"):
        call_command("check_liveness", "video.webm", "--challenge", "wave")


@pytest.mark.slow
@pytest.mark.parametrize("person", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize("challenge", TWO_ACTIONS)
def test_every_challenge_of_two_actions_is_live(person: Any, challenge: Any) -> None:
    """Slow: 36 videos are rendered, encoded as WebM and judged, 3-5 s each."""
    data = to_webm(clip(person, challenge))

    report = check_liveness_video(data, parse_challenge(challenge))

    assert raised(report) == set()
    assert report.outcome == "live"


MEASUREMENT_DATA = os.environ.get("MEASUREMENT_DATA", "")
FILMED = [
    ("head-pose-face-detection-female.gif", 0, 22),
    ("head-pose-face-detection-female-and-male.gif", 0, 55),
    ("minivision_antispoof_demo.gif", 0, 31),
    ("minivision_antispoof_demo.gif", 33, 62),
    ("minivision_antispoof_demo.gif", 66, 87),
]


def filmed(name: str, first: int, last: int) -> list[Frame]:
    data = (Path(MEASUREMENT_DATA) / "videos" / name).read_bytes()
    frames = [frame for frame in read_frames(data) if first <= frame.index <= last]
    return [replace(frame, at_ms=frame.at_ms - frames[0].at_ms) for frame in frames]


@pytest.mark.measurement
@pytest.mark.skipif(not MEASUREMENT_DATA, reason="MEASUREMENT_DATA names no folder")
@pytest.mark.parametrize("challenge", TWO_ACTIONS)
@pytest.mark.parametrize(("name", "first", "last"), FILMED)
def test_no_film_that_followed_no_challenge_is_live(
    name: Any, first: Any, last: Any, challenge: Any
) -> None:
    report = check_liveness(filmed(name, first, last), parse_challenge(challenge))

    assert report.outcome != "live"


@pytest.mark.measurement
@pytest.mark.skipif(not MEASUREMENT_DATA, reason="MEASUREMENT_DATA names no folder")
def test_two_filmed_people_are_sent_back() -> None:
    frames = filmed("head-pose-face-detection-female-and-male.gif", 0, 55)

    report = check_liveness(frames, parse_challenge("turn_left,blink"))

    assert report.outcome == "unclear"
    assert "several_faces" in raised(report)


@pytest.mark.measurement
@pytest.mark.skipif(not MEASUREMENT_DATA, reason="MEASUREMENT_DATA names no folder")
@pytest.mark.parametrize(("name", "first", "last"), [FILMED[0], FILMED[2]])
def test_filmed_people_raise_no_sign_of_fraud(name: Any, first: Any, last: Any) -> None:
    report = check_liveness(filmed(name, first, last), parse_challenge("turn_left,blink"))

    fraud = {signal.code for signal in report.signals if signal.kind == "fraud"}
    assert raised(report) & fraud == set()
