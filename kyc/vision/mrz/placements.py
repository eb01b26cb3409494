"""Lines of cells, and where among them each layout of the standard may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.formats import FORMATS, MrzFormat, permitted_characters
from kyc.vision.mrz.letters import CLASSES
from kyc.vision.mrz.line_fits import BLANK, Line, LineFit
from kyc.vision.mrz.zones import Zone

Floats = npt.NDArray[np.float32]

PLACE = {character: place for place, character in enumerate(CLASSES)}
# Columns and lines are looked for this far beyond the letters found: a blurred end is often lost.
EXTRA_COLUMNS = 3
# What a cell beside the zone may count against it at most: there may be print.
LEAST_BLANK = -1.5
# What a cell of the zone may count against it: a reflection may have taken its letter.
LEAST_LETTER = -5.0
# What it counts against a layout that one of its lines begins a letter beside the others, as a
# logarithm: by perspective it may, and where an end was lost.
OUT_OF_LINE = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Lines of a zone one way up, how they lie, and what their cells show.

    Attributes
    ----------
    zone : Zone
    is_upside_down : bool
    lines : tuple of Line
    fits : tuple of LineFit
        One for each line.
    likely : ndarray of shape (lines, cells, classes)
        Logarithms of probabilities.
    """

    zone: Zone
    is_upside_down: bool
    lines: tuple[Line, ...]
    fits: tuple[LineFit, ...]
    likely: Floats

    def placements(self) -> list[Placement]:
        """Every layout at every place that it may have among the cells, the best first."""
        found = [one for layout in FORMATS for one in _placements(layout, self)]
        return sorted(found, key=lambda one: one.score, reverse=True)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A layout whose first line is line `top`, and in which cell each of its lines begins.

    ``score`` is the mean logarithm over all cells of these lines, those beside the zone as blanks.
    """

    layout: MrzFormat
    top: int
    lefts: tuple[int, ...]
    score: float

    @property
    def lines(self) -> range:
        """Numbers of its lines."""
        return range(self.top, self.top + self.layout.line_count)

    def part(self, likely: Floats) -> Floats:
        """Its cells out of all cells."""
        return np.stack(
            [
                likely[line, left : left + self.layout.line_length]
                for line, left in zip(self.lines, self.lefts, strict=True)
            ]
        )


def _placements(layout: MrzFormat, sheet: Sheet) -> Iterator[Placement]:
    lines, columns = sheet.likely.shape[:2]
    if layout.line_length > columns - EXTRA_COLUMNS:
        return
    for top in range(lines - layout.line_count + 1):
        rows = sheet.likely[top : top + layout.line_count]
        scores = np.stack([_scores(row, layout, line) for line, row in enumerate(rows)])
        for left in range(columns - layout.line_length + 1):
            lefts = tuple(_left(scores[line], left) for line in range(layout.line_count))
            total = sum(
                scores[line, at] - OUT_OF_LINE * (at != left) for line, at in enumerate(lefts)
            )
            yield Placement(layout, top, lefts, float(total) / (layout.line_count * columns))


def _left(scores: Floats, left: int) -> int:
    """Where one line begins: with the others, or a letter beside, if that is much likelier."""
    beside = (at for at in (left - 1, left + 1) if 0 <= at < len(scores))
    best = max(beside, key=lambda at: float(scores[at]), default=left)
    return best if scores[best] - OUT_OF_LINE > scores[left] else left


def _scores(likely: Floats, layout: MrzFormat, line: int) -> Floats:
    """Sum of logarithms of a line of the layout, by the cell in which it begins."""
    length = layout.line_length
    windows = np.lib.stride_tricks.sliding_window_view(likely, length, axis=0)
    inside = (
        np.where(allowed_classes(layout)[line].T, windows, LEAST_LETTER).max(axis=1).sum(axis=-1)
    )
    blank = np.maximum(likely[:, BLANK], LEAST_BLANK)
    covered = np.convolve(blank, np.ones(length, np.float32), "valid")
    return np.asarray(inside + blank.sum() - covered, np.float32)


@cache
def allowed_classes(layout: MrzFormat) -> npt.NDArray[np.bool_]:
    """Which classes may stand where: shape (lines, columns, classes)."""
    table = np.zeros((layout.line_count, layout.line_length, len(CLASSES)), bool)
    for line, row in enumerate(permitted_characters(layout)):
        for position, characters in enumerate(row):
            table[line, position, [PLACE[character] for character in characters]] = True
    return table
