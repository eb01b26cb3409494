"""Closing the eyes, opening the mouth and smiling, on a still portrait.

All work on the texture of the head, before it is turned: every output pixel is told from which
pixel of the portrait it comes, column by column between the lines that FaceMesh finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Lines of the MediaPipe face, each from the person's right to the person's left.
_UPPER_LIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133),
    (362, 398, 384, 385, 386, 387, 388, 466, 263),
)
_LOWER_LIDS = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133),
    (362, 382, 381, 380, 374, 373, 390, 249, 263),
)
_UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_CHEEKS = (50, 280)
_CHIN = 152

# How far lashes and lid rims reach beyond the opening of an eye, in widths of the eye.
_LASHES = 0.16
_LASHES_BGR = np.array([36, 40, 52], np.float32)
# A wide-open mouth, as the drop of the lower lip over the width of the mouth.
_WIDE_OPEN = 0.55
_THROAT_BGR = np.array([30, 24, 48], np.float32)
_TEETH_BGR = np.array([165, 190, 205], np.float32)
# How far a broad smile moves the corners of the mouth outwards and up, in widths of the mouth:
# chosen by eye, beyond it the two portraits look painted.
_SMILE_OUT, _SMILE_UP = 0.17, 0.11
# The movement fades out around each corner within this many widths of the mouth.
_SMILE_REACH = 0.38


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of the face that has one height for each column.

    Attributes
    ----------
    x, y : ndarray of shape (n,), dtype=float64
        Pixels; x strictly from left to right.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def at(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height at these columns."""
        return np.interp(columns, self.x, self.y)


def line_through(points: NDArray[np.float64], numbers: tuple[int, ...]) -> Line:
    """The line through some points of a mesh."""
    chosen = points[list(numbers), :2]
    order = np.argsort(chosen[:, 0], kind="stable")
    return Line(chosen[order, 0], chosen[order, 1])


def paint_lids(texture: Image, points: NDArray[np.float64]) -> Image:
    """The portrait with skin where the eyes are, as the lids that will be drawn over them.

    Parameters
    ----------
    texture : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    points : ndarray of shape (478, 3)
        FaceMesh points of the face in it, in pixels.

    Returns
    -------
    ndarray of the same shape, dtype=uint8

    References
    ----------
    The skin is grown inwards from around the eye: Telea, "An Image Inpainting Technique Based on
    the Fast Marching Method", Journal of Graphics Tools 9 (2004),
    doi:10.1080/10867651.2004.10487596.
    """
    mask = np.zeros(texture.shape[:2], np.uint8)
    for outline in eye_outlines(points):
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
    upper, _ = _eyes(points)[0]
    margin = 2 * round(_LASHES * float(np.ptp(upper.x))) + 1
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin)))
    skin = _in_colour_of_cheeks(cv2.inpaint(texture, mask, margin, cv2.INPAINT_TELEA), points)
    soft = cv2.GaussianBlur(mask, (0, 0), margin / 6)[..., None] / 255.0
    return np.asarray(np.round(texture * (1 - soft) + skin * soft), np.uint8)


def eye_outlines(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The rim of each eye, points of shape (18, 2) in pixels."""
    return [_outline(upper, lower) for upper, lower in _eyes(points)]


def mouth_outline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inner rim of the lips, points of shape (22, 2) in pixels."""
    return _outline(line_through(points, _UPPER_LIP), line_through(points, _LOWER_LIP))


def _outline(upper: Line, lower: Line) -> NDArray[np.float64]:
    return np.concatenate(
        [np.column_stack([upper.x, upper.y]), np.column_stack([lower.x, lower.y])[::-1]]
    )


def _in_colour_of_cheeks(skin: Image, points: NDArray[np.float64]) -> Image:
    """Lids grown in behind glasses are grey with their rims; cheeks are not."""
    lab = cv2.cvtColor(skin, cv2.COLOR_BGR2LAB)
    # A face at the border of a frame has its cheek there too.
    inner = (lab.shape[1] - 5, lab.shape[0] - 5)
    spots = np.clip(points[list(_CHEEKS), :2].round().astype(int), 4, inner)
    lab[..., 1:] = np.mean([lab[y - 4 : y + 5, x - 4 : x + 5, 1:] for x, y in spots], (0, 1, 2))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), np.uint8)


