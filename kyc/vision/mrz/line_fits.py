"""Where exactly the letters of a line are: moved until its cells look most like letters.

A zone's corners are the first and last letters that were found. Where one of them was blurred away,
or perspective drew the pitch out, cells are cut beside the letters, and no reader of letters can
make up for that. So each line is moved, drawn out and tilted until its letters are plainest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.letters import CLASSES, PITCH_PX, LetterReader, cells_at, log_shares

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

BLANK = CLASSES.index(" ")
# Where a line is looked for above and below its place, then how far it is moved at a time.
ROW_SHIFTS_PX = (-4.0, -2.0, 0.0, 2.0, 4.0)
STEPS_PX = (3.0, 1.5, 0.75)
# What is changed in a step: all of the line, its ends against each other, one end, the other.
MOVES = (
    {"along": 1.0}, {"stretch": 1.0},
    {"along": 0.5, "stretch": 0.5}, {"along": 0.5, "stretch": -0.5}, {"bend": 1.0},
    {"down": 1.0}, {"tilt": 1.0},
)  # fmt: skip
ROUNDS = 2
EVERY = 2  # cells that are looked at while a line is moved: half of them tell as much
# A line whose cells are as plain as this in the first place is not moved by half and whole letters.
PLAIN = -0.2
# Nor is one as plain as this moved at all.
PLAINEST = -0.05
SHIFTS = (-1.0, -0.5, 0.0, 0.5, 1.0)  # pitches
TINY = 1e-6


@dataclass(frozen=True, slots=True)
class LineFit:
    """How a line lies, against where it was thought to be.

    Attributes
    ----------
    along, stretch : float
        Pixels by which the middle of the cells, and the last cell against the middle, lie further
        to the right.
    bend : float
        Pixels by which the middle lies further to the right than the ends put it. A zone is low
        and long: a corner that is wrong by a tenth of a letter's height looks like perspective
        which moves the middle by almost a letter.
    down, tilt : float
        The same, downwards.
    """

    along: float = 0.0
    stretch: float = 0.0
    bend: float = 0.0
    down: float = 0.0
    tilt: float = 0.0

    def moved(self, by: float, **shares: float) -> LineFit:
        """The same line, each measure named changed by its share of `by`."""
        changed = {name: getattr(self, name) + by * share for name, share in shares.items()}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Cells of one line in a straightened picture: where they were expected.

    Attributes
    ----------
    picture : ndarray of shape (height, width), dtype=uint8
    columns : ndarray of shape (n,)
        Middles of cells, pixels.
    row : float
    letters : slice
        Those columns in which letters were found; beside them may be some, or none.
    """

    picture: Gray
    columns: Floats
    row: float
    letters: slice

    def places(self, fit: LineFit) -> tuple[Floats, Floats]:
        """Middles of all cells: x and y, pixels."""
        share = self._shares()
        return (
            self.columns + fit.along + fit.stretch * share + fit.bend * (1 - share**2),
            np.asarray(self.row + fit.down + fit.tilt * share, np.float32),
        )

    def ends_moved(self, fit: LineFit) -> Iterator[LineFit]:
        """Either end of the letters found, or both, moved by up to a letter."""
        first, last = self._shares()[self.letters][[0, -1]]
        shifts = [shift * PITCH_PX for shift in SHIFTS]
        for left, right in product(shifts, repeat=2):
            stretch = (right - left) / max(float(last - first), TINY)
            yield fit.moved(1.0, along=left - stretch * first, stretch=stretch)

    def _shares(self) -> Floats:
        """How far each cell lies from the middle, −1 to 1."""
        middle = (self.columns[0] + self.columns[-1]) / 2
        reach = max(float(self.columns[-1] - self.columns[0]) / 2, 1.0)
        return np.asarray((self.columns - middle) / reach, np.float32)

    def likely(self, fit: LineFit, reader: LetterReader) -> Floats:
        """Logarithms of probabilities, shape (columns, classes)."""
        return reader.log_probabilities(cells_at(self.picture, *self.places(fit)))

    def likely_around(self, fit: LineFit, reader: LetterReader) -> Floats:
        """The same as the mean of cuts a little beside each other, which steadies faint letters."""
        cuts = [fit.moved(by, **{name: 1.0}) for name in ("along", "down") for by in (-1.0, 1.0)]
        return log_shares(np.mean([self.likely(one, reader) for one in (fit, *cuts)], axis=0))

    def plainness(self, fit: LineFit, reader: LetterReader) -> float:
        """Mean logarithm of the likeliest letter where letters were found; 0 is certain."""
        columns, rows = (places[self.letters][::EVERY] for places in self.places(fit))
        likely = reader.log_probabilities(cells_at(self.picture, columns, rows))
        return float(likely[:, :BLANK].max(axis=1).mean())


def rough_fit(line: Line, reader: LetterReader) -> LineFit:
    """The height at which the letters are plainest."""
    fits = [LineFit(down=by) for by in ROW_SHIFTS_PX]
    return max(fits, key=lambda fit: line.plainness(fit, reader))


def close_fit(line: Line, fit: LineFit, reader: LetterReader) -> LineFit:
    """The line moved, drawn out and tilted to where its letters are plainest nearby.

    1. Where they are not plain, either end is tried up to a letter further out and in, then the
       middle.
    2. Each of `MOVES` is made in turn while that helps, in smaller and smaller steps.

    Notes
    -----
    At most 80 cuts of the line, about 25 on photographs that are sharp.
    """

    def plainness(one: LineFit) -> float:
        return line.plainness(one, reader)

    best = plainness(fit)
    if best < PLAIN:
        fit = max(line.ends_moved(fit), key=plainness)
        fit = max((fit.moved(shift * PITCH_PX, bend=1.0) for shift in SHIFTS), key=plainness)
        best = plainness(fit)
    for step_px in STEPS_PX:
        for _ in range(ROUNDS):
            if best > PLAINEST:
                return fit
            before = fit
            best, fit = _stepped(fit, best, step_px, plainness)
            if fit == before:
                break
    return fit


def _stepped(
    fit: LineFit, best: float, step_px: float, plainness: Callable[[LineFit], float]
) -> tuple[float, LineFit]:
    """Each move made once, where that makes the letters plainer."""
    for shares in MOVES:
        for by in (-step_px, step_px):
            other = fit.moved(by, **shares)
            if (found := plainness(other)) > best:
                best, fit = found, other
                break
    return best, fit
