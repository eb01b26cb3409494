"""Which of the actions asked for were done, in their order and each in its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kyc.vision.liveness.challenge import TURNS, Action, Challenge
from kyc.vision.liveness.moments import (
    Moment,
    find,
    first,
    first_steady,
    moment_of,
    peak,
    turn_sign,
)
from kyc.vision.liveness.observation import Baseline, Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above

# A time of the video, milliseconds since its first frame.
Window = tuple[float, float]
_ALWAYS: Window = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class ActionSeen:
    """One action that was asked for.

    Attributes
    ----------
    action : Action
        What was asked.
    is_seen : bool
        Whether it was done in its time, after the one before it and without a contradicting turn.
    at_ms : float or None
        When it was recognised.
    peak : float
        How far it went while it was waited for: degrees of a turn in the direction asked or of the
        head tilted back, the smallest share of open eyes, the widest opening of the mouth, or how
        much wider than at rest it was.
    """

    action: Action
    is_seen: bool
    at_ms: float | None
    peak: float


def find_actions(
    seen: Sequence[Observation], challenge: Challenge, baseline: Baseline, policy: LivenessPolicy
) -> tuple[tuple[ActionSeen, ...], Signal]:
    """The actions that were done, and the strongest turn that nobody asked for.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.
    challenge : Challenge
        What was asked.
    baseline : Baseline
        The person at rest.
    policy : LivenessPolicy
        Thresholds.

    Returns
    -------
    tuple of ActionSeen
        One for each action of the challenge, in its order.
    Signal
        `contradicting_turn`, in degrees.

    Notes
    -----
    1. Each action is looked for from the frame in which the one before it was recognised, and
       within the time it was asked for, a little before and after included.
    2. A turn counts from a frame that looks at the camera to two frames beyond `policy.turn_deg`.
    3. Until an action is recognised, a turn the other way (any turn, for all but turns) of
       `policy.contradiction_deg` ends the search: neither it nor a later action counts.
    """
    moments = [moment_of(one, face, baseline) for one, face in with_one_face(seen)]
    found: list[ActionSeen] = []
    contradiction = 0.0
    has_failed = False
    for action, window in zip(challenge.actions, windows_of(challenge, policy), strict=True):
        stop = _contradiction_at(moments, action, policy)
        waited = _within(moments[:stop], window)
        done = None if has_failed else find(action, waited, policy)
        if done is None:
            contradiction = max(contradiction, _strongest_turn(moments, action, stop))
            has_failed = True
        found.append(_action_seen(action, waited, done))
        if done is not None:
            moments = moments[moments.index(waited[done]) :]
    limit = policy.contradiction_deg
    return tuple(found), above("contradicting_turn", "behaviour", contradiction, limit)


def windows_of(challenge: Challenge, policy: LivenessPolicy) -> tuple[Window, ...]:
    """When each action may be recognised; any time for a challenge without a pace.

    Examples
    --------
    >>> from kyc.vision.liveness.challenge import parse_challenge
    >>> policy = LivenessPolicy(early_ms=500, late_ms=1000)
    >>> windows_of(parse_challenge("turn_left@3000,blink@2500"), policy)
    ((1000, 5500), (4000, 8000))
    """
    if not challenge.pace_ms:
        return (_ALWAYS,) * len(challenge.actions)
    return tuple(
        (start - policy.early_ms, start + pace + policy.late_ms)
        for start, pace in zip(challenge.starts_ms, challenge.pace_ms, strict=True)
    )


def _within(moments: Sequence[Moment], window: Window) -> list[Moment]:
    return [moment for moment in moments if window[0] <= moment.at_ms <= window[1]]


def _action_seen(action: Action, waited: Sequence[Moment], done: int | None) -> ActionSeen:
    if done is None:
        return ActionSeen(action, is_seen=False, at_ms=None, peak=peak(action, waited))
    extent = peak(action, waited[: done + 1])
    return ActionSeen(action, is_seen=True, at_ms=waited[done].at_ms, peak=extent)


def _against(action: Action, moment: Moment) -> float:
    """How far a head is turned against what is asked, degrees."""
    if action in TURNS:
        return -turn_sign(action) * moment.yaw_deg
    return abs(moment.yaw_deg)


def _contradiction_at(
    moments: Sequence[Moment], action: Action, policy: LivenessPolicy
) -> int | None:
    """From which frame on nothing counts any more; None if there is no contradiction.

    The turn before may still be on its way back, so counting starts at the first frame that looks
    at the camera.
    """
    start = first(moments, lambda moment: abs(moment.yaw_deg) <= policy.neutral_deg)
    if start is None:
        return None
    is_against = [
        _against(action, moment) >= policy.contradiction_deg for moment in moments[start:]
    ]
    steady = first_steady(is_against)
    return None if steady is None else start + steady


def _strongest_turn(moments: Sequence[Moment], action: Action, stop: int | None) -> float:
    if stop is None:
        return 0.0
    return max(_against(action, moment) for moment in moments[stop:])
