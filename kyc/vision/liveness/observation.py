"""What is measured on each frame of a liveness video, once, for all signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import MeshFace, tracking
from kyc.vision.liveness.mirages import without_mirages
from kyc.vision.video import Frame

Pixels = NDArray[np.uint8]

# Small enough that 120 frames are compared pairwise in milliseconds.
_THUMBNAIL_SIZE = (48, 36)
_LEAST_CONTRAST = 10.0
# Sharpness is compared at one size of the face, or larger faces would always seem softer.
_FACE_SIZE = (160, 200)
# Yaw of somebody who sits a little beside the camera; more is a turned head, not a habit.
_MAX_HABIT_DEG = 12.0
# Skin, not hair or background: so much of the face is left out on every side.
_SKIN_MARGIN = 0.25
_LEAD_MS = 1_000.0
_FRONTAL_DEG = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One frame, measured.

    Attributes
    ----------
    index : int
        `Frame.index`.
    at_ms : float
        Milliseconds since the first frame.
    face_count : int
        0, 1 or 2 (more are not counted).
    face : MeshFace or None
        The face, if there is exactly one.
    brightness : float
        Median grey level of the face, 0-255; 0 without a face.
    sharpness : float
        Variance of the Laplacian over the face at 160 x 200 px; 0 without a face.
    thumbnail : ndarray of shape (36, 48), dtype=float32
        Grey levels of the whole frame, 0-255.
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        The frame itself, BGR, for what is looked at only where there is reason to.
    chroma : tuple of float
        Shares of red and green in the middle of the face, 0-1; 0 without a face.
    """

    index: int
    at_ms: float
    face_count: int
    face: MeshFace | None
    brightness: float
    sharpness: float
    thumbnail: NDArray[np.float32]
    pixels: Pixels
    chroma: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Baseline:
    """How this person looks at rest.

    Attributes
    ----------
    yaw_deg : float
        Looking at the camera, -12...12.
    pitch_deg : float
        The same for the nod.
    eye_openness, mouth_openness, mouth_width, mouth_lift : float
        Eyes open, mouth closed and not smiling, as `MeshFace` measures them.
    """

    yaw_deg: float
    pitch_deg: float
    eye_openness: float
    mouth_openness: float
    mouth_width: float
    mouth_lift: float


def observe(frames: Sequence[Frame]) -> tuple[Observation, ...]:
    """Measurements of all frames, in their order."""
    with tracking() as track:
        found = [track(frame.pixels) for frame in frames]
    real = without_mirages(frames, found)
    return tuple(_observation(frame, faces) for frame, faces in zip(frames, real, strict=True))


def with_one_face(seen: Sequence[Observation]) -> list[tuple[Observation, MeshFace]]:
    """The frames with exactly one face, each with that face."""
    return [(one, one.face) for one in seen if one.face is not None]


def baseline_of(seen: Sequence[Observation]) -> Baseline | None:
    """The person at rest; None if no frame has exactly one face.

    Notes
    -----
    1. Yaw and pitch: median over the first second with a face, yaw bounded by 12 degrees.
    2. Eyes: the 70th percentile over frontal frames, so that a blink does not count.
    3. Mouth: the 30th percentile over frontal frames, so that an open or smiling mouth does not
       count.
    """
    single = with_one_face(seen)
    if not single:
        return None
    first_ms = single[0][0].at_ms
    lead = [face for one, face in single if one.at_ms - first_ms <= _LEAD_MS]
    yaw_deg = float(np.clip(np.median([f.yaw_deg for f in lead]), -_MAX_HABIT_DEG, _MAX_HABIT_DEG))
    faces = [face for _, face in single]
    frontal = [face for face in faces if abs(face.yaw_deg - yaw_deg) < _FRONTAL_DEG] or faces
    return Baseline(
        yaw_deg=yaw_deg,
        pitch_deg=float(np.median([face.pitch_deg for face in lead])),
        eye_openness=float(np.percentile([face.eye_openness for face in frontal], 70)),
        mouth_openness=float(np.percentile([face.mouth_openness for face in frontal], 30)),
        mouth_width=float(np.percentile([face.mouth_width for face in frontal], 30)),
        mouth_lift=float(np.percentile([face.mouth_lift for face in frontal], 30)),
    )


def contrast_of(pictures: Iterable[NDArray[np.float32]]) -> float:
    """How much there is to see: what changes of the picture are large or small against.

    Parameters
    ----------
    pictures : iterable of ndarray, dtype=float32
        One small picture for each frame, grey levels.

    Returns
    -------
    float
        Median over frames of the standard deviation within the picture, grey levels: 50-65 by day,
        20 in a dim room; at least 10, below which noise would be taken for movement.
    """
    deviations = [float(picture.std()) for picture in pictures]
    return max(float(np.median(deviations)), _LEAST_CONTRAST) if deviations else _LEAST_CONTRAST


def _observation(frame: Frame, faces: tuple[MeshFace, ...]) -> Observation:
    face = faces[0] if len(faces) == 1 else None
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY)
    brightness, sharpness = _light_and_focus(grey, face)
    small = cv2.resize(grey, _THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA)
    return Observation(
        index=frame.index,
        at_ms=frame.at_ms,
        face_count=len(faces),
        face=face,
        brightness=brightness,
        sharpness=sharpness,
        thumbnail=small.astype(np.float32),
        pixels=frame.pixels,
        chroma=_chroma(frame.pixels, face),
    )


def _light_and_focus(grey: Pixels, face: MeshFace | None) -> tuple[float, float]:
    if face is None:
        return 0.0, 0.0
    left, top, width, height = (round(value) for value in face.box)
    part = grey[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    if part.size == 0:
        return 0.0, 0.0
    even = cv2.resize(part, _FACE_SIZE, interpolation=cv2.INTER_AREA)
    return float(np.median(part)), float(cv2.Laplacian(even, cv2.CV_64F).var())


def _chroma(pixels: Pixels, face: MeshFace | None) -> tuple[float, float]:
    if face is None:
        return 0.0, 0.0
    left, top, width, height = face.box
    rows = slice(
        max(0, round(top + _SKIN_MARGIN * height)), round(top + (1 - _SKIN_MARGIN) * height)
    )
    columns = slice(
        max(0, round(left + _SKIN_MARGIN * width)), round(left + (1 - _SKIN_MARGIN) * width)
    )
    part = pixels[rows, columns]
    if part.size == 0:
        return 0.0, 0.0
    blue, green, red, _ = cv2.mean(part)
    total = max(blue + green + red, 1.0)
    return red / total, green / total
