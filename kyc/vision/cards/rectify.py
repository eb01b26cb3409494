"""From a photograph of a document to the document alone, level and at its standard's shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.cards.quads import edge_support, find_quads, print_share, straightened

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Shape = Literal["ID-1", "ID-3", "other"]
Corner = tuple[float, float]

SEARCH_SIDE_PX = 640
# Length over height: ISO/IEC 7810 §5 (ID-1: 85.6 × 53.98 mm), ICAO Doc 9303-4 §2.1 (ID-3: 125 × 88
# mm; ID-2, 105 × 74 mm, has the same shape).
ASPECTS: dict[Shape, float] = {"ID-1": 85.6 / 53.98, "ID-3": 125.0 / 88.0}
# What perspective makes of it: with each corner strayed by up to 5 % of the diagonal, nine in
# ten of 10,000 outlines measure .90–1.11 of their true aspect, 99 in 100 .86–1.17.
ASPECT_TOLERANCE = 0.13
# Length of the canonical picture: 16 px a millimetre of a card, 12 of a passport's page.
CANONICAL_PX: dict[Shape, int] = {"ID-1": 1400, "ID-3": 1500}
MIN_CONFIDENCE = 0.55
# Surer than this, no further outline is looked for.
SURE = 0.93
# The document's print lies on the document; what is left outside is the grain of the table: at most
# half, on the one photograph of the 44 specimens that shows leather. Portraits hold less than .3.
MIN_PRINT_SHARE = 0.5
WHOLE_PICTURE_PX = 1500


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedCard:
    """A document seen straight from above.

    Attributes
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR; longer than high, or as the picture was where no outline was found. May stand on its
        head: nothing of its content was looked at.
    shape : {"ID-1", "ID-3", "other"}
    corners : tuple of four (x, y)
        In pixels of the photograph, clockwise from the document's top left.
    confidence : float
        0–1: how much of the outline was seen, lowered by a shape that no document has. 0 where the
        whole picture stands in.
    to_source : ndarray of shape (3, 3)
        Homography from pixels of `pixels` to pixels of the photograph.
    """

    pixels: Pixels
    shape: Shape
    corners: tuple[Corner, ...]
    confidence: float
    to_source: Points

    @property
    def is_whole_picture(self) -> bool:
        """Whether no outline was found, so that the picture was taken as it is."""
        return self.confidence == 0.0

    def in_source(self, points: Points) -> Points:
        """Places of the document, shape (n, 2), in pixels of the photograph."""
        flat = np.column_stack([points, np.ones(len(points))]) @ self.to_source.T
        return np.asarray(flat[:, :2] / flat[:, 2:], np.float64)


def rectify(pixels: Pixels) -> RectifiedCard:
    """Find the document in a photograph and lay it flat.

    1. Outlines of four corners are looked for in a small copy.
    2. Each is laid along the edges near it, and judged: by the share of its sides that are edges,
       by how near its shape is to a card's or a page's.
    3. The best is warped to its standard's shape; where none is good enough, or the best is the
       picture itself, the whole picture stands in: scans have no outline.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR.

    Returns
    -------
    RectifiedCard
    """
    scale = min(1.0, SEARCH_SIDE_PX / max(pixels.shape[:2]))
    small = pixels
    if scale < 1:
        small = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    confidence, best = _best(small, gray)
    if best is None or confidence < MIN_CONFIDENCE:
        return _whole(pixels)
    return _warped(pixels, _lengthwise(best / scale), round(confidence, 3))


def _best(small: Pixels, gray: npt.NDArray[np.uint8]) -> tuple[float, Points | None]:
    confidence, best = 0.0, None
    for rough in find_quads(small):
        quad = straightened(gray, rough)
        found = _confidence(gray, quad)
        if found > confidence and print_share(gray, quad) >= MIN_PRINT_SHARE:
            confidence, best = found, quad
        if confidence >= SURE:
            break
    return confidence, best


def _confidence(gray: npt.NDArray[np.uint8], quad: Points) -> float:
    height, width = gray.shape
    is_inside = (quad > -0.03 * max(height, width)).all() and (
        quad < (1.03 * width, 1.03 * height)
    ).all()
    if not is_inside or not cv2.isContourConvex(quad.astype(np.float32)):
        return 0.0
    misfit = min(abs(_aspect(quad) / aspect - 1) for aspect in ASPECTS.values())
    shape = max(0.0, 1 - 0.35 * misfit / ASPECT_TOLERANCE)
    return edge_support(gray, quad) * shape


def _aspect(quad: Points) -> float:
    """Length over height, each the mean of two opposite sides."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    one, other = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    return float(max(one, other) / max(min(one, other), 1.0))


def _lengthwise(quad: Points) -> Points:
    """The corners so that the first side is a long one, turned by a quarter to the left if not."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return quad if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(quad, -1, axis=0)


def _shape_of(aspect: float) -> Shape:
    shape = min(ASPECTS, key=lambda name: abs(aspect / ASPECTS[name] - 1))
    return shape if abs(aspect / ASPECTS[shape] - 1) <= ASPECT_TOLERANCE else "other"


def _warped(pixels: Pixels, quad: Points, confidence: float) -> RectifiedCard:
    aspect = _aspect(quad)
    shape = _shape_of(aspect)
    width = CANONICAL_PX.get(shape, WHOLE_PICTURE_PX)
    height = round(width / ASPECTS.get(shape, aspect))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    to_card = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    card = cv2.warpPerspective(
        pixels, to_card, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return RectifiedCard(
        np.asarray(card, np.uint8), shape, _corners(quad), confidence,
        np.asarray(np.linalg.inv(to_card), np.float64),
    )  # fmt: skip


def _whole(pixels: Pixels) -> RectifiedCard:
    height, width = pixels.shape[:2]
    scale = WHOLE_PICTURE_PX / max(height, width)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    card = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=interpolation)
    outline = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    return RectifiedCard(
        np.asarray(card, np.uint8), _shape_of(max(width / height, height / width)),
        _corners(outline), 0.0, np.diag([1 / scale, 1 / scale, 1.0]),
    )  # fmt: skip


def _corners(quad: Points) -> tuple[Corner, ...]:
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)
