"""The faces of a liveness video as a describer sees them, each described once."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import Embedding, FaceDescription, describe_face
from kyc.vision.faces.match import DEFAULT_POLICY
from kyc.vision.liveness.observation import Observation
from kyc.vision.weights import require

Pixels = NDArray[np.uint8]
Describe = Callable[[Pixels], FaceDescription | None]

# By how much a picture is tilted to be looked at again.
_TILTS_DEG = (4.0, -4.0)


def face_describer() -> Describe:
    """The descriptor of the surest face of a picture, None without a face.

    Raises
    ------
    WeightsUnavailable
        When the model files are missing or damaged.
    """
    require("face-descriptor", "face-landmarks")
    return _describe


def _describe(pixels: Pixels) -> FaceDescription | None:
    faces = detect_faces(pixels)
    return describe_face(pixels, faces[0]) if faces else None


class Album:
    """What a describer says of the frames of one video.

    Parameters
    ----------
    describe : Describe
        From `face_describer`; 60-100 ms a frame.
    limit : float
        Up to it (inclusive) two faces are of one person.
    """

    def __init__(self, describe: Describe, limit: float) -> None:
        self._describe = describe
        self._limit = limit
        self._known: dict[int, Embedding | None] = {}

    def holds(self, one: Observation) -> bool:
        """Whether a frame has been described."""
        return one.index in self._known

    def face_of(self, one: Observation) -> Embedding | None:
        """The face of a frame; None where it is not clear enough to be compared."""
        if not self.holds(one):
            self._known[one.index] = self._clear(one.pixels)
        return self._known[one.index]

    def shows(self, one: Observation, person: Embedding) -> bool:
        """Whether a frame clearly shows a person."""
        face = self.face_of(one)
        return face is not None and _apart(face, person) <= self._limit

    def distance_of(self, one: Observation, person: Embedding) -> float:
        """How far a clear frame lies from a person, at the best of four looks if it is too far.

        Now and then an eye is taken for a brow, and the face is cut out askew: one person of twelve
        lay up to .78 from themselves in single frames, and .09-.15 when the frame was tilted a
        little.
        """
        face = self.face_of(one)
        distance = np.inf if face is None else _apart(face, person)
        if distance <= self._limit:
            return distance
        seen_again = [self._clear(picture) for picture in _variants(one.pixels)]
        others = [_apart(face, person) for face in seen_again if face is not None]
        return min([distance, *others])

    def _clear(self, picture: Pixels) -> Embedding | None:
        found = self._describe(picture)
        is_clear = found is not None and found.detail >= DEFAULT_POLICY.min_detail
        return found.embedding if found is not None and is_clear else None


def _apart(one: Embedding, other: Embedding) -> float:
    return float(np.linalg.norm(one - other))


def _variants(picture: Pixels) -> list[Pixels]:
    height, width = picture.shape[:2]
    tilts = [cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1) for tilt in _TILTS_DEG]
    return [
        np.ascontiguousarray(picture[:, ::-1]),
        *(np.asarray(cv2.warpAffine(picture, tilt, (width, height)), np.uint8) for tilt in tilts),
    ]
