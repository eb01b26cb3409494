"""Where a head is in each frame while it does what was asked: sway, turns, blinks, smiles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kyc.simulation.head_motion import HeadPose
from kyc.vision.liveness.challenge import TURNS, Action

# A turn as people make it when asked: beyond what is needed, about half a second each way.
_TURN_DEG = (35.0, 41.0)
_LOOK_UP_DEG = (24.0, 32.0)
_MOUTH_OPENING = (0.85, 1.0)
_SMILE = (0.85, 1.15)
# Shares of the time of an action: when it begins, is fully there, begins to end, has ended.
_TURN_TIMES = (0.12, 0.38, 0.58, 0.84)
_MOUTH_TIMES = (0.15, 0.33, 0.6, 0.78)
# An asked-for blink lasts some .4 s, twice a spontaneous one (Stern, Walrath and Goldstein, "The
# endogenous eyeblink", Psychophysiology 21, 1984: 100-400 ms).
_BLINK_S = (0.10, 0.22, 0.12)


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody moves who follows the prompts.

    Attributes
    ----------
    extent : float
        Of every movement, over what people do who want to be seen; .5 is shy: a turn of 19 degrees.
    late_s : tuple of float
        Range of how long after its prompt an action begins, beyond the usual reaction; below 0
        before it.
    sway : float
        Of the head at rest, over what somebody does who holds still.
    pace : float
        How long a head takes to turn, over the usual two thirds of a second; .5 is brisk.
    """

    extent: float = 1.0
    late_s: tuple[float, float] = (0.0, 0.0)
    sway: float = 1.0
    pace: float = 1.0


CALM = Manner()


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take in a video.

    Attributes
    ----------
    fps : float
        Frames a second.
    lead_s, tail_s : float
        Looking into the camera before the first action and after the last.
    action_s : tuple of float
        Time of each action.
    """

    fps: float
    lead_s: float
    tail_s: float
    action_s: tuple[float, ...]

    def times_s(self) -> NDArray[np.float64]:
        """The time of each frame."""
        length_s = self.lead_s + sum(self.action_s) + self.tail_s
        return np.arange(int(length_s * self.fps)) / self.fps

    def starts_s(self) -> tuple[float, ...]:
        """When the time of each action begins."""
        begins = self.lead_s + np.cumsum((0.0, *self.action_s[:-1]))
        return tuple(begins.tolist())[: len(self.action_s)]


def poses_of(
    actions: tuple[Action, ...],
    times_s: NDArray[np.float64],
    timing: Timing,
    rng: np.random.Generator,
    manner: Manner = CALM,
) -> list[HeadPose]:
    """The pose of the head in each frame: natural sway, and the actions one after the other.

    Parameters
    ----------
    actions : tuple of Action
        What is done; may be fewer than there are times for.
    times_s : ndarray of shape (n,)
        The time of each frame.
    timing : Timing
        When each action has its turn.
    rng : numpy.random.Generator
        Draws sway and the size of movements.
    manner : Manner
        How far and how promptly.
    """
    poses = _sway(times_s, rng, manner.sway)
    slots = zip(actions, timing.starts_s(), timing.action_s, strict=False)
    for action, begin_s, length_s in slots:
        since_s = times_s - begin_s - _lateness_s(manner, rng)
        poses = _with_action(poses, since_s, action, length_s, rng, manner)
    return poses


def _lateness_s(manner: Manner, rng: np.random.Generator) -> float:
    earliest_s, latest_s = manner.late_s
    # Somebody who is prompt draws nothing, so that their videos stay what they were.
    return rng.uniform(earliest_s, latest_s) if latest_s > earliest_s else earliest_s


def _sway(times_s: NDArray[np.float64], rng: np.random.Generator, extent: float) -> list[HeadPose]:
    """Somebody who holds still: slow movements of a few degrees and a hundredth of a face."""
    yaw, pitch, roll = (_wander(times_s, extent * amount, rng) for amount in (1.5, 1.2, 1.0))
    shift_x, shift_y, zoom = (
        _wander(times_s, extent * amount, rng) for amount in (0.02, 0.015, 0.01)
    )
    return [
        HeadPose(*values)
        for values in zip(
            yaw.tolist(),
            pitch.tolist(),
            roll.tolist(),
            shift_x.tolist(),
            shift_y.tolist(),
            (1 + zoom).tolist(),
            strict=True,
        )
    ]


def _wander(
    times_s: NDArray[np.float64], amount: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Three slow waves of random phase, 0.1-0.7 Hz."""
    waves = [
        np.sin(2 * np.pi * (rng.uniform(low, high) * times_s + rng.uniform()))
        for low, high in ((0.1, 0.2), (0.25, 0.4), (0.45, 0.7))
    ]
    return np.asarray(amount * (waves[0] + 0.5 * waves[1] + 0.3 * waves[2]))


