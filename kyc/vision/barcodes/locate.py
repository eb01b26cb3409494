"""Where a bar code may be printed in a picture: dense, rectangular, full of edges."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

# Symbols are looked for at this length of the longer side: the bars of a card that fills the
# picture are then 1–2 px wide, and the kernels below join them.
SEARCH_SIDE_PX = 800
DENSITY_PX = 13
JOIN_PX = 21
# Of the longer side. The symbol of a card held at arm's length still fills a quarter.
MIN_LONG_SIDE = 0.12
MIN_SHORT_SIDE = 0.03
# Length over height; 15 × 8 columns of PDF417 on licences are 3–6, a QR code is 1.
MAX_ASPECT = 9.0
MAX_SYMBOLS = 3
# Of the symbol's sides, around it: the quiet zone is two modules (ISO/IEC 15438 §5.8.3), and the
# mask is often smaller than the symbol.
MARGIN = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class SymbolArea:
    """A rectangle, seen in perspective, that may hold a symbol.

    ``corners`` is an array of shape (4, 2): x, y in pixels of the picture, clockwise from the top
    left as the symbol lies; ``width_px`` and ``height_px`` are its sides, width the longer.
    """

    corners: Points
    width_px: float
    height_px: float


def find_symbols(gray: Gray) -> tuple[SymbolArea, ...]:
    """Rectangles that may hold a bar code, the largest first.

    1. Density of edges: mean strength of the gradient in a neighbourhood.
    2. What is denser than Otsu's threshold is joined; thin shapes, which are lines of print, go.
    3. The smallest rectangle around each shape of a likely size.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8

    Returns
    -------
    tuple of SymbolArea
        At most three.
    """
    scale = SEARCH_SIDE_PX / max(gray.shape)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=interpolation)
    contours, _ = cv2.findContours(_dense(small), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    by_size = sorted(contours, key=cv2.contourArea, reverse=True)
    areas = (_area_of(contour, scale) for contour in by_size)
    likely = [area for area in areas if _is_likely(area, max(gray.shape))]
    return tuple(likely[:MAX_SYMBOLS])


def cut_out(gray: Gray, area: SymbolArea, *, zoom: float) -> tuple[Gray, Points]:
    """The area alone, level and enlarged, with the way back.

    Returns
    -------
    picture : ndarray of shape (height, width), dtype=uint8
    to_source : ndarray of shape (3, 3)
        Homography from pixels of `picture` to pixels of `gray`.
    """
    width, height = round(area.width_px * zoom), round(area.height_px * zoom)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    to_picture = cv2.getPerspectiveTransform(area.corners.astype(np.float32), target)
    picture = cv2.warpPerspective(
        gray, to_picture, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picture, np.uint8), np.asarray(np.linalg.inv(to_picture), np.float64)


def _dense(small: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    across = np.abs(cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3))
    down = np.abs(cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3))
    # The stronger of the two: the bars of a symbol lie one way, whichever way the card lies.
    density = cv2.blur(np.maximum(across, down), (DENSITY_PX, DENSITY_PX))
    levels = np.clip(density * 255 / max(float(np.percentile(density, 99.5)), 1.0), 0, 255)
    _, mask = cv2.threshold(levels.astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    square = np.ones((JOIN_PX, JOIN_PX), np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, square)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, square), np.uint8)


def _area_of(contour: npt.NDArray[np.int32], scale: float) -> SymbolArea:
    centre, (width, height), tilt = cv2.minAreaRect(contour)
    if width < height:
        width, height, tilt = height, width, tilt - 90
    wider = (width * (1 + 2 * MARGIN), height + 2 * MARGIN * width)
    # boxPoints begins at the bottom left and goes clockwise.
    bottom_left, top_left, top_right, bottom_right = cv2.boxPoints((centre, wider, tilt))
    corners = np.array([top_left, top_right, bottom_right, bottom_left], np.float64) / scale
    return SymbolArea(corners, wider[0] / scale, wider[1] / scale)


def _is_likely(area: SymbolArea, longer_side_px: int) -> bool:
    return (
        area.width_px > MIN_LONG_SIDE * longer_side_px
        and area.height_px > MIN_SHORT_SIDE * longer_side_px
        and area.width_px < MAX_ASPECT * area.height_px
    )
