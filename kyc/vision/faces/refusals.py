"""When a selfie's face cannot be compared; what is said of it is in `kyc.decision.face_words`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kyc.vision.faces.condition import FaceCondition


class FaceRefusal(StrEnum):
    """Why a face is not compared."""

    TINY = "tiny_face_selfie"
    BLURRED = "blurred_face_selfie"
    TURNED = "turned_face_selfie"
    COVERED_EYES = "covered_eyes_selfie"
    COVERED_MOUTH = "covered_mouth_selfie"


@dataclass(frozen=True, slots=True)
class ConditionLimits:
    """From when on a face is refused.

    Measured on the 45 labelled photographs, bare and with drawn coverings, blur and shrinking
    (`evaluate_kyc faces` counts both).

    Attributes
    ----------
    min_width_px : float
        The smallest of the 45 is 52 px wide. Shrunk to 48 px all are still found, and their eyes
        can still be judged.
    min_detail : float
        As `MatchPolicy.min_detail`: below it pairs of one person drift apart.
    max_yaw_deg, max_pitch_deg : float
        The 45 reach 20 and 19 degrees. With more yaw the far eye is too narrow to judge; heads bent
        by up to 30 degrees are the same person's within .384 on photographs of 150 other people.
    min_eye_structure, min_mouth_structure : float
        Of a face that shows all its detail. The 45: .167 and more, .188 and more; shrunk to 160 px
        and blurred, with what detail is left allowed for, .144 and .161. A webcam's pale frames
        (480 px, 73 px of face) reach .12 where the head looks ahead. Drawn dark glasses: 95 of 100
        below .101.
    full_detail : float
        Below it structure is lost with detail, about as its root: with photographs blurred by
        1/100, 1/66, 1/50 and 1/33 of the face's width the median detail falls from .026 to .010,
        .005, .003 and .0014, the lowest eye structure to .13, .12, .10 and .07.
    """

    min_width_px: float = 48.0
    min_detail: float = 0.0025
    max_yaw_deg: float = 25.0
    max_pitch_deg: float = 30.0
    min_eye_structure: float = 0.12
    min_mouth_structure: float = 0.12
    full_detail: float = 0.010


DEFAULT_LIMITS = ConditionLimits()


def refusal_of(
    condition: FaceCondition, limits: ConditionLimits = DEFAULT_LIMITS
) -> FaceRefusal | None:
    """The first reason not to compare a face, None when there is none.

    Size and sharpness come first: what is too small or too soft cannot be said to be covered.

    Examples
    --------
    >>> seen = FaceCondition(200, 0.02, True, eye_structure=0.3, mouth_structure=0.3)
    >>> refusal_of(seen) is None
    True
    >>> str(refusal_of(FaceCondition(200, 0.02, True, eye_structure=0.05, mouth_structure=0.3)))
    'covered_eyes_selfie'
    """
    return next(_refusals(condition, limits), None)


def _refusals(condition: FaceCondition, limits: ConditionLimits) -> Iterator[FaceRefusal]:
    if condition.width_px < limits.min_width_px:
        yield FaceRefusal.TINY
    if condition.detail < limits.min_detail:
        yield FaceRefusal.BLURRED
    if not condition.is_mesh_found:
        # It fails on no bare face of the 45, and on 3 whose eyes lie under drawn hair.
        yield FaceRefusal.COVERED_EYES
    if (
        abs(condition.yaw_deg) > limits.max_yaw_deg
        or abs(condition.pitch_deg) > limits.max_pitch_deg
    ):
        yield FaceRefusal.TURNED
    share = math.sqrt(min(1.0, condition.detail / limits.full_detail))
    if condition.eye_structure < share * limits.min_eye_structure:
        yield FaceRefusal.COVERED_EYES
    if condition.mouth_structure < share * limits.min_mouth_structure:
        yield FaceRefusal.COVERED_MOUTH
