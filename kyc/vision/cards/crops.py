"""The parts of a document that are kept as evidence: the card itself, its portrait, its zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.cards.rectify import RectifiedCard, rectify
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.mrz.locate import Band, find_bands

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Corner = tuple[float, float]

# Of the face's square (eyebrows to chin): what a portrait shows around it. ICAO Doc 9303-9 §3.4 and
# ISO/IEC 39794-5 annex D: the head fills 60–90 % of the picture's height, 35 : 45.
PORTRAIT_HEIGHT = 2.25
PORTRAIT_ABOVE = 0.85
PORTRAIT_ASPECT = 35 / 45
# On the 44 specimens portraits score .83 and more, guilloches taken for faces .73 and less.
MIN_FACE_SCORE = 0.78
# Two lines as long as the card, as in `kyc.vision.mrz.read`: nothing else on a document is.
ZONE_SCORE = 1.0
# ICAO Doc 9303 prints its lines over .87 of the length of each format; half of it is a paragraph.
ZONE_WIDTH = 0.65


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A part of a document.

    Attributes
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, level, as large as on the canonical card.
    corners : tuple of four (x, y)
        In pixels of the photograph, clockwise from the part's own top left.
    """

    pixels: Pixels
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DocumentCrops:
    """A document laid flat, and its parts; None for what was not found on it."""

    card: RectifiedCard
    portrait: Crop | None
    zone: Crop | None


def crop_document(pixels: Pixels) -> DocumentCrops:
    """Lay a document flat, turn it upright, cut out its portrait and its machine-readable zone.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, one side of a document.

    Returns
    -------
    DocumentCrops

    Notes
    -----
    About 60 ms for the outline and 40–160 ms for the portrait (one core).
    """
    card = rectify(pixels)
    face = _face(card)
    quarters = _quarters(face.rotation_deg) if face else 0
    if quarters:
        card = turn(card, quarters)
        face = _face(card)
    return DocumentCrops(card, _portrait(card, face) if face else None, _zone(card))


def _face(card: RectifiedCard) -> DetectedFace | None:
    surest = next(iter(detect_faces(card.pixels, is_card=True)), None)
    return surest if surest and surest.score >= MIN_FACE_SCORE else None


def turn(card: RectifiedCard, quarters: int) -> RectifiedCard:
    """The card turned counter-clockwise by quarters, its places in the photograph kept."""
    quarters %= 4
    height, width = card.pixels.shape[:2]
    # From the turned picture's pixels back to the card's.
    back = {
        0: np.eye(3),
        1: np.array([(0, -1, width), (1, 0, 0), (0, 0, 1)]),
        2: np.array([(-1, 0, width), (0, -1, height), (0, 0, 1)]),
        3: np.array([(0, 1, 0), (-1, 0, height), (0, 0, 1)]),
    }[quarters]
    corners = card.corners[quarters:] + card.corners[:quarters]
    return replace(
        card,
        pixels=np.ascontiguousarray(np.rot90(card.pixels, quarters)),
        corners=corners,
        to_source=np.asarray(card.to_source @ back, np.float64),
    )


def _quarters(rotation_deg: float) -> int:
    """How often to turn counter-clockwise so that a head turned clockwise stands upright."""
    return round(rotation_deg / 90) % 4


def _portrait(card: RectifiedCard, face: DetectedFace) -> Crop:
    height = PORTRAIT_HEIGHT * face.height
    width = height * PORTRAIT_ASPECT
    centre_x = face.centre[0]
    top = face.y - (PORTRAIT_ABOVE - 0.25) * face.height
    box = np.array(
        [
            (centre_x - width / 2, top),
            (centre_x + width / 2, top),
            (centre_x + width / 2, top + height),
            (centre_x - width / 2, top + height),
        ]
    )
    return _cut(card, _within(box, card.pixels))


def _within(box: Points, pixels: Pixels) -> Points:
    height, width = pixels.shape[:2]
    return np.asarray(np.clip(box, (0, 0), (width, height)), np.float64)


def _zone(card: RectifiedCard) -> Crop | None:
    gray = np.asarray(cv2.cvtColor(card.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    bands = find_bands(gray)
    wide = (band for band in bands if band.width > ZONE_WIDTH * gray.shape[1])
    zone = next((band for band in wide if band.score >= ZONE_SCORE), None)
    return None if zone is None else _cut(card, _outline(zone))


def _outline(band: Band) -> Points:
    angle = radians(band.tilt_deg)
    along = np.array([cos(angle), sin(angle)]) * band.width / 2
    down = np.array([-sin(angle), cos(angle)]) * band.height / 2
    centre = np.array([band.x, band.y])
    return np.array(
        [
            centre - along - down,
            centre + along - down,
            centre + along + down,
            centre - along + down,
        ]
    )


def _cut(card: RectifiedCard, outline: Points) -> Crop:
    width = max(1, round(float(np.linalg.norm(outline[1] - outline[0]))))
    height = max(1, round(float(np.linalg.norm(outline[3] - outline[0]))))
    target = np.array([(0, 0), (width, 0), (width, height)], np.float32)
    to_crop = cv2.getAffineTransform(outline[:3].astype(np.float32), target)
    pixels = cv2.warpAffine(
        card.pixels, to_crop, (width, height), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    places = card.in_source(outline)
    corners = tuple((round(float(x), 1), round(float(y), 1)) for x, y in places)
    return Crop(np.asarray(pixels, np.uint8), corners)
