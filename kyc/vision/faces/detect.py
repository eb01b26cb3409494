"""Faces in a picture: where they are, how sure, and how far they are turned.

MediaPipe's two detectors look at the whole picture shrunk to 128 and 192 pixels. A selfie fills
that; the portrait on a card does not, so a card is also looked at in enlarged tiles, and a picture
in which nobody stands upright is looked at from its four sides.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

LONG_SIDE_PX = 1280
# MediaPipe's short-range model is made for 2 m, the full-range one for 5 m; each finds faces that
# the other misses (one of 45 labelled photographs each).
MODELS = ("short", "full")
# Below it are shadows and flags: the one bogus box on the 45 photographs scores .69.
MIN_SCORE = 0.5
# Surer than this, the picture stands upright: faces on cards lying on their side scored up to .76
# from a wrong side (96 rendered photographs), 44 of 45 labelled photographs score more.
CONFIDENT_SCORE = 0.85
# Just over the 45 degrees at which two sides of the picture see a face equally tilted: with 40, one
# of 16 cards lying at 45 degrees and two of 8 at 135 were taken from a wrong side, with 50 none.
MAX_UPRIGHT_ROLL_DEG = 50.0
# So much surer another side has to be: two of 400 small portraits, men with a moustache, scored .83
# upright and .84 upside down. With it those two of 634 photographs come right; turned by 90, 180
# and 270 degrees, 12 are taken from a wrong side instead of 11 (with .03 15).
UPRIGHT_BONUS = 0.01
# A close-up shows this many face widths on each side of the middle, as a selfie does.
CLOSE_UP_REACH = 1.6
CLOSE_UP_PX = 384
# A close-up is believed unless it is clearly less sure than the first look.
CLOSE_UP_LOSS = 0.2


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles of a part of the sides, half overlapping: who is on a border is in another's middle."""

    share: float
    steps: tuple[float, ...]


HALVES = Tiling(0.5, (0.0, 0.25, 0.5))
# Of 45 black-and-white portraits of 120 px on a card 43 are found with these too, 33 without.
THIRDS = Tiling(0.3, (0.0, 0.175, 0.35, 0.525, 0.7))


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """One face, in pixels of the picture that was handed in.

    Attributes
    ----------
    x, y, width, height : float
        Square from the eyebrows to the chin; may reach over the border of the picture.
    score : float
        0.5…1; how sure the surest model is.
    landmarks : ndarray of shape (6, 2), dtype=float64
        The person's right eye, left eye, nose tip, mouth, right and left ear: x, y.
    rotation_deg : float
        −180…180, clockwise: how far the head is turned in the plane of the picture. 0 is upright,
        90 is a picture lying on its right side.
    models : frozenset of str
        Which of "short" and "full" found it.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: Points
    rotation_deg: float
    models: frozenset[str]

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the square."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Whole pixels: x, y, width, height."""
        return round(self.x), round(self.y), round(self.width), round(self.height)


def detect_faces(pixels: Pixels, *, is_card: bool = False) -> tuple[DetectedFace, ...]:
    """Every face found, the surest first.

    1. Shrink to at most 1280 pixels.
    2. Look at the whole picture with both models, on a card also at nine tiles of half its side.
    3. When nobody stands upright, do the same for the picture turned by 90, 180 and 270 degrees and
       keep the side from which the surest upright face is seen.
    4. Still nobody: the tiles as well, on a card smaller ones.

    The surest is the one to take, not the largest: every miss on one subject of the labelled
    photographs was a larger box with no face in it.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    is_card : bool
        Whether to expect a small portrait on a document.

    Returns
    -------
    tuple of DetectedFace
        Empty when there is none.

    Notes
    -----
    5 ms for a selfie, 40 ms for a card, 30 and 160 ms when it lies on its side (two cores).
    """
    scale = min(1.0, LONG_SIDE_PX / max(pixels.shape[:2]))
    small = pixels
    if scale < 1:
        small = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    tilings = (HALVES, THIRDS) if is_card else (None, HALVES)
    faces = next(filter(None, (_from_best_side(small, tiling) for tiling in tilings)), [])
    found = [_scaled(face, 1 / scale) for face in faces]
    if found and is_card:
        found = _merged([_looked_at_closely(pixels, found[0]), *found[1:]])
    return tuple(found)


