"""Where a machine-readable zone may be printed in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

# Lines are looked for at this width: a TD3 line is then 600–750 px long and its letters 9–13 px
# high, which the kernels below are made for. Of 43 specimens the best band has the right number of
# lines on 40 at 640 px, 40 at 800 px and 41 at 1000 px, for 1.4 times the time of 800 px.
SEARCH_WIDTH_PX = 800
# A picture that is higher for its width is searched smaller: 300 × 20,000 px took 786 MB else.
MAX_SEARCH_HEIGHT_PX = 4800
BLACK_HAT_KERNEL_PX = (15, 9)  # wider than a letter's stroke, lower than two lines
LETTER_GAP_PX = 17  # closes the gap between two letters of one line
WORD_GAP_PX = 31  # closes the gap that a faint filler leaves
FRAME_PX = 35  # an upright edge longer than any letter (TD1 letters are 25 px high here)

# Length over height of a printed line, measured on the 44 specimens: TD1 24–31, TD2 and MRV-B
# 33–36, TD3 and MRV-A 36–48 (58 where the letters' feet are cut off). The two shapes of card
# are told apart half-way between TD1 and TD2.
MIN_LINE_ASPECT = 9.0
MRZ_LINE_ASPECT = 18.0
TWO_LINE_ASPECT = 32.0

FAINTEST_STRETCHED = 8.0  # grey levels, likewise
FAINTEST_PRINT = 24  # grey levels; fainter is noise and stays faint

MIN_LINE_WIDTH = 0.22  # of the picture: a card held at arm's length still fills a third
MAX_TILT_DEG = 35.0  # beyond it, the picture turned by a quarter is the better start
PITCH_IN_LINE_HEIGHTS = (1.2, 4.0)  # ICAO 9303-3 prints lines 2.1 letter heights apart
DEFAULT_PITCH = 2.0


@dataclass(frozen=True, slots=True)
class TextLine:
    """One long, thin run of letters: centre, size in pixels and tilt (clockwise positive)."""

    x: float
    y: float
    width: float
    height: float
    tilt_deg: float

    @property
    def aspect(self) -> float:
        """Length over height."""
        return self.width / max(self.height, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """A rectangle that may hold a machine-readable zone.

    ``line_height_px`` is the height of a capital letter; ``score`` orders bands, higher first.
    """

    x: float
    y: float
    width: float
    height: float
    tilt_deg: float
    line_height_px: float
    line_count: int
    score: float


def find_bands(gray: Gray) -> tuple[Band, ...]:
    """Rectangles that may hold a machine-readable zone, the most likely first.

    1. Dark print on lighter ground: black-hat, then the horizontal gradient (letters are full of
       upright strokes).
    2. Closing along the line joins letters to lines.
    3. Long thin shapes become lines; two or three of one length, one below the other, a band.
    4. A long line that stands alone becomes a band too, made high enough for its neighbours.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
        The picture, 0–255, its lines within 35° of level.

    Returns
    -------
    tuple of Band
        Coordinates in pixels of `gray`. Empty when there is no line of print.
    """
    lines = [line for line in find_lines(gray) if line.aspect >= MRZ_LINE_ASPECT]
    bands = [_band_of(group, gray.shape) for group in _groups(lines)]
    return tuple(sorted(bands, key=lambda band: band.score, reverse=True))


def find_lines(gray: Gray) -> tuple[TextLine, ...]:
    """Long thin runs of print, from top to bottom, in pixels of `gray`."""
    height, width = gray.shape
    scale = min(SEARCH_WIDTH_PX / width, MAX_SEARCH_HEIGHT_PX / height)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=interpolation)
    contours, _ = cv2.findContours(_line_mask(small), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    lines = (_line_of(contour, scale) for contour in contours)
    kept = [line for line in lines if _is_long_and_thin(line, width)]
    return tuple(sorted(kept, key=lambda line: line.y))


def _line_mask(small: Gray) -> npt.NDArray[np.uint8]:
    smooth = cv2.GaussianBlur(small, (3, 3), 0)
    black_hat = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, _rectangle(*BLACK_HAT_KERNEL_PX))
    strokes = np.abs(cv2.Sobel(black_hat, cv2.CV_32F, 1, 0, ksize=3))
    # The brightest half per cent is dirt and frames; scaling to it would drown faint print.
    strokes = np.clip(strokes * 255 / max(float(np.percentile(strokes, 99.5)), 1.0), 0, 255)
    letters = strokes.astype(np.uint8)
    # A card's outline would join the line of print that it touches to everything else it touches.
    letters = letters - cv2.morphologyEx(letters, cv2.MORPH_OPEN, _rectangle(1, FRAME_PX))
    runs = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, _rectangle(LETTER_GAP_PX, 1))
    _, mask = cv2.threshold(runs, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _rectangle(9, 3))
    return np.asarray(
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _rectangle(WORD_GAP_PX, 1)), dtype=np.uint8
    )


def _rectangle(width: int, height: int) -> npt.NDArray[np.uint8]:
    return np.ones((height, width), dtype=np.uint8)


def _line_of(contour: npt.NDArray[np.int32], scale: float) -> TextLine:
    (x, y), (width, height), tilt = cv2.minAreaRect(contour)
    if width < height:
        width, height, tilt = height, width, tilt - 90
    level = (tilt + 90) % 180 - 90
    return TextLine(x / scale, y / scale, width / scale, height / scale, level)


def _is_long_and_thin(line: TextLine, picture_width: int) -> bool:
    return (
        line.width > MIN_LINE_WIDTH * picture_width
        and line.aspect > MIN_LINE_ASPECT
        and abs(line.tilt_deg) < MAX_TILT_DEG
    )


def _groups(lines: list[TextLine]) -> list[list[TextLine]]:
    """Runs of lines that belong together; each line is in one run only."""
    groups: list[list[TextLine]] = []
    for line in lines:
        home = next((group for group in groups if _continues(group[-1], line)), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    return groups


def _continues(above: TextLine, below: TextLine) -> bool:
    tilt = radians(above.tilt_deg)
    across, down = below.x - above.x, below.y - above.y
    along = across * cos(tilt) + down * sin(tilt)
    pitch = down * cos(tilt) - across * sin(tilt)
    height = max(min(above.height, below.height), 1.0)
    widest = max(above.width, below.width)
    return (
        abs(above.width - below.width) < 0.12 * widest
        and abs(along) < 0.08 * widest
        and abs(above.tilt_deg - below.tilt_deg) < 4
        and PITCH_IN_LINE_HEIGHTS[0] * height < pitch < PITCH_IN_LINE_HEIGHTS[1] * height
    )


def _band_of(group: list[TextLine], shape: tuple[int, ...]) -> Band:
    height = float(np.median([line.height for line in group]))
    pitch = _pitch(group, height)
    aspect = float(np.median([line.aspect for line in group]))
    # A two-line group of a card's shape has lost a line, above or below; a single one may have
    # lost two. Making room costs little: lines that are no part of the zone are left out later.
    room = 0.0 if len(group) >= 3 else pitch if aspect < TWO_LINE_ASPECT else 0.35 * height
    if len(group) == 1:
        room = 2 * pitch if aspect < TWO_LINE_ASPECT else pitch
    span = hypot(group[-1].x - group[0].x, group[-1].y - group[0].y)
    return Band(
        x=float(np.mean([line.x for line in group])),
        y=float(np.mean([line.y for line in group])),
        width=max(line.width for line in group) + 2.5 * height,
        height=span + height + 2 * max(room, 0.6 * height),
        tilt_deg=float(np.median([line.tilt_deg for line in group])),
        line_height_px=height,
        line_count=len(group),
        score=_score(group, shape),
    )


def _pitch(group: list[TextLine], height: float) -> float:
    if len(group) == 1:
        return DEFAULT_PITCH * height
    return float(np.mean([hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(group)]))


def _score(group: list[TextLine], shape: tuple[int, ...]) -> float:
    """Length in picture widths, doubled for each neighbour, less for a stray shape."""
    length = max(line.width for line in group) / shape[1]
    aspect = float(np.median([line.aspect for line in group]))
    shape_bonus = 1.0 if 22 <= aspect <= 60 else 0.5
    return length * min(len(group), 3) * shape_bonus


def cut_out(gray: Gray, band: Band, *, letter_height_px: float) -> Gray:
    """The band alone, level, scaled so that capital letters are `letter_height_px` high.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    band : Band
    letter_height_px : float
        Wanted height of a capital letter, pixels.

    Returns
    -------
    ndarray of shape (band height, band width) times the scale, dtype=uint8
        Outside the picture the edge is repeated: a black border would be read as letters.
    """
    scale = letter_height_px / max(band.line_height_px, 1.0)
    width, height = round(band.width * scale), round(band.height * scale)
    turn = cv2.getRotationMatrix2D((band.x, band.y), band.tilt_deg, scale)
    turn[:, 2] += width / 2 - band.x, height / 2 - band.y
    # INTER_AREA does not exist for warps; shrinking by much would alias, so blur first.
    source = cv2.GaussianBlur(gray, (0, 0), 0.4 / scale) if scale < 0.6 else gray
    return np.asarray(
        cv2.warpAffine(
            source, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )


def even_out(cut: Gray, *, letter_height_px: float) -> Gray:
    """Black print on white, equally strong everywhere, whatever lies below or shines on it.

    The black-hat takes patterns and shadows wider than a letter away, dividing by the strongest
    print nearby lifts what a reflection has made faint.

    Parameters
    ----------
    cut : ndarray of shape (height, width), dtype=uint8
        From `cut_out` with the same `letter_height_px`.
    letter_height_px : float

    Returns
    -------
    ndarray of the same shape, dtype=uint8
    """
    letter = _odd(1.3 * letter_height_px)
    black_hat = cv2.morphologyEx(cut, cv2.MORPH_BLACKHAT, _rectangle(letter, letter))
    print_only = black_hat.astype(np.float32)
    around = _rectangle(_odd(3 * letter_height_px), _odd(1.5 * letter_height_px))
    strongest = cv2.GaussianBlur(cv2.dilate(print_only, around), (0, 0), letter_height_px)
    evened = 255 - 255 * print_only / np.maximum(strongest, FAINTEST_PRINT)
    return np.asarray(np.clip(evened, 0, 255), dtype=np.uint8)


def stretch(cut: Gray, *, letter_height_px: float) -> Gray:
    """Print as dark as it gets on white, by one measure for the whole zone.

    Unlike `even_out` it leaves the strength of strokes to each other as it is, so that noise
    between faint letters is not made print.

    Parameters
    ----------
    cut : ndarray of shape (height, width), dtype=uint8
    letter_height_px : float

    Returns
    -------
    ndarray of the same shape, dtype=uint8
    """
    around = _odd(2 * letter_height_px)
    paper = cv2.morphologyEx(cut, cv2.MORPH_CLOSE, _rectangle(around, around))
    paper = cv2.GaussianBlur(paper, (0, 0), 0.75 * letter_height_px)
    darkness = paper.astype(np.float32) - cut
    # The darkest three in a hundred are print wherever there is a zone.
    darkest = max(float(np.percentile(darkness, 97)), FAINTEST_STRETCHED)
    return np.asarray(np.clip(255 - darkness * (220 / darkest), 0, 255), np.uint8)


def _odd(length: float) -> int:
    return int(length) | 1
