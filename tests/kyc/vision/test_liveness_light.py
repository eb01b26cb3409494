"""A face that reflects the screen's colours in their order says so; nothing hangs on it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from kyc.simulation.challenge_videos import ChallengeVideo, render_challenge_video, to_webm
from kyc.simulation.light_drift import LightDrift
from kyc.simulation.portraits import load_portrait
from kyc.vision.liveness.challenge import LIGHT_MS, LightColour, parse_challenge
from kyc.vision.liveness.judge import LivenessReport, check_liveness, check_liveness_video
from kyc.vision.liveness.light import light_signals
from kyc.vision.liveness.observation import observe
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal
from kyc.vision.video import Frame

ASKED = "turn_left@2000;rgbrg"


@cache
def video(strength: float) -> ChallengeVideo:
    return render_challenge_video(
        load_portrait("astronaut", framing="selfie"),
        parse_challenge(ASKED),
        rng=np.random.default_rng(3),
        tail_s=0.5,
        light_strength=strength,
    )


def judged(strength: float, asked: str = ASKED) -> LivenessReport:
    return check_liveness(video(strength).as_frames(), parse_challenge(asked))


def reflection(report: LivenessReport) -> Any:
    return next(signal for signal in report.signals if signal.code == "light_reflection")


def test_a_lit_face_follows_the_colours() -> None:
    report = judged(0.05)

    assert reflection(report).value > 0.9
    assert not reflection(report).is_raised
    assert report.outcome == "live"


@pytest.mark.parametrize(("strength", "asked"), [(0.0, ASKED), (0.05, "turn_left@2000;gbgbr")])
def test_another_light_or_none_is_told_and_decides_nothing(strength: Any, asked: Any) -> None:
    report = judged(strength, asked)

    assert reflection(report).value < 0.7
    assert reflection(report).is_raised
    assert reflection(report).kind == "advice"
    assert report.outcome == "live"


def drifting(strength: float, drift: LightDrift) -> Signal:
    """As filmed by a camera whose white balance and exposure swing within seconds."""
    challenge = parse_challenge(ASKED)
    frames = [
        replace(one, pixels=drift.at(one.pixels, one.at_ms))
        for one in video(strength).as_frames()
        if one.at_ms >= challenge.light_start_ms
    ]
    (signal,) = light_signals(observe(frames), challenge, LivenessPolicy())
    return signal


@pytest.mark.parametrize(
    ("white_balance", "exposure", "phase"), [(0.06, 0.0, 1.6), (0.15, 0.0, 3.1), (0.1, 0.2, 2.4)]
)
def test_a_camera_that_drifts_hides_no_reflection(
    white_balance: Any, exposure: Any, phase: Any
) -> None:
    signal = drifting(0.03, LightDrift(white_balance, exposure, phase))

    assert signal.value > 0.75
    assert not signal.is_raised


@pytest.mark.parametrize(
    ("white_balance", "exposure", "phase"), [(0.06, 0.0, 1.6), (0.15, 0.0, 0.0), (0.1, 0.2, 4.7)]
)
def test_a_camera_that_drifts_makes_no_reflection(
    white_balance: Any, exposure: Any, phase: Any
) -> None:
    signal = drifting(0.0, LightDrift(white_balance, exposure, phase))

    assert signal.value < 0.6
    assert signal.is_raised


def test_compression_keeps_the_colours() -> None:
    report = check_liveness_video(to_webm(video(0.05)), parse_challenge(ASKED))

    assert reflection(report).value > 0.9


def test_a_page_that_showed_no_light_is_not_judged_by_it() -> None:
    challenge = parse_challenge(ASKED)
    frames = [one for one in video(0.0).as_frames() if one.at_ms < challenge.light_start_ms]

    report = check_liveness(frames, challenge)

    assert "light_reflection" not in {signal.code for signal in report.signals}
    assert report.outcome == "live"


def test_the_selfie_is_taken_before_the_light() -> None:
    challenge = parse_challenge(ASKED)
    sharpened = [
        replace(one, pixels=_red(one)) if one.at_ms >= challenge.light_start_ms else one
        for one in video(0.0).as_frames()
    ]

    report = check_liveness(sharpened, challenge)

    assert report.selfie_frame_index * 1000 / 12 < challenge.light_start_ms


def _red(frame: Frame) -> Any:
    """More contrast, hence sharper, and red."""
    return np.clip((frame.pixels.astype(float) - 100) * 1.4 + (80, 80, 160), 0, 255).astype(
        np.uint8
    )


def test_every_colour_lasts_as_long_and_follows_the_last_action() -> None:
    challenge = parse_challenge(ASKED)

    assert challenge.light_start_ms == 1_500 + 2_000
    assert challenge.light_end_ms - challenge.light_start_ms == 5 * LIGHT_MS
    assert challenge.light[2] is LightColour.BLUE