def _looked_at_closely(pixels: Pixels, face: DetectedFace) -> DetectedFace:
    """The same face as seen in an upright enlargement of its surroundings.

    A portrait of 60 px in the shrunk picture gives a box and eyes that are off by a tenth, and a
    misplaced box is what the descriptor forgives least.
    """
    half = CLOSE_UP_REACH * face.width
    to_close_up = cv2.getRotationMatrix2D(face.centre, face.rotation_deg, CLOSE_UP_PX / (2 * half))
    to_close_up[:, 2] += CLOSE_UP_PX / 2 - np.array(face.centre)
    close_up = cv2.warpAffine(
        pixels, to_close_up, (CLOSE_UP_PX, CLOSE_UP_PX), borderMode=cv2.BORDER_REPLICATE
    )
    middle = CLOSE_UP_PX / 2
    near = [
        seen
        for seen in _look(np.asarray(close_up, np.uint8), None)
        if np.hypot(seen.centre[0] - middle, seen.centre[1] - middle) < middle / CLOSE_UP_REACH
    ]
    if not near or near[0].score < face.score - CLOSE_UP_LOSS:
        return face
    return _back_from(near[0], to_close_up, face)


def _back_from(seen: DetectedFace, to_close_up: Points, face: DetectedFace) -> DetectedFace:
    """A face of the close-up in pixels of the picture it was taken from."""
    back = cv2.invertAffineTransform(to_close_up)
    centre = back @ (*seen.centre, 1.0)
    zoom = float(np.hypot(to_close_up[0, 0], to_close_up[0, 1]))
    width, height = seen.width / zoom, seen.height / zoom
    return DetectedFace(
        x=float(centre[0] - width / 2),
        y=float(centre[1] - height / 2),
        width=width,
        height=height,
        score=seen.score,
        landmarks=seen.landmarks @ back[:, :2].T + back[:, 2],
        rotation_deg=_wrapped(seen.rotation_deg + face.rotation_deg),
        models=seen.models | face.models,
    )


def _from_best_side(picture: Pixels, tiling: Tiling | None) -> list[DetectedFace]:
    upright = _look(picture, tiling)
    if _upright_score(upright) >= CONFIDENT_SCORE:
        return upright
    sides = [upright]
    for quarters in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(picture, quarters))
        found = _look(turned, tiling)
        sides.append([_turned_back(face, quarters, picture.shape) for face in found])
    # Judged before turning back: each side counts only faces that stand upright on it.
    scores = [
        _upright_score([replace(face, rotation_deg=_wrapped(face.rotation_deg - 90 * quarters))
                        for face in side])
        for quarters, side in enumerate(sides)
    ]  # fmt: skip
    if scores[0] > 0:
        scores[0] += UPRIGHT_BONUS
    return sides[int(np.argmax(scores))] if max(scores) > 0 else []


def _upright_score(faces: list[DetectedFace]) -> float:
    scores = [face.score for face in faces if abs(face.rotation_deg) <= MAX_UPRIGHT_ROLL_DEG]
    return max(scores, default=0.0)


def _look(picture: Pixels, tiling: Tiling | None) -> list[DetectedFace]:
    """Faces as both models see them, each once, the surest first."""
    found = list(_seen(picture, 0, 0))
    for x, y, tile in _tiles(picture, tiling) if tiling else ():
        found.extend(_seen(tile, x, y))
    return _merged(found)


