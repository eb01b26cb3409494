"""A face laid on ArcFace's template, as SFace and ArcFace were trained on it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.faces.detect import DetectedFace

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

TEMPLATE_PX = 112
# InsightFace, python-package/insightface/utils/face_align.py, `arcface_dst`: the eyes, the tip of
# the nose, the corners of the mouth. The detector gives one point of the mouth, its middle.
TEMPLATE: Points = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        ((41.5493 + 70.7299) / 2, (92.3655 + 92.2041) / 2),
    ]
)


def on_template(pixels: Pixels, face: DetectedFace) -> Pixels:
    """The face with eyes, nose and mouth as near to the template as a similarity brings them.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, the picture in which `face` was detected.
    face : DetectedFace

    Returns
    -------
    ndarray of shape (112, 112, 3), dtype=uint8
        BGR.
    """
    matrix = similarity(face.landmarks[:4], TEMPLATE)
    warped = cv2.warpAffine(
        pixels, matrix, (TEMPLATE_PX, TEMPLATE_PX), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def similarity(source: Points, target: Points) -> Points:
    """Turn, scale and shift that bring points nearest to others, in the sense of least squares.

    A point of the plane is a complex number, a turn with a scale a product: a line is fitted.

    Parameters
    ----------
    source, target : ndarray of shape (points, 2), dtype=float64
        Not all of `source` in one place.

    Returns
    -------
    ndarray of shape (2, 3), dtype=float64
        As `cv2.warpAffine` takes it.

    Examples
    --------
    >>> square = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    >>> turned = similarity(square, 2 * square[[1, 2, 3, 0]])
    >>> (turned @ (0.5, 0.5, 1.0)).round(6).tolist()
    [1.0, 1.0]
    """
    start, end = (points @ np.array((1, 1j)) for points in (source, target))
    centred = start - start.mean()
    turn = np.vdot(centred, end) / np.vdot(centred, centred)
    shift = end.mean() - turn * start.mean()
    return np.array([(turn.real, -turn.imag, shift.real), (turn.imag, turn.real, shift.imag)])
