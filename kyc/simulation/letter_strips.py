"""Lines of OCR-B in every state that a photograph leaves them in, to learn letters from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw

from kyc.simulation.security_print import ink, wave_family
from kyc.simulation.sheets import ocr_b
from kyc.vision.mrz.letters import CLASSES, PITCH_PX, cells_at, column_middles
from kyc.vision.mrz.zones import MARGIN_IN_PITCHES, Zone, straightened

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

ROWS, COLUMNS = 3, 30
DRAWN_PITCH_PX = 36.0
SPACING = 2.5
BORDER = 3.0  # pitches around the letters
# Fillers are a third of what zones print, but every other letter has to be learned as well.
FILLER_SHARE = 0.12
PITCHES_PX = (6.5, 30.0)  # of the letters in the photograph, from a scan of 275 px to a close-up


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Cells cut out of one photograph of a zone of nonsense.

    Attributes
    ----------
    cells : ndarray of shape (n, cell pixels), dtype=float32
    classes : ndarray of shape (n,), dtype=int64
        Places in `CLASSES`.
    """

    cells: Floats
    classes: npt.NDArray[np.int64]


def draw_strip(rng: np.random.Generator) -> Strip:
    """Print nonsense, photograph it and cut it into cells as the reader does."""
    letters = rng.integers(0, len(CLASSES) - 2, (ROWS, COLUMNS))
    letters[rng.uniform(size=letters.shape) < FILLER_SHARE] = CLASSES.index("<")
    page = _printed(letters, rng)
    pitch = float(np.exp(rng.uniform(*np.log(PITCHES_PX))))
    photo = _photographed(page, pitch / DRAWN_PITCH_PX, rng)
    picture = straightened(photo, _zone(pitch, rng), pitch_px=PITCH_PX)
    return _cut(picture, letters)


def _printed(letters: npt.NDArray[np.int64], rng: np.random.Generator) -> Gray:
    width = round((COLUMNS + 2 * BORDER) * DRAWN_PITCH_PX)
    height = round(((ROWS - 1) * SPACING + 2 * BORDER) * DRAWN_PITCH_PX)
    paper = np.full((height, width, 3), int(rng.integers(150, 250)), np.uint8)
    waves = wave_family(
        (width / 12, height / 12),
        lines=int(rng.integers(10, 50)),
        amplitude_mm=float(rng.uniform(0.5, 4)),
        period_mm=float(rng.uniform(8, 60)),
        phase=float(rng.uniform(-6, 6)),
        rise=float(rng.uniform(-0.6, 0.6)),
    )
    opacity = float(rng.uniform(0, 0.45)) if rng.uniform() < 0.7 else 0.0
    ink(paper, waves, (90, 90, 90), opacity=opacity, px_per_mm=12, width_px=int(rng.integers(1, 4)))
    canvas = PillowImage.fromarray(paper[..., 0])
    draw = ImageDraw.Draw(canvas)
    font = ocr_b(DRAWN_PITCH_PX * float(rng.uniform(0.92, 1.05)))
    darkness = int(rng.integers(0, 90))
    for row, line in enumerate(letters):
        y = (BORDER + row * SPACING + 0.49) * DRAWN_PITCH_PX
        for column, letter in enumerate(line):
            x = (BORDER + column + 0.5) * DRAWN_PITCH_PX
            draw.text((x, y), CLASSES[letter], font=font, fill=darkness, anchor="ms")
    return _weighted(np.array(canvas, np.uint8), rng)


def _weighted(page: Gray, rng: np.random.Generator) -> Gray:
    """Strokes made bolder or thinner, as presses and scanners do."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    change = int(rng.integers(-1, 3))
    if change > 0:
        return np.asarray(cv2.erode(page, kernel, iterations=change), np.uint8)
    return np.asarray(cv2.dilate(page, kernel), np.uint8) if change < 0 else page


def _photographed(page: Gray, scale: float, rng: np.random.Generator) -> Gray:
    """The page at the photograph's size, blurred, shaken, shaded, noisy and stored as JPEG."""
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    level = small.astype(np.float32)
    pitch = DRAWN_PITCH_PX * scale
    level = cv2.GaussianBlur(level, (0, 0), max(0.2, float(rng.uniform(0.01, 0.13)) * pitch))
    if rng.uniform() < 0.3:
        length = max(2, round(float(rng.uniform(0.1, 0.3)) * pitch))
        kernel = np.full((1, length), 1 / length, np.float32)
        level = cv2.filter2D(level, -1, kernel if rng.uniform() < 0.5 else kernel.T)
    contrast = float(rng.uniform(0.25, 1.0))
    shade = np.linspace(1, float(rng.uniform(0.6, 1.0)), level.shape[1], dtype=np.float32)
    level = (level * contrast + 128 * (1 - contrast)) * shade[:: int(rng.choice((-1, 1)))]
    noise = float(rng.uniform(0, 12)) * contrast
    level = level + rng.standard_normal(level.shape, np.float32) * noise
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))]
    _, stored = cv2.imencode(".jpg", np.clip(level, 0, 255).astype(np.uint8), quality)
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)


def _zone(pitch: float, rng: np.random.Generator) -> Zone:
    """Where the letters are, as wrongly as they are found."""
    left, right = BORDER + 0.5, BORDER + COLUMNS - 0.5
    top, bottom = BORDER, BORDER + (ROWS - 1) * SPACING
    corners = np.array([(left, top), (right, top), (left, bottom), (right, bottom)])
    corners = (corners + rng.normal(0, 0.08, corners.shape)) * pitch - 0.5
    return Zone(corners, COLUMNS, (0.0, 0.5, 1.0), (ROWS - 1) * SPACING, pitch, ROWS * COLUMNS)


def _cut(picture: Gray, letters: npt.NDArray[np.int64]) -> Strip:
    middles = np.concatenate([[column_middles(1)[0] - PITCH_PX], column_middles(COLUMNS + 1)])
    blank = CLASSES.index(" ")
    cells, classes = [], []
    for row, line in enumerate(letters):
        y = (MARGIN_IN_PITCHES + 0.5 + row * SPACING) * PITCH_PX
        cells.append(cells_at(picture, middles, y))
        classes.append(np.concatenate([[blank], line, [blank]]))
    between = (MARGIN_IN_PITCHES + 0.5 + SPACING / 2) * PITCH_PX
    cells.append(cells_at(picture, middles[:: COLUMNS // 3], between))
    classes.append(np.full(len(cells[-1]), blank))
    return Strip(np.concatenate(cells), np.concatenate(classes))
