"""Own identity cards with somebody's portrait, photographed small: the hardest faces to find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import cv2
import numpy as np
import numpy.typing as npt

from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.specimens import PX_PER_MM, render_specimen
from kyc.vision.faces.detect import DetectedFace

Pixels = npt.NDArray[np.uint8]

PORTRAIT_WIDTH_PX = 120
# ICAO Doc 9303-3 §3.9: 35 mm × 45 mm.
PORTRAIT_SIZE_PX = (350, 450)
# The head fills 70–80 % of such a picture's height; the detector's square goes from the eyebrows
# to the chin, about three fifths of a head.
FACE_WIDTHS_ACROSS = 1.9
FACE_CENTRE_DOWN = 0.55
# Where a specimen card carries its portrait (`kyc.simulation.specimens`): x, y, width, height.
PORTRAIT_MM = (4.2, 11.2, 24.6, 31.6)
CARD_MM = (85.6, 54.0)
# Of table around the card, as a share of its sides: the picture comes out about 1,280 px wide.
TABLE_MARGIN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class PhotographedCard:
    """A picture of a card on a table, and where in it the portrait lies: x, y, width, height."""

    pixels: Pixels
    portrait_box: tuple[float, float, float, float]

    def is_portrait(self, face: DetectedFace) -> bool:
        """Whether a face was found in the portrait, and not in its ghost image or on the table."""
        x, y = face.centre
        left, top, width, height = self.portrait_box
        return left <= x <= left + width and top <= y <= top + height


def photographed_card(
    pixels: Pixels, face: DetectedFace, rng: np.random.Generator, *, today: date
) -> PhotographedCard:
    """A card with a face of another picture, its portrait 120 px wide.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    face : DetectedFace
        Of that picture.
    rng : numpy.random.Generator
        Draws the holder's details, the light and the noise.
    today : date
        For the card's dates.
    """
    specimen = render_specimen(
        draw_person(rng, today=today), kind="TD1", portrait=portrait_of(pixels, face), rng=rng
    )
    scale = PORTRAIT_WIDTH_PX / (PORTRAIT_MM[2] * PX_PER_MM["TD1"])
    small = cv2.resize(specimen.front, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    card = np.asarray(small, np.uint8)
    taken = photograph(card, rng, margin=TABLE_MARGIN, perspective=0.0)
    px_per_mm = card.shape[1] / CARD_MM[0]
    left, top = TABLE_MARGIN * card.shape[1], TABLE_MARGIN * card.shape[0]
    x, y, width, height = (px_per_mm * side for side in PORTRAIT_MM)
    return PhotographedCard(taken, (left + x, top + y, width, height))


def portrait_of(pixels: Pixels, face: DetectedFace) -> Pixels:
    """Head and shoulders, eyes level, framed as on a document: 350 × 450 px, BGR."""
    width, height = PORTRAIT_SIZE_PX
    scale = width / (FACE_WIDTHS_ACROSS * max(face.width, face.height))
    matrix = cv2.getRotationMatrix2D(face.centre, face.rotation_deg, scale)
    matrix[:, 2] += np.array((width / 2, FACE_CENTRE_DOWN * height)) - face.centre
    framed = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(framed, np.uint8)
