"""A zone read cell by cell: which layout, which way up, and how likely each character is where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.formats import FORMATS, MrzFormat, permitted_characters
from kyc.vision.mrz.letters import CLASSES, PITCH_PX, LetterReader, cells_at
from kyc.vision.mrz.zones import STANDARD_SPACING, Zone, straightened

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

BLANK = CLASSES.index(" ")
PLACE = {character: place for place, character in enumerate(CLASSES)}
# Columns and lines are looked for this far beyond the letters found: a blurred end is often lost.
EXTRA_COLUMNS = 3
SHIFTS_PX = (-3.0, -1.5, 0.0, 1.5, 3.0)
WIDEST_SPACING = 3.8
# What a cell beside the zone may count against it at most: there may be print.
LEAST_BLANK = -1.5
# Of 126 renders and 40 specimens the right layout scores -0.7 or more on all but three, a wrong one
# -0.4 or less on all but one.
BELIEVED_SCORE = -0.35


@dataclass(frozen=True, slots=True, eq=False)
class CellReading:
    """The likeliest layout of a zone, with what each cell shows.

    Attributes
    ----------
    layout : MrzFormat
    is_upside_down : bool
        Whether the picture of the zone has to be turned by 180°.
    texts : tuple of str
        The likeliest character of each cell, permitted there or not.
    log_probabilities : ndarray of shape (lines, columns, classes)
        Among the characters that the layout permits there; the others have minus infinity.
    score : float
        Mean logarithm of the likeliest permitted characters; 0 is certain, below -1 is no zone.
    """

    layout: MrzFormat
    is_upside_down: bool
    texts: tuple[str, ...]
    log_probabilities: Floats
    score: float

    @property
    def is_plain(self) -> bool:
        """Whether layout and way up can be believed."""
        return self.score >= BELIEVED_SCORE

    def log_probability(self, line: int, position: int, character: str) -> float:
        """How likely a character is there."""
        return float(self.log_probabilities[line, position, PLACE[character]])

    def likeliest(self, line: int, position: int) -> str:
        """The likeliest of the characters that are permitted there."""
        return CLASSES[int(self.log_probabilities[line, position].argmax())]


def read_cells(gray: Gray, zone: Zone, reader: LetterReader) -> tuple[CellReading, ...]:
    """Read every cell of a zone both ways up and say which layouts fit.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    zone : Zone
    reader : LetterReader

    Returns
    -------
    tuple of CellReading
        Of each layout its best place, the best layout first, all of them one way up. Empty where
        the zone is too short for any layout.
    """
    margin = EXTRA_COLUMNS + 1.0
    picture = straightened(gray, zone, pitch_px=PITCH_PX, margin=margin)
    columns = (margin + 0.5 + np.arange(-EXTRA_COLUMNS, zone.columns + EXTRA_COLUMNS)) * PITCH_PX
    rows = _row_middles(zone, picture.shape[0])
    found: list[CellReading] = []
    for is_upside_down in (False, True):
        turned = np.ascontiguousarray(picture[::-1, ::-1]) if is_upside_down else picture
        places = [picture.shape[0] - 1 - y for y in reversed(rows)] if is_upside_down else rows
        likely = np.stack([_row(turned, columns.astype(np.float32), y, reader) for y in places])
        found += _fits(likely, zone.columns, is_upside_down=is_upside_down)
    found.sort(key=lambda reading: reading.score, reverse=True)
    best: dict[str, CellReading] = {}
    for reading in found:
        if reading.is_upside_down == found[0].is_upside_down:
            best.setdefault(reading.layout.name, reading)
    return tuple(best.values())


def _row_middles(zone: Zone, height: int) -> list[float]:
    """Where lines are or may be, pixels of the straightened picture."""
    steps = max(len(zone.rows) - 1, 1)
    spacing = zone.spacing / steps if len(zone.rows) > 1 else STANDARD_SPACING
    if spacing > WIDEST_SPACING:  # the middle one of three lines was lost
        spacing, steps = spacing / 2, steps * 2
    middle = (height - 1) / 2
    span = zone.spacing * PITCH_PX if len(zone.rows) > 1 else 0.0
    top = middle - span / 2 if len(zone.rows) > 1 else middle - zone.spacing * PITCH_PX / 2
    count = steps + 1 if len(zone.rows) > 1 else 1
    extra = 3 - count if count < 3 and not zone.is_whole else 0
    places = [top + k * spacing * PITCH_PX for k in range(-extra, count + extra)]
    return [y for y in places if 0 < y < height]


def _row(picture: Gray, columns: Floats, y: float, reader: LetterReader) -> Floats:
    """Likelihoods of one line, at the height where the letters are plainest."""
    tries = [_likely(picture, columns, y + by, reader) for by in SHIFTS_PX]
    return max(tries, key=_plainness)


def _likely(picture: Gray, columns: Floats, y: float, reader: LetterReader) -> Floats:
    return reader.log_probabilities(cells_at(picture, columns, y))


def _plainness(likely: Floats) -> float:
    return float(likely[:, :BLANK].max(axis=1).mean())


def _fits(likely: Floats, columns: int, *, is_upside_down: bool) -> Iterator[CellReading]:
    """Every layout at every place that it may have among the cells."""
    for layout in FORMATS:
        if layout.line_length > columns + EXTRA_COLUMNS:
            continue
        allowed = _allowed(layout)
        for top in range(likely.shape[0] - layout.line_count + 1):
            for left in range(likely.shape[1] - layout.line_length + 1):
                lines = slice(top, top + layout.line_count)
                part = likely[lines, left : left + layout.line_length]
                permitted = np.where(allowed, part, -np.inf)
                inside = permitted.max(axis=-1)
                beside = np.concatenate(
                    [likely[lines, :left], likely[lines, left + layout.line_length :]], axis=1
                )[..., BLANK]
                total = inside.sum() + np.maximum(beside, LEAST_BLANK).sum()
                score = float(total) / (inside.size + beside.size)
                yield CellReading(layout, is_upside_down, _texts(part), _shares(permitted), score)


def _texts(likely: Floats) -> tuple[str, ...]:
    best = likely[..., :BLANK].argmax(axis=-1)
    return tuple("".join(CLASSES[place] for place in line) for line in best)


def _shares(permitted: Floats) -> Floats:
    """Logarithms of probabilities that add up to one among what is permitted."""
    best = permitted.max(axis=-1, keepdims=True)
    total = best + np.log(np.exp(permitted - best).sum(axis=-1, keepdims=True))
    return np.asarray(permitted - total, np.float32)


def _allowed(layout: MrzFormat) -> npt.NDArray[np.bool_]:
    """Which classes may stand where: shape (lines, columns, classes)."""
    table = np.zeros((layout.line_count, layout.line_length, len(CLASSES)), bool)
    for line, row in enumerate(permitted_characters(layout)):
        for position, characters in enumerate(row):
            table[line, position, [PLACE[character] for character in characters]] = True
    return table
