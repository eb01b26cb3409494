"""The same portrait with glasses, with a beard, or of somebody with darker skin."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.expressions import eye_outlines, mouth_outline
from kyc.vision.face_mesh import FACE_POINT_COUNT

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

# A frame's lens over the eye it is before: width and height in widths of the eye.
_LENS = (1.75, 1.25)
_RIM_BGR = (38, 34, 32)
_LENS_TINT = 0.06
# Lower face: under the nose, along the jaw from ear to ear, and back.
_NOSE_BASE = 164
_JAW = (93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323)
_MOUSTACHE_SIDES = (205, 425)
_BEARD_BGR = np.array([34, 40, 48], np.float32)
_BEARD_COVER = 0.75
# Reflectance of darker skin over fair skin by channel, about Fitzpatrick type VI over II.
_DARK_BGR = np.array([0.36, 0.42, 0.5], np.float32)
# Skin in YCrCb (Chai and Ngan, "Face segmentation using skin-color map", IEEE Transactions on
# Circuits and Systems for Video Technology 9, 1999): Cr 133-173, Cb 77-127.
_SKIN_LOW, _SKIN_HIGH = (0, 133, 77), (255, 173, 127)


def put_on_glasses(portrait: Image, points: Points, rng: np.random.Generator) -> Image:
    """The portrait with glasses: two rims, a bridge, temples, and a window's light on the lenses.

    Parameters
    ----------
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    points : ndarray of shape (478, 3)
        FaceMesh points of the face in it, in pixels.
    rng : numpy.random.Generator
        Draws the rims' thickness and the place of the light.
    """
    eyes = eye_outlines(points)
    width_px = float(np.mean([np.ptp(eye[:, 0]) for eye in eyes]))
    thickness = max(1, round(width_px * rng.uniform(0.05, 0.13)))
    glint = rng.uniform(0.1, 0.35), rng.uniform(0.1, 0.3)
    worn = portrait.copy()
    middles = [eye.mean(axis=0) for eye in eyes]
    for middle in middles:
        _put_lens(worn, middle, width_px, thickness, glint)
    half = np.array([_LENS[0] * width_px / 2, 0.0])
    ends = sorted((tuple(middle) for middle in middles), key=lambda middle: middle[0])
    pieces = [
        (ends[0] + half, ends[1] - half),
        (ends[0] - half, points[127, :2]),
        (ends[1] + half, points[356, :2]),
    ]
    for start, stop in pieces:
        cv2.line(worn, _pixel(start), _pixel(stop), _RIM_BGR, thickness, cv2.LINE_AA)
    return worn


def grow_beard(portrait: Image, points: Points, rng: np.random.Generator) -> Image:
    """The portrait with a full beard, the lips left free."""
    mask = np.zeros(portrait.shape[:2], np.uint8)
    face_px = float(np.linalg.norm(points[454, :2] - points[234, :2]))
    outline = points[[*_JAW, _MOUSTACHE_SIDES[1], _NOSE_BASE, _MOUSTACHE_SIDES[0]], :2]
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
    lips = np.zeros_like(mask)
    cv2.fillPoly(lips, [np.round(mouth_outline(points)).astype(np.int32)], 255)
    reach = 2 * round(0.05 * face_px) + 1
    mask[cv2.dilate(lips, np.ones((reach, reach), np.uint8)) > 0] = 0
    soft = cv2.GaussianBlur(mask, (0, 0), 0.025 * face_px).astype(np.float32)[..., None] / 255
    hairs = cv2.GaussianBlur(rng.normal(0, 60, portrait.shape[:2]).astype(np.float32), (0, 0), 0.8)
    cover = _BEARD_COVER * soft
    bearded = portrait * (1 - cover) + (_BEARD_BGR + hairs[..., None]) * cover
    return np.asarray(np.clip(bearded, 0, 255), np.uint8)


def darken_skin(portrait: Image, points: Points) -> Image:
    """The portrait of somebody with much darker skin; eyes and mouth keep their white."""
    tones = cv2.cvtColor(portrait, cv2.COLOR_BGR2YCrCb)
    mask = cv2.inRange(tones, _SKIN_LOW, _SKIN_HIGH)
    hull = cv2.convexHull(np.round(points[:FACE_POINT_COUNT, :2]).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 255)
    for outline in eye_outlines(points):
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 0)
    face_px = float(np.linalg.norm(points[454, :2] - points[234, :2]))
    soft = cv2.GaussianBlur(mask, (0, 0), 0.015 * face_px).astype(np.float32)[..., None] / 255
    return np.asarray(np.round(portrait * (1 - soft * (1 - _DARK_BGR))), np.uint8)


def _put_lens(
    worn: Image, middle: Points, width_px: float, thickness: int, glint: tuple[float, float]
) -> None:
    half = np.array(_LENS) * width_px / 2
    low, high = _pixel(middle - half), _pixel(middle + half)
    lens = worn[max(0, low[1]) : high[1], max(0, low[0]) : high[0]]
    lens[:] = np.clip(lens * (1 - _LENS_TINT), 0, 255).astype(np.uint8)
    _reflect(lens, glint)
    cv2.rectangle(worn, low, high, _RIM_BGR, thickness, cv2.LINE_AA)


def _reflect(lens: Image, glint: tuple[float, float]) -> None:
    """A bright slanted bar: what a lens shows of a window."""
    height, width = lens.shape[:2]
    across = np.arange(width)[None, :] / width + 0.3 * np.arange(height)[:, None] / height
    place, strength = glint
    bar = np.exp(-(((across - place) / 0.06) ** 2))[..., None] * strength
    lens[:] = (lens * (1 - bar) + 235 * bar).astype(np.uint8)


def _pixel(place: Points) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))
