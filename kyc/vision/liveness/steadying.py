"""Small pictures moved onto each other, as if the camera had not shaken."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.liveness.observation import Observation, with_one_face

# From here a camera shakes: steady ones read up to .007, one that shakes by 2 % of its picture from
# frame to frame .04-.10.
SHAKING = 0.02

# Large enough to tell by how much of a pixel a camera shook.
_PICTURE_SIZE = (96, 72)
_ROUNDS = 2
_ECC_STEPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 1e-3)
_ECC_BLUR_PX = 3
# What a shift brings in from outside of the picture is no part of it.
_BORDER_PX = 8


def shaking_of(seen: Sequence[Observation]) -> float:
    """How unevenly the face moves through the picture.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.

    Returns
    -------
    float
        Median over frames of how much the step of the face's middle differs from the step before
        it, in widths of the face; 0 with fewer than three frames that show one face.
    """
    faces = [face for _, face in with_one_face(seen)]
    middles = np.array([face.points[:, :2].mean(axis=0) for face in faces]).reshape(-1, 2)
    turns = np.diff(middles, n=2, axis=0)
    if not len(turns):
        return 0.0
    width_px = float(np.median([face.width_px for face in faces]))
    return float(np.median(np.linalg.norm(turns, axis=1))) / max(width_px, 1.0)


def steadied(seen: Sequence[Observation]) -> NDArray[np.float32]:
    """The frames' pictures, each moved to where the median of all lies.

    Parameters
    ----------
    seen : sequence of Observation
        At least one.

    Returns
    -------
    ndarray of shape (n, 56, 80), dtype=float32
        Grey levels, 0-255, without the border that shifts leave empty.

    References
    ----------
    Evangelidis and Psarakis, "Parametric Image Alignment Using Enhanced Correlation Coefficient
    Maximization", IEEE TPAMI 30 (10), 2008.
    """
    pictures = np.array([_small(one) for one in seen])
    shifts = [np.eye(2, 3, dtype=np.float32)] * len(pictures)
    moved = pictures
    for _ in range(_ROUNDS):
        reference = np.median(moved, axis=0).astype(np.float32)
        shifts = [
            _shift_onto(reference, picture, shift)
            for picture, shift in zip(pictures, shifts, strict=True)
        ]
        moved = np.array(
            [_moved(picture, shift) for picture, shift in zip(pictures, shifts, strict=True)]
        )
    return moved[:, _BORDER_PX:-_BORDER_PX, _BORDER_PX:-_BORDER_PX]


def _small(one: Observation) -> NDArray[np.float32]:
    grey = cv2.cvtColor(one.pixels, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, _PICTURE_SIZE, interpolation=cv2.INTER_AREA), np.float32)


def _shift_onto(
    reference: NDArray[np.float32], picture: NDArray[np.float32], start: NDArray[np.float32]
) -> NDArray[np.float32]:
    try:
        _, shift = cv2.findTransformECC(
            reference,
            picture,
            start.copy(),
            cv2.MOTION_TRANSLATION,
            _ECC_STEPS,
            None,
            _ECC_BLUR_PX,
        )
    except cv2.error:
        return start  # nothing in common, or nothing to see
    return np.asarray(shift, np.float32)


def _moved(picture: NDArray[np.float32], shift: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = picture.shape
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(
            picture, shift, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
        np.float32,
    )
