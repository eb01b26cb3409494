"""Second faces that are none: a tree in a painting, a pattern on a curtain.

FaceMesh looks for two faces, or it would silently pick one of two people; and having looked it now
and then follows a patch of background for a whole video. The detectors do not see it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import MeshFace
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.video import Frame

Faces = tuple[MeshFace, ...]
Place = NDArray[np.float64]

# Frames that the detectors look at, evenly out of those with two faces; 5-30 ms each.
_MAX_LOOKS = 12
# So many of them with two faces are two people: one may be a mistake of the detectors.
_MIN_CONFIRMED = 2
# The bogus boxes on a painting and on 45 photographs score .5-.69, filmed and rendered faces .84
# and more.
_MIN_SCORE = 0.7
# A detected face is that of a mesh when it lies within this many widths of it.
_REACH = 0.6


def without_mirages(frames: Sequence[Frame], found: Sequence[Faces]) -> list[Faces]:
    """The faces of each frame, without those that the detectors never see.

    Parameters
    ----------
    frames : sequence of Frame
        The video.
    found : sequence of tuple of MeshFace
        What FaceMesh finds in each of them, at most two.

    Returns
    -------
    list of tuple of MeshFace
        As given when the detectors see two faces as well, or none; else one for each frame, that
        which they see.
    """
    crowded = [number for number, faces in enumerate(found) if len(faces) > 1]
    if not crowded:
        return list(found)
    places = np.linspace(0, len(crowded) - 1, min(_MAX_LOOKS, len(crowded))).round().astype(int)
    looks = [_confirmed(frames[number], found[number]) for number in (crowded[n] for n in places)]
    if sum(len(real) > 1 for real in looks) >= min(_MIN_CONFIRMED, len(looks)):
        return list(found)
    known = [_middle(face) for real in looks for face in real[:1]]
    if not known:
        return list(found)
    where = np.median(known, axis=0)
    return [_nearest(faces, where) if len(faces) > 1 else faces for faces in found]


def _confirmed(frame: Frame, faces: Faces) -> list[MeshFace]:
    detected = [one for one in detect_faces(frame.pixels) if one.score >= _MIN_SCORE]
    return [face for face in faces if any(_is_at(face, one) for one in detected)]


def _is_at(face: MeshFace, detected: DetectedFace) -> bool:
    away = np.linalg.norm(_middle(face) - np.array(detected.centre))
    return bool(away < _REACH * face.box[2])


def _middle(face: MeshFace) -> Place:
    left, top, width, height = face.box
    return np.array([left + width / 2, top + height / 2])


def _nearest(faces: Faces, where: Place) -> Faces:
    return (min(faces, key=lambda face: float(np.linalg.norm(_middle(face) - where))),)