def _with_action(
    poses: list[HeadPose],
    since_s: NDArray[np.float64],
    action: Action,
    length_s: float,
    rng: np.random.Generator,
    manner: Manner,
) -> list[HeadPose]:
    if action in TURNS:
        reach_deg = manner.extent * rng.uniform(*_TURN_DEG)
        return _turned(poses, action, reach_deg, _head_course(since_s, length_s, manner.pace))
    if action is Action.BLINK:
        begin_s = rng.uniform(0.25, 0.45) * length_s
        corners_s = (begin_s + np.cumsum((0.0, *_BLINK_S))).tolist()
        return _raised(poses, "eye_closure", _trapezoid(since_s, corners_s))
    if action is Action.LOOK_UP:
        rise_deg = manner.extent * rng.uniform(*_LOOK_UP_DEG)
        course = rise_deg * _head_course(since_s, length_s, manner.pace)
        return [
            replace(pose, pitch_deg=pose.pitch_deg - rise)
            for pose, rise in zip(poses, course.tolist(), strict=True)
        ]
    name, reaches = ("mouth_opening", _MOUTH_OPENING)
    if action is Action.SMILE:
        name, reaches = ("smile", _SMILE)
    reach = manner.extent * rng.uniform(*reaches)
    corners_s = [share * length_s for share in _MOUTH_TIMES]
    return _raised(poses, name, reach * _trapezoid(since_s, corners_s))


def _turned(
    poses: list[HeadPose], action: Action, reach_deg: float, course: NDArray[np.float64]
) -> list[HeadPose]:
    """A head that turns dips a little and tilts a little."""
    sign = 1 if action is Action.TURN_LEFT else -1
    return [
        replace(
            pose,
            yaw_deg=pose.yaw_deg * (1 - share) + sign * reach_deg * share,
            pitch_deg=pose.pitch_deg + 1.5 * share,
            roll_deg=pose.roll_deg + sign * 1.5 * share,
        )
        for pose, share in zip(poses, course.tolist(), strict=True)
    ]


def _raised(poses: list[HeadPose], name: str, course: NDArray[np.float64]) -> list[HeadPose]:
    return [
        replace(pose, **{name: max(getattr(pose, name), share)})
        for pose, share in zip(poses, course.tolist(), strict=True)
    ]


def _head_course(since_s: NDArray[np.float64], length_s: float, pace: float) -> NDArray[np.float64]:
    begins, there, leaves, ended = (share * length_s for share in _TURN_TIMES)
    hurried = [begins, begins + pace * (there - begins), leaves, leaves + pace * (ended - leaves)]
    return _trapezoid(since_s, hurried)


def _trapezoid(times_s: NDArray[np.float64], corners_s: list[float]) -> NDArray[np.float64]:
    """0, up to 1, stay, down to 0, with soft shoulders."""
    line = np.interp(times_s, corners_s, [0, 1, 1, 0])
    return np.asarray(line * line * (3 - 2 * line))
