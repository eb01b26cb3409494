"""Signs that the frames are not one uninterrupted view of one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import FACE_POINT_COUNT, MeshFace
from kyc.vision.liveness.blends import (
    blend_residual,
    interpolation_residual,
    shaken_blend_residual,
)
from kyc.vision.liveness.cuts import face_cut, scene_cut
from kyc.vision.liveness.observation import Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above, below
from kyc.vision.liveness.steadying import SHAKING, shaking_of

_STEP_MS = 1000.0 / 12
# Names of up to so many letters are parts of others: "Andi's iPhone Camera", "OBSBOT Tiny 2".
_SHORT_NAME = 4
_LETTER = r"[^\W\d_]"
# Two stretches of this many sampled frames are compared, at least this far apart.
_LOOP_FRAMES = 8
# A copy shows only where something moves: RMS grey levels from frame to frame within a stretch.
_LOOP_MOVEMENT = 1.5
# A stretch of 2 s, frames more than a second apart in it, and how much (RMS grey levels) may change
# between those at most for it to be looked at: people who hold still read 1.5 and more in the dark.
_STILL_FRAMES, _STILL_LAG = 24, 14
_STILL_MOVEMENT = 1.0
_MANY_TIMES = 2.0
# Less noise than this a coded video does not have: keeps exact copies from dividing by nought.
_STILL_NOISE = 0.2


def capture_signals(
    seen: Sequence[Observation], camera_label: str, policy: LivenessPolicy
) -> tuple[Signal, ...]:
    """Fraud: a virtual camera, frozen or repeated frames, jumps and cuts."""
    differences = frame_differences(seen)
    times_ms = np.array([one.at_ms for one in seen])
    return (
        virtual_camera_signal(camera_label, policy),
        above(
            "frozen_frames", "fraud", _frozen_ms(differences, times_ms, policy), policy.frozen_ms
        ),
        below("repeated_frames", "fraud", _loop_ratio(differences), policy.loop_ratio),
        above("scene_cut", "fraud", scene_cut(seen, differences), policy.max_cut_share),
        above("face_cut", "fraud", face_cut(seen), policy.max_face_cut),
        _blend_signal(seen, policy),
        below(
            "interpolated_frames",
            "fraud",
            interpolation_residual(seen),
            policy.min_interpolation_residual,
        ),
        below("still_picture", "fraud", _stillness(differences), policy.min_stillness),
        *_jump_signals(seen, policy),
    )


def _blend_signal(seen: Sequence[Observation], policy: LivenessPolicy) -> Signal:
    """By the frames as they are, and where the camera shakes by steadied ones as well."""
    plain = below("blended_frames", "fraud", blend_residual(seen), policy.min_blend_residual)
    if plain.is_raised or shaking_of(seen) <= SHAKING:
        return plain
    residual = shaken_blend_residual(seen)
    return below("blended_frames", "fraud", residual, policy.min_shaken_blend_residual)


def presence_signals(seen: Sequence[Observation], policy: LivenessPolicy) -> tuple[Signal, ...]:
    """Behaviour: too short, too slow, too dark or bright, several faces, nobody there."""
    times_ms = np.array([one.at_ms for one in seen])
    gaps_ms = np.diff(times_ms)
    duration_ms = float(times_ms[-1])
    fps = (len(seen) - 1) * 1000 / duration_ms if duration_ms > 0 else 0.0
    lights = [one.brightness for one, _ in with_one_face(seen)]
    is_several = [one.face_count > 1 for one in seen]
    is_missing = [one.face is None for one in seen]
    longest = policy.max_missing_frames
    return (
        below("too_short", "behaviour", duration_ms, policy.min_duration_ms),
        below("low_frame_rate", "behaviour", fps, policy.min_fps),
        above("frame_gap", "behaviour", float(gaps_ms.max(initial=0.0)), policy.max_time_gap_ms),
        *_light_signals(lights, policy),
        above("several_faces", "behaviour", sum(is_several), longest),
        above("face_lost", "behaviour", _longest_run(is_missing), longest),
    )


def _light_signals(lights: Sequence[float], policy: LivenessPolicy) -> tuple[Signal, ...]:
    if not lights:
        return ()
    brightness = float(np.median(lights))
    return (
        below("too_dark", "behaviour", brightness, policy.min_brightness),
        above("too_bright", "behaviour", brightness, policy.max_brightness),
    )


def virtual_camera_signal(camera_label: str, policy: LivenessPolicy) -> Signal:
    """Whether the name of the camera is one that software gives itself.

    Examples
    --------
    >>> virtual_camera_signal("OBS Virtual Camera", LivenessPolicy()).is_raised
    True
    >>> virtual_camera_signal("Andi's iPhone Camera", LivenessPolicy()).is_raised
    False
    """
    label = camera_label.casefold()
    hits = sum(_is_named(name, label) for name in policy.virtual_camera_names)
    return above("virtual_camera", "fraud", hits, 0)


def _is_named(name: str, label: str) -> bool:
    """Whether a label holds a name; a short one as a word, and not as somebody's given name."""
    if len(name) > _SHORT_NAME or not name.isalpha():
        return name in label
    return re.search(rf"(?<!{_LETTER}){name}(?!{_LETTER}|['’])", label) is not None


