"""Whether the face on a document and the face on a selfie are of one person.

The answer has three values. Between "match" and "no match" lies a band in which the engine is known
to be wrong too often; what falls into it is "unclear" and is for a person to look at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from kyc.vision.faces.calibration import Calibration, shipped_calibration
from kyc.vision.faces.condition import FaceCondition, examine_face
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.faces.embed import Embedding, FaceDescription, describe_face, engine_version
from kyc.vision.faces.engines import DLIB, FaceEngine, calibration_of
from kyc.vision.faces.refusals import refusal_of

Pixels = npt.NDArray[np.uint8]

# A second face counts when it is not a mere background figure and not a single model's mistake.
SECOND_FACE_SHARE = 0.3
SECOND_FACE_SCORE = 0.8


class Outcome(StrEnum):
    """What a comparison found; the last five are those of `refusals.FaceRefusal`."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNCLEAR = "unclear"
    NO_FACE_DOCUMENT = "no_face_document"
    NO_FACE_SELFIE = "no_face_selfie"
    SEVERAL_FACES_SELFIE = "several_faces_selfie"
    TINY_FACE_SELFIE = "tiny_face_selfie"
    BLURRED_FACE_SELFIE = "blurred_face_selfie"
    TURNED_FACE_SELFIE = "turned_face_selfie"
    COVERED_EYES_SELFIE = "covered_eyes_selfie"
    COVERED_MOUTH_SELFIE = "covered_mouth_selfie"


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """Where the lines are drawn, and what is known about the mistakes made there.

    Attributes
    ----------
    match_distance : float
        Up to it (inclusive) two faces are of one person.
    unclear_distance : float
        Up to it (inclusive) nobody can say; above, they are two people.
    false_matches, impostor_pairs : int
        How many pairs of strangers lay within `match_distance`, of how many.
    min_detail : float
        A face with less detail (`embed.detail_of`) is too poor to say that two people are meant.

    Notes
    -----
    The two lines come from 926 pairs of a set of photographs of public figures: a forerunner with
    the same weights accepted 98.2 % at .55 with 0 of 759 strangers, and 99.4 % at .60 with 1 of
    759. The rate of mistakes is counted on a part of those and 130 photographs of other people,
    14,432 pairs of strangers of 77 people in all: 11 are within .55, 1 within .495, the closest
    .482 apart; most of the 11 are pairs of East Asian faces, which this engine tells apart worse.
    What is beyond nine tenths of the line is therefore looked at by a person
    (`kyc.decision.rules.Rules.certain_face_share`). Pairs that share a photograph are not
    independent, so any interval from their number flatters.

    Blur drives the faces of one person apart and hardly brings strangers together: with one
    photograph of each of 1018 pairs of strangers blurred by up to a twelfth of the face's width,
    or shrunk to a face of 18 px, none lay within .55. Of pairs of one person median detail .0031
    still has all within .60, .0014 has 84 %; the limit lies between.
    """

    match_distance: float
    unclear_distance: float
    false_matches: int
    impostor_pairs: int
    min_detail: float = 0.0025

    @property
    def false_match_rate(self) -> str:
        """The rate in words that do not claim more than the data hold.

        No mistake among n pairs says that the rate is below 3/n, with 95 % confidence.

        References
        ----------
        Hanley, Lippman-Hand: "If nothing goes wrong, is everything all right?", JAMA 249 (1983),
        doi:10.1001/jama.1983.03330370053031.

        Examples
        --------
        >>> MatchPolicy(0.55, 0.6, false_matches=0, impostor_pairs=759).false_match_rate
        '< 3/759'
        >>> MatchPolicy(0.6, 0.6, false_matches=1, impostor_pairs=759).false_match_rate
        '1/759'
        """
        if self.false_matches == 0:
            return f"< 3/{self.impostor_pairs}"
        return f"{self.false_matches}/{self.impostor_pairs}"

    def outcome_of(self, distance: float, *, detail: float = float("inf")) -> Outcome:
        """The answer that belongs to a distance, given the detail of the poorer picture.

        Examples
        --------
        >>> [str(DEFAULT_POLICY.outcome_of(d)) for d in (0.3, 0.55, 0.58, 0.61)]
        ['match', 'match', 'unclear', 'no_match']
        >>> str(DEFAULT_POLICY.outcome_of(0.61, detail=0.001))
        'unclear'
        """
        if distance <= self.match_distance:
            return Outcome.MATCH
        if distance <= self.unclear_distance or detail < self.min_detail:
            return Outcome.UNCLEAR
        return Outcome.NO_MATCH


def policy_of(calibration: Calibration) -> MatchPolicy:
    """The lines of a calibrated engine."""
    return MatchPolicy(
        match_distance=calibration.match_distance,
        unclear_distance=calibration.unclear_distance,
        false_matches=calibration.false_matches,
        impostor_pairs=calibration.impostor_pairs,
    )


DEFAULT_POLICY = policy_of(shipped_calibration("dlib"))