def _tiles(picture: Pixels, tiling: Tiling) -> Iterator[tuple[int, int, Pixels]]:
    height, width = picture.shape[:2]
    for top in tiling.steps:
        for left in tiling.steps:
            x, y = round(left * width), round(top * height)
            tile = picture[
                y : y + round(tiling.share * height), x : x + round(tiling.share * width)
            ]
            yield x, y, np.ascontiguousarray(tile)


def _seen(picture: Pixels, x: int, y: int) -> Iterator[DetectedFace]:
    """Faces in a part of the picture that begins at x, y."""
    height, width = picture.shape[:2]
    rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    for model in MODELS:
        for detection in _detect(model, rgb):
            place = detection.location_data.relative_bounding_box
            points = np.array(
                [(p.x * width + x, p.y * height + y)
                 for p in detection.location_data.relative_keypoints]
            )  # fmt: skip
            eyes = points[1] - points[0]
            yield DetectedFace(
                x=place.xmin * width + x,
                y=place.ymin * height + y,
                width=place.width * width,
                height=place.height * height,
                score=float(detection.score[0]),
                landmarks=points,
                rotation_deg=float(np.degrees(np.arctan2(eyes[1], eyes[0]))),
                models=frozenset({model}),
            )


_graphs_lock = threading.Lock()


def _detect(model: str, rgb: Pixels) -> Iterable[Any]:
    # A MediaPipe graph takes one picture at a time.
    with _graphs_lock:
        return _graph(model).process(rgb).detections or ()


@lru_cache(maxsize=2)
def _graph(model: str) -> Any:
    # 1.5 s of imports that a process without pictures never needs.
    from mediapipe.python.solutions.face_detection import FaceDetection  # noqa: PLC0415

    return FaceDetection(min_detection_confidence=MIN_SCORE, model_selection=MODELS.index(model))


def _merged(faces: list[DetectedFace]) -> list[DetectedFace]:
    """One entry per face: the surest box, and the models that agree on it."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda each: -each.score):
        same = next((i for i, other in enumerate(kept) if _is_same(face, other)), None)
        if same is None:
            kept.append(face)
        else:
            kept[same] = replace(kept[same], models=kept[same].models | face.models)
    return kept


def _is_same(face: DetectedFace, other: DetectedFace) -> bool:
    """Whether two boxes are of one face: near, and not twice the size."""
    (x, y), (other_x, other_y) = face.centre, other.centre
    small, large = sorted((face.width, other.width))
    return float(np.hypot(x - other_x, y - other_y)) < 0.5 * large and large < 2.2 * small


def _turned_back(face: DetectedFace, quarters: int, shape: tuple[int, ...]) -> DetectedFace:
    """The face in the picture as it was before `numpy.rot90(picture, quarters)`."""
    height, width = shape[:2]
    centre = np.array([face.centre])
    points, middle = (_points_back(each, quarters, height, width)
                      for each in (face.landmarks, centre))  # fmt: skip
    wide, high = (face.height, face.width) if quarters % 2 else (face.width, face.height)
    return replace(
        face,
        x=float(middle[0, 0] - wide / 2),
        y=float(middle[0, 1] - high / 2),
        width=wide,
        height=high,
        landmarks=points,
        # rot90 turns anticlockwise, so what is upright now was turned clockwise before.
        rotation_deg=_wrapped(face.rotation_deg + 90 * quarters),
    )


def _points_back(points: Points, quarters: int, height: int, width: int) -> Points:
    x, y = points[:, 0], points[:, 1]
    if quarters == 1:
        return np.column_stack([width - y, x])
    if quarters == 2:
        return np.column_stack([width - x, height - y])
    return np.column_stack([y, height - x])


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180) % 360 - 180


def _scaled(face: DetectedFace, factor: float) -> DetectedFace:
    return replace(
        face,
        x=face.x * factor,
        y=face.y * factor,
        width=face.width * factor,
        height=face.height * factor,
        landmarks=face.landmarks * factor,
    )
