"""Whether a video shows a living person who does what was just asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kyc.vision import face_mesh
from kyc.vision.liveness.actions import ActionSeen, find_actions
from kyc.vision.liveness.challenge import Challenge
from kyc.vision.liveness.engines import NO_ENGINES, LivenessEngines
from kyc.vision.liveness.identity import identity_signals
from kyc.vision.liveness.integrity import capture_signals, presence_signals
from kyc.vision.liveness.key_frames import key_frames
from kyc.vision.liveness.light import before_light, light_signals
from kyc.vision.liveness.observation import Observation, baseline_of, observe, with_one_face
from kyc.vision.liveness.passive import PassivePolicy, PassiveReport, judge_passive
from kyc.vision.liveness.planarity import planarity_signals
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.selfie import choose_selfie
from kyc.vision.liveness.signals import Signal, below
from kyc.vision.video import Frame, VideoLimits, read_frame, read_frames

Outcome = Literal["live", "not_live", "unclear"]


@dataclass(frozen=True, slots=True, eq=False)
class LivenessReport:
    """What was found in a liveness video.

    Attributes
    ----------
    outcome : {"live", "not_live", "unclear"}
        "live": every action was seen in order and nothing speaks against it. "not_live": a sign of
        fraud. "unclear": the person may try again.
    actions : tuple of ActionSeen
        One for each action asked for, in that order.
    signals : tuple of Signal
        All that were measured, raised or not.
    selfie_frame_index : int or None
        `Frame.index` of the best frontal frame.
    selfie_pixels : ndarray of shape (height, width, 3), dtype=uint8, or None
        That frame, BGR, as large as it was given.
    key_frames : tuple of ndarray
        One for each action that was seen, as `key_frames.key_frames`.
    passive : PassiveReport
        What single frames look like; has no part in `outcome`.
    frames_with_one_face, frames_total : int
        Sampled frames.
    duration_ms : float
        Time the check took.
    engine, engine_version : str
        What found the face.
    """

    outcome: Outcome
    actions: tuple[ActionSeen, ...]
    signals: tuple[Signal, ...]
    selfie_frame_index: int | None
    selfie_pixels: NDArray[np.uint8] | None
    key_frames: tuple[NDArray[np.uint8], ...]
    passive: PassiveReport
    frames_with_one_face: int
    frames_total: int
    duration_ms: float
    engine: str
    engine_version: str


def check_liveness_video(
    data: bytes,
    challenge: Challenge,
    *,
    policy: LivenessPolicy | None = None,
    limits: VideoLimits | None = None,
    camera_label: str = "",
    engines: LivenessEngines = NO_ENGINES,
) -> LivenessReport:
    """Judge an uploaded video; the selfie is decoded again in full resolution.

    Parameters
    ----------
    data : bytes
        WebM, MP4, GIF or Motion-JPEG.
    challenge, policy, camera_label, engines
        As `check_liveness`.
    limits : VideoLimits, optional
        What the video may cost.

    Returns
    -------
    LivenessReport

    Raises
    ------
    VideoRefused
        As `kyc.vision.video.read_frames`.
    """
    started = time.perf_counter()
    frames = read_frames(data, limits)
    report = check_liveness(
        frames, challenge, policy=policy, camera_label=camera_label, engines=engines
    )
    selfie = report.selfie_pixels
    if report.selfie_frame_index is not None:
        selfie = read_frame(data, report.selfie_frame_index, limits).pixels
    return replace(report, selfie_pixels=selfie, duration_ms=_since_ms(started))


def check_liveness(
    frames: Sequence[Frame],
    challenge: Challenge,
    *,
    policy: LivenessPolicy | None = None,
    camera_label: str = "",
    engines: LivenessEngines = NO_ENGINES,
) -> LivenessReport:
    """Judge the frames of a video.

    Parameters
    ----------
    frames : sequence of Frame
        In order of time, about 12 a second, not mirrored.
    challenge : Challenge
        The actions asked for while they were taken.
    policy : LivenessPolicy, optional
        Thresholds.
    camera_label : str
        Name of the camera as the browser gives it.
    engines : LivenessEngines
        What tells people apart and prints from faces, as far as it is there.

    Returns
    -------
    LivenessReport

    Notes
    -----
    10 s of video (120 frames of 640 x 480) take under a second on one core, and half a second more
    with the engines.
    """
    started = time.perf_counter()
    policy = policy or LivenessPolicy()
    seen = observe(frames)
    plain = before_light(seen, challenge)
    actions, signals, selfie = _findings(seen, challenge, policy, camera_label)
    if engines.describe is not None:
        signals += identity_signals(seen, plain, selfie, actions, engines.describe, policy)
    chosen = next((frame for frame in frames if selfie and frame.index == selfie.index), None)
    return LivenessReport(
        outcome=_outcome(actions, signals),
        actions=actions,
        signals=signals,
        selfie_frame_index=chosen.index if chosen else None,
        selfie_pixels=chosen.pixels if chosen else None,
        key_frames=key_frames(frames, actions),
        passive=judge_passive(_spread_over(frames, plain), engines.spoof),
        frames_with_one_face=len(with_one_face(seen)),
        frames_total=len(seen),
        duration_ms=_since_ms(started),
        engine=face_mesh.ENGINE,
        engine_version=face_mesh.engine_version(),
    )


def _findings(
    seen: tuple[Observation, ...], challenge: Challenge, policy: LivenessPolicy, camera_label: str
) -> tuple[tuple[ActionSeen, ...], tuple[Signal, ...], Observation | None]:
    if not seen:
        return (
            _none_seen(challenge),
            (below("too_short", "behaviour", 0, policy.min_duration_ms),),
            None,
        )
    signals = (
        *capture_signals(seen, camera_label, policy),
        *presence_signals(seen, policy),
        *light_signals(seen, challenge, policy),
    )
    baseline = baseline_of(seen)
    if baseline is None:
        return _none_seen(challenge), signals, None
    actions, contradiction = find_actions(seen, challenge, baseline, policy)
    planarity = planarity_signals(seen, baseline, policy)
    selfie = choose_selfie(before_light(seen, challenge), baseline)
    return actions, (*signals, *planarity, contradiction), selfie


def _spread_over(frames: Sequence[Frame], seen: Sequence[Observation]) -> list[NDArray[np.uint8]]:
    """A few frames with one face, evenly spread: an attack may last for a part of a video."""
    indices = {one.index for one, _ in with_one_face(seen)}
    single = [frame.pixels for frame in frames if frame.index in indices]
    count = min(PassivePolicy().max_pictures, len(single))
    places = np.linspace(0, len(single) - 1, count).round().astype(int)
    return [single[place] for place in places.tolist()]


def _none_seen(challenge: Challenge) -> tuple[ActionSeen, ...]:
    return tuple(
        ActionSeen(action, is_seen=False, at_ms=None, peak=0.0) for action in challenge.actions
    )


def _outcome(actions: Sequence[ActionSeen], signals: Sequence[Signal]) -> Outcome:
    raised = {signal.kind for signal in signals if signal.is_raised}
    if "fraud" in raised:
        return "not_live"
    if "behaviour" in raised or not all(action.is_seen for action in actions):
        return "unclear"
    return "live"


def _since_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
