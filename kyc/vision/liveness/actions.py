"""Which of the actions asked for were done, in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.challenge import TURNS, Action, Challenge
from kyc.vision.liveness.observation import Baseline, Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above

# A state has to last two sampled frames (at 12 a second) to be no slip of the tracker; a blink is
# over in 100-400 ms and may be caught by one.
_STEADY_FRAMES = 2
# Eyes count as open again from this share of the person's open eyes.
_OPEN_AGAIN = 0.75
# One shut eye is a wink or a shadow: both have to be shut, the better open one up to this share.
_EACH_EYE = 0.75


@dataclass(frozen=True, slots=True)
class ActionSeen:
    """One action that was asked for.

    Attributes
    ----------
    action : Action
        What was asked.
    is_seen : bool
        Whether it was done, after the one before it and without a contradicting turn.
    at_ms : float or None
        When it was recognised.
    peak : float
        How far it went while it was waited for: degrees of a turn in the direction asked, the
        smallest share of open eyes, or the widest opening of the mouth.
    """

    action: Action
    is_seen: bool
    at_ms: float | None
    peak: float


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """A frame, relative to the person at rest."""

    at_ms: float
    yaw_deg: float
    eye_share: float
    widest_eye_share: float
    mouth: float
    mouth_rise: float


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
    1. Each action is looked for from the frame in which the one before it was recognised.
    2. A turn counts from a frame that looks at the camera to two frames beyond `policy.turn_deg`.
    3. Until an action is recognised, a turn the other way (any turn, for eyes and mouth) of
       `policy.contradiction_deg` ends the search: neither it nor a later action counts.
    """
    moments = [_moment(one, face, baseline) for one, face in with_one_face(seen)]
    found: list[ActionSeen] = []
    start, contradiction = 0, 0.0
    has_failed = False
    for action in challenge.actions:
        rest = moments[start:]
        stop = _contradiction_at(rest, action, policy)
        done = None if has_failed else _FINDERS[action](rest[:stop], policy)
        if done is None:
            contradiction = max(contradiction, _strongest_turn(rest, action, stop))
            has_failed = True
        found.append(_action_seen(action, rest if done is None else rest[: done + 1], done))
        start += done or 0
    limit = policy.contradiction_deg
    return tuple(found), above("contradicting_turn", "behaviour", contradiction, limit)


def _moment(one: Observation, face: MeshFace, baseline: Baseline) -> _Moment:
    open_eye = max(baseline.eye_openness, 1e-6)
    return _Moment(
        at_ms=one.at_ms,
        yaw_deg=face.yaw_deg - baseline.yaw_deg,
        eye_share=face.eye_openness / open_eye,
        widest_eye_share=max(face.eye_openness_left, face.eye_openness_right) / open_eye,
        mouth=face.mouth_openness,
        mouth_rise=face.mouth_openness - baseline.mouth_openness,
    )


def _action_seen(action: Action, moments: Sequence[_Moment], done: int | None) -> ActionSeen:
    at_ms = None if done is None else moments[done].at_ms
    return ActionSeen(action, done is not None, at_ms, _peak(action, moments))


def _peak(action: Action, moments: Sequence[_Moment]) -> float:
    if not moments:
        return 0.0
    if action is Action.BLINK:
        return min(moment.eye_share for moment in moments)
    if action is Action.OPEN_MOUTH:
        return max(moment.mouth for moment in moments)
    return max(_sign(action) * moment.yaw_deg for moment in moments)


def _sign(action: Action) -> int:
    return 1 if action is Action.TURN_LEFT else -1


def _against(action: Action, moment: _Moment) -> float:
    """How far a head is turned against what is asked, degrees."""
    if action in TURNS:
        return -_sign(action) * moment.yaw_deg
    return abs(moment.yaw_deg)


def _contradiction_at(
    moments: Sequence[_Moment], action: Action, policy: LivenessPolicy
) -> int | None:
    """From which frame on nothing counts any more; None if there is no contradiction.

    The turn before may still be on its way back, so counting starts at the first frame that looks
    at the camera.
    """
    start = _first(moments, lambda moment: abs(moment.yaw_deg) <= policy.neutral_deg)
    if start is None:
        return None
    is_against = [
        _against(action, moment) >= policy.contradiction_deg for moment in moments[start:]
    ]
    steady = _first_steady(is_against)
    return None if steady is None else start + steady


def _strongest_turn(moments: Sequence[_Moment], action: Action, stop: int | None) -> float:
    if stop is None:
        return 0.0
    return max(_against(action, moment) for moment in moments[stop:])


def _find_turn(moments: Sequence[_Moment], policy: LivenessPolicy, action: Action) -> int | None:
    start = _first(moments, lambda moment: abs(moment.yaw_deg) <= policy.neutral_deg)
    if start is None:
        return None
    sign = _sign(action)
    is_turned = [sign * moment.yaw_deg >= policy.turn_deg for moment in moments[start:]]
    steady = _first_steady(is_turned)
    return None if steady is None else start + steady + _STEADY_FRAMES - 1


def _find_left(moments: Sequence[_Moment], policy: LivenessPolicy) -> int | None:
    return _find_turn(moments, policy, Action.TURN_LEFT)


def _find_right(moments: Sequence[_Moment], policy: LivenessPolicy) -> int | None:
    return _find_turn(moments, policy, Action.TURN_RIGHT)


def _find_blink(moments: Sequence[_Moment], policy: LivenessPolicy) -> int | None:
    """Open, shut, open again, the head all the while towards the camera."""
    frontal = [abs(moment.yaw_deg) < policy.contradiction_deg for moment in moments]
    was_open = was_shut = False
    for number, moment in enumerate(moments):
        if not frontal[number]:
            was_open = was_shut = False
        elif moment.eye_share >= _OPEN_AGAIN:
            if was_shut:
                return number
            was_open = True
        elif moment.eye_share <= policy.blink_ratio and moment.widest_eye_share <= _EACH_EYE:
            was_shut = was_open
    return None


def _find_open_mouth(moments: Sequence[_Moment], policy: LivenessPolicy) -> int | None:
    """Closed first, then open for two frames."""
    start = _first(moments, lambda moment: moment.mouth_rise < policy.mouth_rise / 2)
    if start is None:
        return None
    is_open = [
        moment.mouth_rise >= policy.mouth_rise
        and moment.mouth >= policy.mouth_open
        and abs(moment.yaw_deg) < policy.contradiction_deg
        for moment in moments[start:]
    ]
    steady = _first_steady(is_open)
    return None if steady is None else start + steady + _STEADY_FRAMES - 1


_FINDERS: dict[Action, Callable[[Sequence[_Moment], LivenessPolicy], int | None]] = {
    Action.TURN_LEFT: _find_left,
    Action.TURN_RIGHT: _find_right,
    Action.BLINK: _find_blink,
    Action.OPEN_MOUTH: _find_open_mouth,
}


def _first(moments: Sequence[_Moment], is_wanted: Callable[[_Moment], bool]) -> int | None:
    return next((number for number, moment in enumerate(moments) if is_wanted(moment)), None)


def _first_steady(states: Sequence[bool]) -> int | None:
    """Where the first run of `_STEADY_FRAMES` true states begins."""
    for start in range(len(states) - _STEADY_FRAMES + 1):
        if all(states[start : start + _STEADY_FRAMES]):
            return start
    return None
