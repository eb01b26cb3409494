"""Cells of OCR-B in every state that a photograph leaves them in, to learn letters from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kyc.simulation import letter_pages
from kyc.simulation.letter_pages import COLUMNS, ROWS, LetterPage, draw_page
from kyc.simulation.photography import motion_kernel
from kyc.vision.mrz.letters import CLASSES, PITCH_PX, cells_at, column_middles
from kyc.vision.mrz.zones import MARGIN_IN_PITCHES, Zone, straightened

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

PITCHES_PX = (6.5, 26.0)  # of the letters in the photograph, from a scan of 275 px to a close-up
TURN_DEG = 20.0  # photographs are stored upright, not their zones
STRAY = 0.03  # of corners by perspective, as a share of the diagonal
# How wrongly the outermost letters are found, in pitches. With half of it the reader gets 167 of
# 232 harsh zones, not 170.
MISPLACED = 0.08
# Shares of the pitch. Wear "harsh" blurs letters of 8 to 18 px by 0.9 to 1.7 px, and shakes them by
# up to 4.
SHARP, BLURRED = (0.01, 0.06), (0.01, 0.19)
SHAKEN = (0.07, 0.4)


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Cells cut out of photographs of nonsense.

    Attributes
    ----------
    cells : ndarray of shape (n, cell pixels), dtype=float32
    classes : ndarray of shape (n,), dtype=int64
        Places in `CLASSES`.
    """

    cells: Floats
    classes: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Photo:
    """A photograph of a page, and the way from the page to it."""

    pixels: Gray
    warp: Points
    pitch_px: float


def draw_strip(rng: np.random.Generator, *, photographs: int = 1) -> Strip:
    """Print a page, photograph it and cut it into cells as the reader does.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same cells.
    photographs : int
        Of one page, each under conditions of its own: printing is most of the work.
    """
    page = draw_page(rng)
    parts = [_cut(_straight(_photographed(page, rng), page, rng), page) for _ in range(photographs)]
    return Strip(
        np.concatenate([part.cells for part in parts]),
        np.concatenate([part.classes for part in parts]),
    )


def _photographed(page: LetterPage, rng: np.random.Generator) -> _Photo:
    """The page aslant and at the photograph's size, in bad light, noisy and stored as JPEG."""
    pitch = float(np.exp(rng.uniform(*np.log(PITCHES_PX))))
    scale = pitch / letter_pages.PITCH_PX
    small = cv2.resize(page.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    warp, size = _slanted(small.shape[1], small.shape[0], rng)
    level = cv2.warpPerspective(
        small, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    blur = float(rng.uniform(*(SHARP if rng.uniform() < 0.4 else BLURRED))) * pitch
    level = cv2.GaussianBlur(level, (0, 0), max(0.2, blur)).astype(np.float32)
    if rng.uniform() < 0.5:
        level = cv2.filter2D(level, -1, motion_kernel(rng, float(rng.uniform(*SHAKEN)) * pitch))
    photo = _sensed(_lit(np.asarray(level, np.float32), rng), rng)
    return _Photo(photo, warp @ np.diag((scale, scale, 1.0)), pitch)


def _slanted(width: int, height: int, rng: np.random.Generator) -> tuple[Points, tuple[int, int]]:
    """The way of a sheet into a photograph that shows all of it, and the size of that."""
    turn = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG)) if rng.uniform() < 0.5 else 0.0
    stray = STRAY * np.hypot(width, height) if rng.uniform() < 0.6 else 0.0
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = corners @ matrix.T + rng.uniform(-1, 1, (4, 2)) * stray
    seen -= seen.min(axis=0)
    far_x, far_y = np.ceil(seen.max(axis=0)).astype(int)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    return np.asarray(warp), (int(far_x), int(far_y))


def _lit(level: Floats, rng: np.random.Generator) -> Floats:
    """Contrast lost, one side darker than the other, all of it too dark or too bright."""
    contrast = float(rng.uniform(0.2, 1.0))
    shade = np.linspace(1, float(rng.uniform(0.5, 1.0)), level.shape[1], dtype=np.float32)
    light = shade[:: int(rng.choice((-1, 1)))] * np.float32(rng.uniform(0.4, 1.1))
    return np.asarray((level * contrast + 128 * (1 - contrast)) * light, np.float32)


def _sensed(level: Floats, rng: np.random.Generator) -> Gray:
    noise = np.float32(rng.uniform(0, 9 if rng.uniform() < 0.7 else 14))
    level = level + rng.standard_normal(level.shape, np.float32) * noise
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))]
    _, stored = cv2.imencode(".jpg", np.clip(level, 0, 255).astype(np.uint8), quality)
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)


def _straight(photo: _Photo, page: LetterPage, rng: np.random.Generator) -> Gray:
    """The page's letters level again, as well or as badly as the reader finds them."""
    misplaced = rng.normal(0, MISPLACED * letter_pages.PITCH_PX, (4, 2))
    corners = cv2.perspectiveTransform((page.corners + misplaced)[None], photo.warp)[0]
    rows = tuple(np.linspace(0, 1, ROWS))
    spacing = (ROWS - 1) * page.spacing
    zone = Zone(corners, COLUMNS, rows, spacing, photo.pitch_px, ROWS * COLUMNS)
    return straightened(photo.pixels, zone, pitch_px=PITCH_PX)


def _cut(picture: Gray, page: LetterPage) -> Strip:
    """Every letter; blanks at the ends of lines, between two lines, and half-way between letters.

    Without the last ones two halves look like some letter, and a line that lies badly as plain as
    one that lies well.
    """
    middles = column_middles(COLUMNS + 2, MARGIN_IN_PITCHES - 1)
    blank = CLASSES.index(" ")
    cells, classes = [], []
    for row, line in enumerate(page.letters):
        y = (MARGIN_IN_PITCHES + 0.5 + row * page.spacing) * PITCH_PX
        cells.append(cells_at(picture, middles, y))
        classes.append(np.concatenate([[blank], line, [blank]]))
        half_way = middles[1 + row : -1 : ROWS] + np.float32(PITCH_PX / 2)
        cells.append(cells_at(picture, half_way, y))
        classes.append(np.full(len(half_way), blank))
    between = (MARGIN_IN_PITCHES + 0.5 + page.spacing / 2) * PITCH_PX
    cells.append(cells_at(picture, middles[:: COLUMNS // ROWS], between))
    classes.append(np.full(len(cells[-1]), blank))
    return Strip(np.concatenate(cells), np.concatenate(classes))