def close_eyes(texture: Image, lids: Image, points: NDArray[np.float64], closure: float) -> Image:
    """The portrait with both upper lids drawn down.

    Parameters
    ----------
    texture, lids : ndarray of shape (height, width, 3), dtype=uint8
        The portrait, and what `paint_lids` made of it.
    points : ndarray of shape (478, 3)
        FaceMesh points of the face, in pixels.
    closure : float
        0 as in the portrait, 1 closed.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
    """
    closed = texture.copy()
    for upper, lower in _eyes(points):
        _close_eye(closed, lids, upper, lower, closure)
    return closed


def _eyes(points: NDArray[np.float64]) -> list[tuple[Line, Line]]:
    return [
        (line_through(points, upper), line_through(points, lower))
        for upper, lower in zip(_UPPER_LIDS, _LOWER_LIDS, strict=True)
    ]


def _close_eye(out: Image, lids: Image, upper: Line, lower: Line, closure: float) -> None:
    """Show the lid above its edge, the eye as it is below, and the lashes between them."""
    width_px = float(np.ptp(upper.x))
    left, right = int(upper.x[0] - 0.3 * width_px), int(upper.x[-1] + 0.3 * width_px)
    top, bottom = int(upper.y.min() - 0.5 * width_px), int(lower.y.max() + 0.4 * width_px)
    columns = np.arange(left, right, dtype=np.float64)
    rows = np.arange(top, bottom, dtype=np.float64)[:, None]
    open_edge, floor = upper.at(columns), lower.at(columns)
    edge = open_edge + closure * np.maximum(floor - open_edge, 0)
    place = np.s_[top:bottom, left:right]
    is_lid = np.clip(edge - rows + 0.5, 0, 1)
    # A lid starts to cover its own crease only when it moves; so the change fades in.
    is_lid = (is_lid * min(1.0, 3 * closure))[..., None]
    shown = out[place] * (1 - is_lid) + lids[place] * is_lid
    thickness = 0.035 * width_px
    across = (columns - upper.x[0]) / width_px
    has_lashes = np.clip(8 * across, 0, 1) * np.clip(8 * (1 - across), 0, 1) * min(1.0, 3 * closure)
    lashes = (np.exp(-(((rows - edge) / thickness) ** 2)) * has_lashes)[..., None] * 0.8
    out[place] = np.clip(shown * (1 - lashes) + _LASHES_BGR * lashes, 0, 255).astype(np.uint8)


def open_mouth(texture: Image, points: NDArray[np.float64], opening: float) -> Image:
    """The portrait with the jaw dropped and the inside of the mouth painted.

    Parameters
    ----------
    texture : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    points : ndarray of shape (478, 3)
        FaceMesh points of the face in it, in pixels.
    opening : float
        0 as in the portrait, 1 wide open.

    Returns
    -------
    ndarray of the same shape, dtype=uint8

    Notes
    -----
    1. Everything below the lower lip moves down, most in the middle; the movement fades out towards
       the cheeks and below the chin.
    2. The gap is painted: a row of upper teeth, then the dark of the throat.
    """
    upper, lower = line_through(points, _UPPER_LIP), line_through(points, _LOWER_LIP)
    width_px = float(upper.x[-1] - upper.x[0])
    middle = float((upper.x[0] + upper.x[-1]) / 2)
    chin_y = float(points[_CHIN, 1])
    drop = opening * _WIDE_OPEN * width_px
    columns, rows, place = _mouth_window(texture, middle, width_px, upper, chin_y)
    offset = (columns - middle) / (width_px / 2)
    lip_drop = drop * np.clip(1 - offset**2, 0, None) ** 0.6
    jaw_drop = 0.55 * drop * np.exp(-((offset / 1.6) ** 4))
    neck_y = chin_y + 1.3 * width_px
    moved = _moved_down(rows, lower.at(columns), (lip_drop, jaw_drop), (chin_y, neck_y))
    opened = texture.copy()
    window = _sample(texture, np.broadcast_to(columns, moved.shape), moved)
    lip = lower.at(columns)
    is_gap = (rows > lip) & (rows < lip + lip_drop) & (np.abs(offset) < 1)
    depth = (rows - upper.at(columns)) / width_px
    painted = _paint_mouth(window, is_gap, depth, width_px, opening)
    opened[place] = painted
    return opened