@dataclass(frozen=True, slots=True, eq=False)
class FaceComparison:
    """One comparison of a document's face with a selfie's.

    Attributes
    ----------
    outcome : Outcome
    distance : float or None
        Euclidean distance of the two descriptors: 0 is the same picture, strangers are about .6…1.2
        apart. None when there were not two faces to compare.
    threshold : float
        The largest distance that is a match.
    false_match_rate : str
        How often strangers are taken for one person at that threshold, with the size of the data.
    document_face, selfie_face : DetectedFace or None
        The faces that were compared.
    selfie_face_count : int
        Faces on the selfie that count as people.
    document_detail, selfie_detail : float or None
        As `embed.detail_of`; below the policy's limit a "no match" becomes "unclear".
    selfie_embedding : ndarray of shape (dimensions,), dtype=float32, or None
        Biometric data: to be stored encrypted or not at all.
    selfie_condition : FaceCondition or None
        What the refusal of a covered, turned, tiny or blurred face rests on.
    meaning : str
        How the distance lies among the measured pairs, in words; empty without a distance.
    engine, engine_version : str
    duration_ms : float
    """

    outcome: Outcome
    distance: float | None
    threshold: float
    false_match_rate: str
    document_face: DetectedFace | None
    selfie_face: DetectedFace | None
    selfie_face_count: int
    engine: str
    engine_version: str
    duration_ms: float
    document_detail: float | None = None
    selfie_detail: float | None = None
    selfie_embedding: Embedding | None = field(default=None, repr=False)
    selfie_condition: FaceCondition | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    pixels: Pixels
    face: DetectedFace | None


@dataclass(frozen=True, slots=True, eq=False)
class _Finding:
    outcome: Outcome
    distance: float | None = None
    document: FaceDescription | None = None
    selfie: FaceDescription | None = None
    condition: FaceCondition | None = None


def compare_faces(
    document_pixels: Pixels,
    selfie_pixels: Pixels,
    *,
    policy: MatchPolicy | None = None,
    engine: FaceEngine = DLIB,
) -> FaceComparison:
    """Compare the portrait on a document with a selfie.

    1. Find the surest face on the document, however small and whichever way up it lies.
    2. Find the faces on the selfie; two people are refused, because either could be the one.
    3. Describe the selfie's face; when it is tiny, blurred, turned or covered, it is refused.
    4. Describe the document's face and measure the distance.

    Parameters
    ----------
    document_pixels, selfie_pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR. The document may itself be a portrait.
    policy : MatchPolicy, optional
        The lines of the engine's calibration if left out.
    engine : FaceEngine
        Which network describes the faces.

    Returns
    -------
    FaceComparison

    Raises
    ------
    WeightsUnavailable
        When a model file is missing or damaged: there is no answer without them.
    CalibrationRefused
        When the engine has no calibration: its distances mean nothing then.
    """
    started = time.perf_counter()
    calibration = calibration_of(engine)
    policy = policy or policy_of(calibration)
    document = _Seen(document_pixels, next(iter(detect_faces(document_pixels, is_card=True)), None))
    people = people_among(detect_faces(selfie_pixels))
    selfie = _Seen(selfie_pixels, next(iter(people), None))
    finding = _found(document, selfie, len(people), policy, engine)
    distance = finding.distance
    return FaceComparison(
        outcome=finding.outcome,
        distance=distance,
        threshold=policy.match_distance,
        false_match_rate=policy.false_match_rate,
        document_face=document.face,
        selfie_face=selfie.face,
        selfie_face_count=len(people),
        engine=engine.label,
        engine_version=engine_version(engine),
        duration_ms=(time.perf_counter() - started) * 1000,
        document_detail=finding.document.detail if finding.document else None,
        selfie_detail=finding.selfie.detail if finding.selfie else None,
        selfie_embedding=finding.selfie.embedding if finding.selfie else None,
        selfie_condition=finding.condition,
        meaning="" if distance is None else calibration.meaning_of(distance).words,
    )


def people_among(faces: tuple[DetectedFace, ...]) -> tuple[DetectedFace, ...]:
    """The faces that count as people before the camera, the surest first.

    A further face counts when it is at least three tenths as wide as the widest, and either both
    models see it or one is sure: a flag scored .69 with one model on the labelled photographs.
    """
    sure = [face for face in faces if len(face.models) > 1 or face.score >= SECOND_FACE_SCORE]
    widest = max((face.width for face in sure), default=0.0)
    people = tuple(face for face in sure if face.width >= SECOND_FACE_SHARE * widest)
    return people or faces[:1]


def _found(
    document: _Seen, selfie: _Seen, people: int, policy: MatchPolicy, engine: FaceEngine
) -> _Finding:
    if document.face is None:
        return _Finding(Outcome.NO_FACE_DOCUMENT)
    if selfie.face is None:
        return _Finding(Outcome.NO_FACE_SELFIE)
    if people > 1:
        return _Finding(Outcome.SEVERAL_FACES_SELFIE)
    described = describe_face(selfie.pixels, selfie.face, engine=engine)
    condition = examine_face(selfie.pixels, selfie.face, detail=described.detail)
    refusal = refusal_of(condition)
    if refusal is not None:
        # Its embedding is left out: a covered face is nothing to recognise somebody by later.
        return _Finding(Outcome(refusal.value), condition=condition)
    portrait = describe_face(document.pixels, document.face, engine=engine)
    distance = float(np.linalg.norm(portrait.embedding - described.embedding))
    outcome = policy.outcome_of(distance, detail=min(portrait.detail, described.detail))
    return _Finding(outcome, distance, portrait, described, condition)
