"""Pages of OCR-B nonsense on patterned paper, to learn letters from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw

from kyc.simulation.security_print import SUBPIXEL_BITS, SUBPIXELS, wave_family
from kyc.simulation.sheets import ocr_b
from kyc.vision.mrz.letters import CLASSES

Gray = npt.NDArray[np.uint8]

ROWS, COLUMNS = 3, 30
# Drawn so large that a photograph's letters are hardly ever larger.
PITCH_PX = 26.0
BORDER = 3.0  # pitches around the letters
SPACINGS = (1.9, 3.0)  # pitches from line to line; the standard has 2.5
# Fillers are a third of what zones print, but every other letter has to be learned as well.
FILLER_SHARE = 0.12
WAVES_PX_PER_MM = 12
EVERY_POINT_OF_THREE = slice(None, None, 3)  # `wave_family` is made for larger sheets


@dataclass(frozen=True, slots=True, eq=False)
class LetterPage:
    """A page and what stands on it.

    Attributes
    ----------
    pixels : ndarray of shape (height, width), dtype=uint8
    letters : ndarray of shape (rows, columns), dtype=int64
        Places in `CLASSES`.
    spacing : float
        Pitches from line to line.
    """

    pixels: Gray
    letters: npt.NDArray[np.int64]
    spacing: float

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """Middles of the first and last letter of the top line, then of the bottom line, pixels."""
        left, right = BORDER + 0.5, BORDER + COLUMNS - 0.5
        top, bottom = BORDER, BORDER + (ROWS - 1) * self.spacing
        return PITCH_PX * np.array([(left, top), (right, top), (left, bottom), (right, bottom)])


def draw_page(rng: np.random.Generator) -> LetterPage:
    """Print nonsense, in a darkness and strength of stroke of its own, on paper of its own.

    Raises
    ------
    FontMissing
        When OCR-B is not installed.
    """
    spacing = float(rng.uniform(*SPACINGS))
    letters = rng.integers(0, len(CLASSES) - 2, (ROWS, COLUMNS))
    letters[rng.uniform(size=letters.shape) < FILLER_SHARE] = CLASSES.index("<")
    paper = _paper(spacing, rng)
    return LetterPage(_weighted(_printed(paper, letters, spacing, rng), rng), letters, spacing)


def _paper(spacing: float, rng: np.random.Generator) -> Gray:
    width = round((COLUMNS + 2 * BORDER) * PITCH_PX)
    height = round(((ROWS - 1) * spacing + 2 * BORDER) * PITCH_PX)
    shade = int(rng.integers(150, 250))
    if rng.uniform() < 0.25:
        return np.full((height, width), shade, np.uint8)
    opacity = float(rng.uniform(0, 0.45))
    inks = np.round(shade + (90 - shade) * opacity * np.arange(256) / 255).astype(np.uint8)
    return np.asarray(cv2.LUT(_waves(width, height, rng), inks), np.uint8)


def _waves(width: int, height: int, rng: np.random.Generator) -> Gray:
    """Where lines of a guilloche cover the paper, 0–255."""
    curves = wave_family(
        (width / WAVES_PX_PER_MM, height / WAVES_PX_PER_MM),
        lines=int(rng.integers(10, 50)),
        amplitude_mm=float(rng.uniform(0.5, 4)),
        period_mm=float(rng.uniform(8, 60)),
        phase=float(rng.uniform(-6, 6)),
        rise=float(rng.uniform(-0.6, 0.6)),
    )
    scale = WAVES_PX_PER_MM * SUBPIXELS
    points = [np.round(curve[EVERY_POINT_OF_THREE] * scale).astype(np.int32) for curve in curves]
    coverage = np.zeros((height, width), np.uint8)
    cv2.polylines(
        coverage, points, isClosed=False, color=255, thickness=int(rng.integers(1, 4)),
        lineType=cv2.LINE_AA, shift=SUBPIXEL_BITS,
    )  # fmt: skip
    return coverage


def _printed(
    paper: Gray, letters: npt.NDArray[np.int64], spacing: float, rng: np.random.Generator
) -> Gray:
    canvas = PillowImage.fromarray(paper)
    draw = ImageDraw.Draw(canvas)
    # Quarter pixels: sizes come again, and the face is not made anew for each page.
    font = ocr_b(round(4 * PITCH_PX * float(rng.uniform(0.90, 1.06))) / 4)
    darkness = int(rng.integers(0, 100))
    for row, line in enumerate(letters):
        y = (BORDER + row * spacing + 0.49) * PITCH_PX
        for column, letter in enumerate(line):
            x = (BORDER + column + 0.5) * PITCH_PX
            draw.text((x, y), CLASSES[letter], font=font, fill=darkness, anchor="ms")
    return np.array(canvas, np.uint8)


def _weighted(page: Gray, rng: np.random.Generator) -> Gray:
    """Strokes made bolder or thinner, as presses and scanners do."""
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    change = float(rng.uniform())
    if change < 0.35:
        return np.asarray(cv2.erode(page, kernel), np.uint8)
    return np.asarray(cv2.dilate(page, kernel), np.uint8) if change > 0.8 else page
