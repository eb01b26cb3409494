"""How strongly eyes and mouth stand out of a face, whatever its light and complexion.

Lids, lashes, iris and lips are edges that run across the face. Dark glasses, hair, a hand or a mask
over them leave few such edges, and hair runs down instead of across. So the vertical gradient of
lightness is averaged over a levelled patch around the feature, relative to the cheek beside it, and
counts for less where the gradient along the face is the stronger one.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Light = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

# Numbers in MediaPipe's canonical face, each eye from corner to corner in the picture's direction.
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
# Cheeks well below the eyes: large glasses do not reach there. One side each, because half of a
# face may lie in the shadow of the other half.
_RIGHT_CHEEK, _LEFT_CHEEK = (50, 205, 187, 36), (280, 425, 411, 266)
_MOUTH = (61, 291)
# What a mask leaves free: upper cheeks and the bridge of the nose.
_UPPER_FACE = (50, 280, 195, 6)
# Skin is sampled in discs of this share of the face's width.
SKIN_RADIUS = 0.03
# The darkest skin that is still photographed as more than noise, of 255.
MIN_SKIN_LIGHT = 20.0
PATCH_SIZE_PX = (48, 32)
# An eye fills two thirds of its patch, so brow and lower lid are in it; a mouth three quarters.
EYE_PX, MOUTH_PX = 32.0, 36.0


def eye_structure(light: Light, points: Points) -> tuple[float, float]:
    """Mean vertical gradient around the right and the left eye, over the skin's lightness.

    Parameters
    ----------
    light : ndarray of shape (height, width), dtype=float32
        Lightness 0–255 of an upright face.
    points : ndarray of shape (478, 3), dtype=float64
        Of the mesh, in pixels of `light`.

    Returns
    -------
    tuple of float
        0 for an even surface; .16…0.4 for eyes that can be seen.
    """
    right = _structure(light, points, _RIGHT_EYE, EYE_PX, _RIGHT_CHEEK)
    left = _structure(light, points, _LEFT_EYE, EYE_PX, _LEFT_CHEEK)
    return right, left


def mouth_structure(light: Light, points: Points) -> float:
    """The same of the mouth; .18…0.5 for one that can be seen."""
    return _structure(light, points, _MOUTH, MOUTH_PX, _UPPER_FACE)


def _structure(
    light: Light, points: Points, ends: tuple[int, int], span_px: float, skin: tuple[int, ...]
) -> float:
    patch = _levelled(light, points[ends[0], :2], points[ends[1], :2], span_px)
    across = float(np.abs(cv2.Sobel(patch, cv2.CV_32F, 0, 1)).mean())
    along = float(np.abs(cv2.Sobel(patch, cv2.CV_32F, 1, 0)).mean())
    edges = across * min(1.0, across / along) if along else across
    return edges / max(_skin_light(light, points, skin), MIN_SKIN_LIGHT)


def _levelled(light: Light, left: Points, right: Points, span_px: float) -> Light:
    """The surroundings of two points, turned and scaled so that they lie level, `span_px` apart."""
    along = right - left
    width = max(float(np.hypot(*along)), 1.0)
    middle = (left + right) / 2
    angle_deg = float(np.degrees(np.arctan2(along[1], along[0])))
    matrix = cv2.getRotationMatrix2D(tuple(map(float, middle)), angle_deg, span_px / width)
    matrix[:, 2] += np.array(PATCH_SIZE_PX) / 2 - middle
    patch = cv2.warpAffine(
        light, matrix, PATCH_SIZE_PX, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(patch, np.float32)


def _skin_light(light: Light, points: Points, places: tuple[int, ...]) -> float:
    face_width = float(np.linalg.norm(points[454, :2] - points[234, :2]))
    mask = np.zeros(light.shape, np.uint8)
    for place in places:
        x, y = points[place, :2]
        cv2.circle(mask, (round(x), round(y)), max(2, round(SKIN_RADIUS * face_width)), 1, -1)
    skin = light[mask > 0]
    return float(np.median(skin)) if skin.size else MIN_SKIN_LIGHT
