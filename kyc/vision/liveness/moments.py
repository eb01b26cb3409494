"""A frame of a liveness video relative to the person at rest, and actions in a row of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.challenge import TURNS, Action
from kyc.vision.liveness.observation import Baseline, Observation
from kyc.vision.liveness.policy import LivenessPolicy

# A state has to last two sampled frames (at 12 a second) to be no slip of the tracker; a blink is
# over in 100-400 ms and may be caught by one.
STEADY_FRAMES = 2
# Eyes count as open again from this share of the person's open eyes.
_OPEN_AGAIN = 0.82
# One shut eye is a wink or a shadow: both have to be shut, the better open one up to this share.
_EACH_EYE = 0.85


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame, relative to the person at rest.

    Attributes
    ----------
    at_ms : float
        Milliseconds since the first frame.
    yaw_deg, rise_deg : float
        Turn to the person's own left, and how far the head is tilted back.
    eye_share, widest_eye_share : float
        Opening of both eyes, and of the wider one, over that at rest.
    mouth, mouth_rise : float
        Opening of the mouth, and how much that is above the one at rest.
    smile : float
        Width of the mouth over that at rest, less 1, and how much higher its corners stand.
    """

    at_ms: float
    yaw_deg: float
    rise_deg: float
    eye_share: float
    widest_eye_share: float
    mouth: float
    mouth_rise: float
    smile: float


Finder = Callable[[Sequence[Moment], LivenessPolicy], int | None]


def moment_of(one: Observation, face: MeshFace, baseline: Baseline) -> Moment:
    """What a frame shows beyond the person at rest."""
    open_eye = max(baseline.eye_openness, 1e-6)
    return Moment(
        at_ms=one.at_ms,
        yaw_deg=face.yaw_deg - baseline.yaw_deg,
        rise_deg=baseline.pitch_deg - face.pitch_deg,
        eye_share=face.eye_openness / open_eye,
        widest_eye_share=max(face.eye_openness_left, face.eye_openness_right) / open_eye,
        mouth=face.mouth_openness,
        mouth_rise=face.mouth_openness - baseline.mouth_openness,
        smile=_smile(face, baseline),
    )


def _smile(face: MeshFace, baseline: Baseline) -> float:
    # Both at once: on a bearded or thin-lipped mouth FaceMesh sees the one rise and not the other.
    wider = face.mouth_width / max(baseline.mouth_width, 1e-6) - 1
    return wider + face.mouth_lift - baseline.mouth_lift


def peak(action: Action, moments: Sequence[Moment]) -> float:
    """How far an action went: the extreme of what it is measured by; 0 without a frame."""
    if not moments:
        return 0.0
    extreme = min if action is Action.BLINK else max
    return extreme(_extent(action, moment) for moment in moments)


def _extent(action: Action, moment: Moment) -> float:
    if action in TURNS:
        return turn_sign(action) * moment.yaw_deg
    extents = {
        Action.LOOK_UP: moment.rise_deg,
        Action.BLINK: moment.eye_share,
        Action.OPEN_MOUTH: moment.mouth,
        Action.SMILE: moment.smile,
    }
    return extents[action]


def turn_sign(action: Action) -> int:
    """+1 for a turn to the person's own left, as yaw is counted; -1 for one to the right."""
    return 1 if action is Action.TURN_LEFT else -1


def find(action: Action, moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    """Number of the frame in which an action is recognised, None if it is not there.

    Notes
    -----
    Every action starts from rest: a picture in half profile has not turned, and a face that laughs
    all the while has not begun to smile.
    """
    if action in TURNS:
        return _find_turn(action, moments, policy)
    return _FINDERS[action](moments, policy)


def _find_turn(action: Action, moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    sign = turn_sign(action)
    return _from_rest(
        moments,
        lambda moment: abs(moment.yaw_deg) <= policy.neutral_deg,
        lambda moment: sign * moment.yaw_deg >= policy.turn_deg,
    )


def _find_look_up(moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    return _from_rest(
        moments,
        lambda moment: moment.rise_deg < policy.look_up_deg / 2,
        lambda moment: moment.rise_deg >= policy.look_up_deg and _is_ahead(moment, policy),
    )


def _find_open_mouth(moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    return _from_rest(
        moments,
        lambda moment: moment.mouth_rise < policy.mouth_rise / 2,
        lambda moment: (
            moment.mouth_rise >= policy.mouth_rise
            and moment.mouth >= policy.mouth_open
            and _is_ahead(moment, policy)
        ),
    )


def _find_smile(moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    return _from_rest(
        moments,
        lambda moment: moment.smile < policy.smile_rise / 2,
        # A head tilted back shows a wider mouth.
        lambda moment: (
            moment.smile >= policy.smile_rise
            and moment.rise_deg < policy.look_up_deg / 2
            and _is_ahead(moment, policy)
        ),
    )


def _find_blink(moments: Sequence[Moment], policy: LivenessPolicy) -> int | None:
    """Open, shut, open again, the head all the while towards the camera."""
    was_open = was_shut = False
    for number, moment in enumerate(moments):
        if not _is_ahead(moment, policy):
            was_open = was_shut = False
        elif moment.eye_share >= _OPEN_AGAIN:
            if was_shut:
                return number
            was_open = True
        elif moment.eye_share <= policy.blink_ratio and moment.widest_eye_share <= _EACH_EYE:
            was_shut = was_open
    return None


_FINDERS: dict[Action, Finder] = {
    Action.LOOK_UP: _find_look_up,
    Action.BLINK: _find_blink,
    Action.OPEN_MOUTH: _find_open_mouth,
    Action.SMILE: _find_smile,
}


def _is_ahead(moment: Moment, policy: LivenessPolicy) -> bool:
    """Towards the camera; turned away FaceMesh guesses eyes and mouth."""
    return abs(moment.yaw_deg) < policy.contradiction_deg


def _from_rest(
    moments: Sequence[Moment],
    is_rest: Callable[[Moment], bool],
    is_done: Callable[[Moment], bool],
) -> int | None:
    """The second of two frames in a row that are done, after one at rest."""
    start = first(moments, is_rest)
    if start is None:
        return None
    steady = first_steady([is_done(moment) for moment in moments[start:]])
    return None if steady is None else start + steady + STEADY_FRAMES - 1


def first(moments: Sequence[Moment], is_wanted: Callable[[Moment], bool]) -> int | None:
    """Number of the first moment that is wanted."""
    return next((number for number, moment in enumerate(moments) if is_wanted(moment)), None)


def first_steady(states: Sequence[bool]) -> int | None:
    """Where the first run of `STEADY_FRAMES` true states begins."""
    for start in range(len(states) - STEADY_FRAMES + 1):
        if all(states[start : start + STEADY_FRAMES]):
            return start
    return None
