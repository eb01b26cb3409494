"""Whoever does the movements is the person whose face is compared with the document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kyc.simulation.portraits import load_portrait
from kyc.vision.faces.embed import FaceDescription
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.liveness.engines import LivenessEngines
from kyc.vision.liveness.identity import face_describer, identity_signal
from kyc.vision.liveness.judge import LivenessReport, check_liveness
from kyc.vision.liveness.observation import baseline_of, observe
from kyc.vision.liveness.policy import LivenessPolicy
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


def identity(report: LivenessReport) -> Any:
    return next(signal for signal in report.signals if signal.code == "identity_changed")


def test_frames_that_are_described_alike_are_one_person() -> None:
    report = judged(by_brightness(scale=0.001))

    assert not identity(report).is_raised
    assert report.outcome == "live"


def test_frames_that_are_described_differently_are_a_sign_of_fraud() -> None:
    report = judged(by_brightness(scale=10.0))

    assert identity(report).is_raised
    assert identity(report).kind == "fraud"
    assert report.outcome == "not_live"


@pytest.mark.parametrize(
    "description", [None, FaceDescription(np.zeros(2, np.float32), detail=0.0)]
)
def test_faces_that_cannot_be_described_say_nothing(description: Any) -> None:
    report = judged(lambda _pixels: description)

    assert identity(report).value == -1
    assert not identity(report).is_raised


def test_without_a_descriptor_nothing_is_said_about_the_person() -> None:
    report = judged(None)

    assert "identity_changed" not in {signal.code for signal in report.signals}


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

    baseline = baseline_of(seen)
    assert baseline is not None
    identity_signal(frames, seen, baseline, None, describe, LivenessPolicy())

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


def test_a_person_who_is_exchanged_is_seen_by_the_real_descriptor() -> None:
    try:
        describe = face_describer()
    except WeightsUnavailable as missing:
        pytest.skip(str(missing))

    assert judged(describe, "another_person").outcome == "not_live"
    assert judged(None, "another_person").outcome == "live"
    assert describe(np.zeros_like(load_portrait("astronaut"))) is None
