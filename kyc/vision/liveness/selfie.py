"""The frame of a liveness video that serves as the selfie."""

from __future__ import annotations

from collections.abc import Sequence

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.observation import Baseline, Observation, with_one_face

# A degree away from the camera costs as much as this share of sharpness.
_COST_PER_DEG = 0.03
# What the face may do on a picture that is to be compared with a passport's.
_MIN_EYE_SHARE = 0.85
_MAX_MOUTH_RISE = 0.08
_MAX_TURN_DEG = 15.0


def choose_selfie(seen: Sequence[Observation], baseline: Baseline) -> Observation | None:
    """The sharpest frame that looks into the camera with open eyes and a closed mouth.

    Parameters
    ----------
    seen : sequence of Observation
        All frames.
    baseline : Baseline
        The person at rest.

    Returns
    -------
    Observation or None
        If no frame has all of that, the best of those with one face; None without any.
    """
    single = with_one_face(seen)
    calm = [(one, face) for one, face in single if _is_calm(face, baseline)]
    candidates = calm or single
    if not candidates:
        return None
    return max(candidates, key=lambda pair: _worth(pair[0], pair[1], baseline))[0]


def _is_calm(face: MeshFace, baseline: Baseline) -> bool:
    return (
        face.eye_openness >= _MIN_EYE_SHARE * baseline.eye_openness
        and face.mouth_openness <= baseline.mouth_openness + _MAX_MOUTH_RISE
        and abs(face.yaw_deg) <= _MAX_TURN_DEG
        and abs(face.pitch_deg - baseline.pitch_deg) <= _MAX_TURN_DEG
    )


def _worth(one: Observation, face: MeshFace, baseline: Baseline) -> float:
    away_deg = abs(face.yaw_deg) + abs(face.pitch_deg - baseline.pitch_deg)
    return one.sharpness * max(0.0, 1 - _COST_PER_DEG * away_deg)
