"""Whether a face reflects the colours that the screen showed it, in their order.

A recording that is played or injected was lit by something else. A print held before the camera
reflects as a face does, and a bright room drowns the screen: the answer is advice for a reviewer
and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kyc.vision.liveness.challenge import LIGHT_MS, Challenge, LightColour
from kyc.vision.liveness.observation import Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, below

# Where a pure colour lies beyond white, as shares of red and green.
_DIRECTIONS = {
    LightColour.RED: (2 / 3, -1 / 3),
    LightColour.GREEN: (-1 / 3, 2 / 3),
    LightColour.BLUE: (-1 / 3, -1 / 3),
}
# The first frame comes after the recorder's start, and a busy page changes its colour late.
# A whole colour of delay would let the order of another challenge fit.
_DELAYS_MS = range(-200, 401, 50)
# The first frame of a recording may come this long after its start.
_EARLY_MS = 300
# Fewer frames than this in the light say nothing.
_MIN_FRAMES = 12
# White balance and exposure swing within seconds, and a line leaves the swing in: of 840 renders
# lit by 3 % under such a drift it passed 242, a curve of degree 3 passes 732. Of 840 unlit ones the
# line passed none, degree 3 two, degree 4 seven: it bends with the colours themselves.
_DRIFT_DEGREE = 3


def before_light(seen: Sequence[Observation], challenge: Challenge) -> tuple[Observation, ...]:
    """The frames in ordinary light: a red face is no selfie to compare with a document."""
    if not challenge.light:
        return tuple(seen)
    end_ms = challenge.light_start_ms - _EARLY_MS
    return tuple(one for one in seen if one.at_ms < end_ms)


def light_signals(
    seen: Sequence[Observation], challenge: Challenge, policy: LivenessPolicy
) -> tuple[Signal, ...]:
    """`light_reflection`, of kind advice; nothing where the colours were not shown.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.
    challenge : Challenge
        Its `light`, after the last action.
    policy : LivenessPolicy
        `min_light_reflection`.

    Returns
    -------
    tuple of Signal
        The value is -1...1: 1 when the face's colour follows the screen's exactly. Empty without a
        light challenge, and for a video that ends before it: a page that keeps still for people
        who asked for reduced motion records no light.
    """
    lit = [one for one, _ in with_one_face(seen) if one.at_ms >= challenge.light_start_ms]
    is_shown = bool(seen) and seen[-1].at_ms >= challenge.light_end_ms - LIGHT_MS
    if not challenge.light or not is_shown or len(lit) < _MIN_FRAMES:
        return ()
    value = light_reflection(lit, challenge)
    return (below("light_reflection", "advice", value, policy.min_light_reflection),)


def light_reflection(lit: Sequence[Observation], challenge: Challenge) -> float:
    """How closely the colour of a face follows the colours shown, -1...1.

    Notes
    -----
    Correlation of the shares of red and green in the face with those shown, over both together, at
    the delay that fits best; drift of the light over seconds is taken out first.
    """
    times_ms = np.array([one.at_ms for one in lit], dtype=np.float64)
    colour = _without_drift(np.array([one.chroma for one in lit]), times_ms)
    return max(
        _correlation(colour, _without_drift(_shown(challenge, times_ms - delay), times_ms))
        for delay in _DELAYS_MS
    )


def _shown(challenge: Challenge, times_ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """The screen's colour at each time; white before and after."""
    places = np.floor((times_ms - challenge.light_start_ms) / LIGHT_MS).astype(int)
    directions = [_DIRECTIONS[colour] for colour in challenge.light]
    return np.array(
        [directions[place] if 0 <= place < len(directions) else (0.0, 0.0) for place in places]
    )


def _without_drift(
    values: NDArray[np.float64], times_ms: NDArray[np.float64]
) -> NDArray[np.float64]:
    curve = np.vander((times_ms - times_ms.mean()) / 1000, _DRIFT_DEGREE + 1)
    fitted, *_ = np.linalg.lstsq(curve, values, rcond=None)
    return np.asarray(values - curve @ fitted)


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / scale if scale > 0 else 0.0