def frame_differences(seen: Sequence[Observation]) -> NDArray[np.float64]:
    """RMS difference between the small pictures of every two frames.

    Returns
    -------
    ndarray of shape (n, n), dtype=float64
        Grey levels, 0-255.
    """
    flat = np.array([one.thumbnail.ravel() for one in seen], dtype=np.float64)
    # Against the mean frame first: squares of whole pictures would cancel badly.
    flat -= flat.mean(axis=0)
    squares = (flat**2).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * flat @ flat.T
    return np.asarray(np.sqrt(np.maximum(distances, 0) / flat.shape[1]))


def _frozen_ms(
    differences: NDArray[np.float64], times_ms: NDArray[np.float64], policy: LivenessPolicy
) -> float:
    """Longest stretch of time in which no frame differs from the one before."""
    longest = current = 0.0
    is_same = np.diagonal(differences, 1) < policy.frozen_difference
    for same, gap_ms in zip(is_same, np.diff(times_ms), strict=True):
        current = current + float(gap_ms) if same else 0.0
        longest = max(longest, current)
    return longest


def _stillness(differences: NDArray[np.float64]) -> float:
    """How much more changes over a second than from frame to frame; 2 where much does.

    Of one picture shown again and again nothing changes but the noise, which is as large from one
    frame to the next as over any time. The stillest stretch of two seconds counts.
    """
    best = _MANY_TIMES
    for start in range(len(differences) - _STILL_FRAMES + 1):
        part = differences[start : start + _STILL_FRAMES, start : start + _STILL_FRAMES]
        later = float(np.median(part[np.triu_indices(_STILL_FRAMES, _STILL_LAG)]))
        if later < _STILL_MOVEMENT:
            best = min(best, later / max(float(np.median(np.diagonal(part, 1))), _STILL_NOISE))
    return best


def _loop_ratio(differences: NDArray[np.float64]) -> float:
    """Smallest difference between two stretches over the movement within them; 1 if none."""
    count = len(differences)
    best = 1.0
    steps = np.diagonal(differences, 1)
    for lag in range(_LOOP_FRAMES, count - _LOOP_FRAMES):
        between = _running_mean(np.diagonal(differences, lag))
        movement = _running_mean(steps)[: len(between)]
        is_moving = movement > _LOOP_MOVEMENT
        if is_moving.any():
            best = min(best, float((between[is_moving] / movement[is_moving]).min()))
    return best


def _running_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.convolve(values, np.full(_LOOP_FRAMES, 1 / _LOOP_FRAMES), "valid")


def _jump_signals(seen: Sequence[Observation], policy: LivenessPolicy) -> tuple[Signal, ...]:
    """Largest step of place, yaw and size of the face, each for 1/12 s."""
    single = with_one_face(seen)
    shift = turn = 0.0
    growth = 1.0
    for (before, one), (after, other) in pairwise(single):
        steps = max(1.0, (after.at_ms - before.at_ms) / _STEP_MS)
        middles = _middle(other) - _middle(one)
        shift = max(shift, float(np.linalg.norm(middles)) / max(one.width_px, 1.0) / steps)
        turn = max(turn, abs(other.yaw_deg - one.yaw_deg) / steps)
        factor = other.width_px / max(one.width_px, 1e-6)
        growth = max(growth, max(factor, 1 / max(factor, 1e-6)) ** (1 / steps))
    return (
        above("face_jump", "fraud", shift, policy.max_jump_widths),
        above("turn_jump", "fraud", turn, policy.max_jump_deg),
        above("size_jump", "fraud", growth, policy.max_jump_scale),
    )


def _middle(face: MeshFace) -> NDArray[np.float64]:
    return np.asarray(face.points[:FACE_POINT_COUNT, :2].mean(axis=0))


def _longest_run(states: Sequence[bool]) -> int:
    longest = current = 0
    for state in states:
        current = current + 1 if state else 0
        longest = max(longest, current)
    return longest
