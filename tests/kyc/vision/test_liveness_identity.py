"""Whoever does the movements is the person whose face is compared with the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.simulation.portraits import load_portrait
from kyc.vision.faces.embed import FaceDescription
from kyc.vision.liveness.album import Describe, face_describer
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.liveness.engines import LivenessEngines
from kyc.vision.liveness.identity import identity_signals
from kyc.vision.liveness.judge import LivenessReport, check_liveness
from kyc.vision.liveness.observation import observe
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.video import Frame
from kyc.vision.weights import WeightsUnavailable
from tests.kyc.vision.challenge_clips import clip

CLEAR = 1.0


def by_brightness(scale: float) -> Any:
    """A descriptor that calls pictures of other brightness other people."""

    def describe(pixels: Any) -> FaceDescription:
        return FaceDescription(np.array([scale * pixels.mean()], np.float32), detail=CLEAR)

    return describe


def judged(describe: Any, species: Any = "live") -> LivenessReport:
    frames = clip("astronaut", "turn_left,blink", species).as_frames()
    engines = LivenessEngines(describe=describe)
    return check_liveness(frames, parse_challenge("turn_left,blink"), engines=engines)


def identity(report: LivenessReport, code: str = "identity_changed") -> Any:
    return next(signal for signal in report.signals if signal.code == code)


def unclear(report: LivenessReport) -> Any:
    return identity(report, "identity_unclear")


def test_frames_that_are_described_alike_are_one_person() -> None:
    report = judged(by_brightness(scale=0.001))

    assert not identity(report).is_raised
    assert not unclear(report).is_raised
    assert report.outcome == "live"


def test_frames_that_are_described_differently_are_a_sign_of_fraud() -> None:
    report = judged(by_brightness(scale=10.0))

    assert identity(report).is_raised
    assert identity(report).kind == "fraud"
    assert report.outcome == "not_live"


@pytest.mark.parametrize(
    "description", [None, FaceDescription(np.zeros(2, np.float32), detail=0.0)]
)
def test_whom_nobody_can_describe_is_asked_to_record_again(description: Any) -> None:
    report = judged(lambda _pixels: description)

    assert identity(report).value == -1
    assert not identity(report).is_raised
    assert (unclear(report).kind, unclear(report).is_raised) == ("behaviour", True)
    assert report.outcome == "unclear"


def clear_only_while(is_clear: Callable[[float], bool]) -> LivenessReport:
    """A turn that is recognised in its time, by a face that is clear at some times only."""
    frames = clip("astronaut", "turn_left,blink").as_frames()
    at_ms = {id(frame.pixels): frame.at_ms for frame in frames}

    def describe(pixels: Any) -> FaceDescription:
        detail = CLEAR if is_clear(at_ms.get(id(pixels), 0.0)) else 0.0
        return FaceDescription(np.zeros(1, np.float32), detail=detail)

    engines = LivenessEngines(describe=describe)
    return check_liveness(frames, parse_challenge("turn_left,blink"), engines=engines)


@pytest.mark.parametrize("movement", [0, 1])
def test_whoever_does_a_movement_has_to_be_clear_near_it(movement: int) -> None:
    done_ms = judged(by_brightness(scale=0.001)).actions[movement].at_ms
    assert done_ms is not None

    blurred = clear_only_while(lambda at_ms: abs(at_ms - done_ms) > 1_000)
    sharp_before = clear_only_while(lambda at_ms: not 0 <= at_ms - done_ms < 500)

    assert all(seen.is_seen for seen in blurred.actions)
    assert unclear(blurred).is_raised
    assert blurred.outcome == "unclear"
    assert sharp_before.outcome == "live"


def test_two_clear_frames_do_not_vouch_for_a_film() -> None:
    assert unclear(clear_only_while(lambda at_ms: at_ms < 1_000)).is_raised


def test_without_a_descriptor_nothing_is_said_about_the_person() -> None:
    report = judged(None)

    codes = {signal.code for signal in report.signals}
    assert not codes & {"identity_changed", "identity_unclear"}


def test_one_frame_that_is_cut_out_askew_is_looked_at_again() -> None:
    asked: list[Any] = []

    def askew_once(pixels: Any) -> FaceDescription:
        asked.append(pixels)
        is_askew = len(asked) == 3
        return FaceDescription(np.array([float(is_askew)], np.float32), detail=CLEAR)

    report = judged(askew_once)

    assert identity(report).value == 0
    assert len(asked) > 7
    assert report.outcome == "live"


def test_somebody_else_stays_so_however_they_are_looked_at() -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()
    asked: list[Any] = []

    def another_in_the_third(pixels: Any) -> FaceDescription:
        asked.append(pixels)
        is_given = any(pixels is frame.pixels for frame in frames)
        is_another = len(asked) == 3 or not is_given
        return FaceDescription(np.array([float(is_another)], np.float32), detail=CLEAR)

    engines = LivenessEngines(describe=another_in_the_third)
    report = check_liveness(frames, parse_challenge("turn_left,blink"), engines=engines)

    assert identity(report).value == 1
    assert report.outcome == "not_live"


def test_somebody_who_holds_the_head_otherwise_is_compared_as_well() -> None:
    """Left out as turned away, an exchanged person would never be described."""
    frames = clip("astronaut", "turn_left,blink").as_frames()
    seen = [
        replace(one, face=lowered(one.face)) if one.at_ms > 1000 else one for one in observe(frames)
    ]
    described = []

    def describe(pixels: Any) -> FaceDescription:
        described.append(pixels)
        return FaceDescription(np.zeros(1, np.float32), detail=CLEAR)

    identity_signals(seen, seen, None, (), describe, LivenessPolicy())

    late = [frame.pixels for frame in frames if frame.at_ms > 1000]
    assert any(pixels is one for pixels in described for one in late)


def lowered(face: Any) -> Any:
    return replace(face, pitch_deg=face.pitch_deg + 24)


def test_the_descriptor_is_asked_for_at_most_seven_frames() -> None:
    asked = []

    def describe(pixels: Any) -> None:
        asked.append(pixels.shape)

    judged(describe)

    assert 2 <= len(asked) <= 7


def test_a_film_that_is_cut_up_costs_no_more_and_is_unclear() -> None:
    scenes = [np.full((36, 48), 255.0 * (number % 2), np.float32) for number in range(66)]
    seen = [
        replace(one, thumbnail=scene)
        for one, scene in zip(
            observe(clip("astronaut", "turn_left,blink").as_frames()), scenes, strict=True
        )
    ]
    asked: list[Any] = []

    def describe(pixels: Any) -> FaceDescription:
        asked.append(pixels)
        return FaceDescription(np.zeros(1, np.float32), detail=CLEAR)

    _, found = identity_signals(seen, seen, seen[0], (), describe, LivenessPolicy())

    assert (found.value, found.is_raised) == (66, True)
    assert len(asked) <= 7


@pytest.fixture
def real() -> Describe:
    try:
        return face_describer()
    except WeightsUnavailable as missing:
        pytest.skip(str(missing))


def test_a_person_who_is_exchanged_is_seen_by_the_real_descriptor(real: Describe) -> None:
    assert judged(real, "another_person").outcome == "not_live"
    assert judged(None, "another_person").outcome == "live"
    assert real(np.zeros_like(load_portrait("astronaut"))) is None


def test_a_stranger_out_of_focus_does_not_pass_for_the_one_who_began(real: Describe) -> None:
    asked = parse_challenge("look_up,turn_right")
    frames = clip("grace_hopper", "look_up,turn_right", "blurred_stranger").as_frames()

    report = check_liveness(frames, asked, engines=LivenessEngines(describe=real))

    assert all(seen.is_seen for seen in report.actions)
    assert raised(report) == {"identity_unclear"}
    assert report.outcome == "unclear"
    assert check_liveness(frames, asked).outcome == "live"


def test_a_stranger_out_of_focus_does_not_pass_after_a_gap_either(real: Describe) -> None:
    """Of 0.3 s: longer than a cut is looked for, shorter than a recording is sent back for."""
    victim = clip("grace_hopper", "turn_left,blink").as_frames()[:10]
    gap_ms = victim[-1].at_ms + 300
    stranger = [
        Frame(10 + f.index, gap_ms + f.at_ms, cv2.GaussianBlur(f.pixels, (0, 0), 7))
        for f in clip("astronaut", "turn_left,blink").as_frames()
    ]
    asked = parse_challenge("turn_left,blink")

    report = check_liveness([*victim, *stranger], asked, engines=LivenessEngines(describe=real))

    assert all(seen.is_seen for seen in report.actions)
    assert raised(report) == {"identity_unclear"}
    assert report.outcome == "unclear"


def test_a_person_whose_recording_has_gaps_stays_clear(real: Describe) -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()
    holes = [(1_300, 1_700), (2_000, 2_500), (4_100, 4_400)]
    left = [f for f in frames if not any(start < f.at_ms < stop for start, stop in holes)]

    report = check_liveness(
        left, parse_challenge("turn_left,blink"), engines=LivenessEngines(describe=real)
    )

    assert not unclear(report).is_raised
    assert report.outcome == "live"


def raised(report: LivenessReport) -> set[str]:
    return {signal.code for signal in report.signals if signal.is_raised}