def smile(texture: Image, points: NDArray[np.float64], amount: float) -> Image:
    """The portrait with the corners of the mouth drawn outwards and up.

    Parameters
    ----------
    texture : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    points : ndarray of shape (478, 3)
        FaceMesh points of the face in it, in pixels.
    amount : float
        0 as in the portrait, 1 a broad smile, below 0 a smaller mouth than the portrait's.

    Returns
    -------
    ndarray of the same shape, dtype=uint8
    """
    lips = line_through(points, _UPPER_LIP)
    width_px = float(lips.x[-1] - lips.x[0])
    reach_px = _SMILE_REACH * width_px
    margin = round(3 * reach_px)
    height, width = texture.shape[:2]
    left, right = max(0, int(lips.x[0]) - margin), min(width, int(lips.x[-1]) + margin)
    top, bottom = max(0, int(lips.y.min()) - margin), min(height, int(lips.y.max()) + margin)
    x, y = np.meshgrid(np.arange(left, right, dtype=float), np.arange(top, bottom, dtype=float))
    from_x, from_y = x.copy(), y.copy()
    for corner, outwards in ((0, -1), (-1, 1)):
        near = np.exp(-((x - lips.x[corner]) ** 2 + (y - lips.y[corner]) ** 2) / reach_px**2)
        from_x -= outwards * amount * _SMILE_OUT * width_px * near
        from_y += amount * _SMILE_UP * width_px * near
    smiling = texture.copy()
    smiling[top:bottom, left:right] = _sample(texture, from_x, from_y)
    return smiling


def _mouth_window(
    texture: Image, middle: float, width_px: float, upper: Line, chin_y: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[slice, slice]]:
    height, width = texture.shape[:2]
    left = max(0, int(middle - 1.6 * width_px))
    right = min(width, int(middle + 1.6 * width_px))
    top = max(0, int(upper.y.min() - 4))
    bottom = min(height, int(chin_y + 1.5 * width_px))
    columns = np.arange(left, right, dtype=np.float64)
    rows = np.arange(top, bottom, dtype=np.float64)[:, None]
    return columns, rows, (slice(top, bottom), slice(left, right))


def _moved_down(
    rows: NDArray[np.float64],
    lip: NDArray[np.float64],
    drops: tuple[NDArray[np.float64], NDArray[np.float64]],
    levels: tuple[float, float],
) -> NDArray[np.float64]:
    """Row of the portrait that each row shows: heights are matched at lip, chin and neck."""
    (lip_drop, jaw_drop), (chin_y, neck) = drops, levels
    chin = np.full_like(lip, chin_y)
    source = rows + np.zeros_like(lip)
    lip_to = lip + np.maximum(lip_drop, 0.0)
    chin_to = np.maximum(chin + jaw_drop, lip_to + 0.45 * (chin - lip))
    below_lip = (rows - lip_to) / np.maximum(chin_to - lip_to, 1e-6)
    below_chin = (rows - chin_to) / np.maximum(neck - chin_to, 1e-6)
    source = np.where(rows >= lip_to, lip + below_lip * (chin - lip), source)
    source = np.where(rows >= chin_to, chin + below_chin * (neck - chin), source)
    return np.where(rows >= neck, rows, source)


def _paint_mouth(
    window: Image,
    is_gap: NDArray[np.bool_],
    depth: NDArray[np.float64],
    width_px: float,
    opening: float,
) -> Image:
    teeth = np.clip(1.2 - depth / 0.16, 0, 1)[..., None] * min(1.0, opening * 2) * 0.4
    inside = _THROAT_BGR * (1 - teeth) + _TEETH_BGR * teeth
    soft = cv2.GaussianBlur(is_gap.astype(np.float32), (0, 0), 0.02 * width_px + 0.3)[..., None]
    return np.asarray(np.clip(window * (1 - soft) + inside * soft, 0, 255), np.uint8)


def _sample(texture: Image, x: NDArray[np.float64], y: NDArray[np.float64]) -> Image:
    taken = cv2.remap(
        texture,
        np.ascontiguousarray(x, np.float32),
        np.ascontiguousarray(y, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(taken, np.uint8)
