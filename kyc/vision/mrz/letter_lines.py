"""Lines of letters: joined out of chains, and freed of what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.formats import LINE_LENGTHS

Points = npt.NDArray[np.float64]

MIN_LINE = 12
# The 44 specimens have up to 165, renders 76; each is held against each, and 1,053 took 5.6 s.
MAX_CHAINS = 300
MAX_GAP_IN_PITCHES = 9.0  # letters that blur or a reflection has taken
MAX_BEND_DEG = 6.0
MAX_OFFSET_IN_PITCHES = 0.55
# Middles of boxes stand 0.95 to 1.05 pitches apart on sharp renders, whatever the letters.
OUT_OF_STEP = 0.2
GAP = 0.3  # more than that besides one pitch, which perspective makes wider at one end
LONGEST = max(LINE_LENGTHS) + 2  # a speck at either end
NEAR_A_LENGTH = 1.2  # pitches; perspective makes the middle one a little wrong
# Lines of zones on sharp pictures have all their letters, print around documents has words.
FULL_SHARE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class LetterLine:
    """Letters of one line in the order of its direction.

    Attributes
    ----------
    centres : ndarray of shape (n, 2)
        x, y in pixels of the picture.
    direction : ndarray of shape (2,)
        Of length 1; x is positive, or y where x is 0. Whether it is that of reading is not known.
    pitch_px : float
        Distance of neighbours.
    """

    centres: Points
    direction: Points
    pitch_px: float

    @property
    def first(self) -> Points:
        """Where the fitted line passes the first letter."""
        return self._on_line(0)

    @property
    def last(self) -> Points:
        """Where the fitted line passes the last letter."""
        return self._on_line(-1)

    @property
    def counted(self) -> float:
        """How many letters of its pitch there are from the first to the last, lost ones too."""
        return self.length_px / self.pitch_px + 1

    @property
    def columns(self) -> int:
        """Letters in the line, one of the standard's lengths where it is about so long."""
        return nearest_length(self.counted)

    @property
    def is_too_long(self) -> bool:
        """Whether no zone has so long a line, though print around a document often has."""
        return self.counted > LONGEST

    @property
    def is_full(self) -> bool:
        """Whether it has a length of the standard and hardly a letter is missing."""
        return self.columns in LINE_LENGTHS and len(self.centres) >= FULL_SHARE * self.counted

    @property
    def weight(self) -> float:
        """Letters found, times their share of those that there should be."""
        return len(self.centres) ** 2 / self.counted

    @property
    def length_px(self) -> float:
        """From the middle of the first letter to that of the last."""
        return float((self.centres[-1] - self.centres[0]) @ self.direction)

    def _on_line(self, at: int) -> Points:
        middle = self.centres.mean(axis=0)
        along = (self.centres[at] - middle) @ self.direction
        return np.asarray(middle + along * self.direction)


def nearest_length(counted: float) -> int:
    """A length of the standard, where it is about so long; else what was counted.

    Examples
    --------
    >>> nearest_length(43.1), nearest_length(39.8)
    (44, 40)
    """
    near = min(LINE_LENGTHS, key=lambda length: abs(length - counted))
    return near if abs(near - counted) <= NEAR_A_LENGTH else max(round(counted), 2)


def line_of(points: Points) -> LetterLine | None:
    """The straight line through points; None where they are a cloud."""
    middle = points.mean(axis=0)
    _, spread, axes = np.linalg.svd(points - middle, full_matrices=False)
    direction = axes[0]
    if direction[0] < 0 or (direction[0] == 0 and direction[1] < 0):
        direction = -direction
    along = (points - middle) @ direction
    order = np.argsort(along)
    steps = np.diff(along[order])
    pitch = float(np.median(steps[steps > 0])) if np.any(steps > 0) else 0.0
    if pitch <= 0 or spread[1] / np.sqrt(len(points)) > MAX_OFFSET_IN_PITCHES * pitch:
        return None
    return LetterLine(points[order], direction, pitch)


def joined(chains: list[LetterLine]) -> list[LetterLine]:
    """Lines out of chains that continue each other, the longest drawing in the others.

    Of very many chains the longest are joined and the rest left out.
    """
    rest = sorted(chains, key=lambda chain: len(chain.centres), reverse=True)[:MAX_CHAINS]
    lines = []
    while rest:
        line, rest = rest[0], rest[1:]
        while (
            at := next((i for i, o in enumerate(rest) if _continues(line, o)), None)
        ) is not None:
            merged = line_of(np.concatenate([line.centres, rest[at].centres]))
            rest = rest[:at] + rest[at + 1 :]
            line = merged or line
        lines.append(line)
    return lines


def trimmed(line: LetterLine) -> LetterLine:
    """The line without what stands out of step at its ends, if that makes it as long as a zone's.

    A card's edge stands there; but so do the blurred ends of small zones, which are to be kept.
    """
    centres = line.centres
    if len(centres) in LINE_LENGTHS:
        return line
    while len(centres) > MIN_LINE and _is_out_of_step(centres[:2], line):
        centres = centres[1:]
    while len(centres) > MIN_LINE and _is_out_of_step(centres[-2:], line):
        centres = centres[:-1]
    return (line_of(centres) or line) if len(centres) in LINE_LENGTHS else line


def without_neighbours(line: LetterLine) -> LetterLine:
    """The longest run without a gap in a line of no standard length, if the run has one.

    Print beside the document that goes on at the same height is drawn into its line, over the gap
    that the document's margin makes. A gap of one letter is a letter lost, and no margin.
    """
    if line.columns in LINE_LENGTHS:
        return line
    steps = np.diff(line.centres @ line.direction) / line.pitch_px
    breaks = np.flatnonzero(np.abs(steps - 1) > GAP)
    runs = np.split(line.centres, breaks + 1)
    at = max(range(len(runs)), key=lambda i: len(runs[i]))
    gaps = steps[breaks][max(at - 1, 0) : at + 1]
    if len(runs[at]) not in LINE_LENGTHS or np.any(np.abs(gaps - 2) < OUT_OF_STEP):
        return line
    return line_of(runs[at]) or line


def _is_out_of_step(pair: Points, line: LetterLine) -> bool:
    steps = float((pair[1] - pair[0]) @ line.direction) / line.pitch_px
    return abs(steps - max(round(steps), 1)) > OUT_OF_STEP


def _continues(line: LetterLine, other: LetterLine) -> bool:
    if not 0.75 < other.pitch_px / line.pitch_px < 1.33:
        return False
    normal = np.array((-line.direction[1], line.direction[0]))
    middle = line.centres.mean(axis=0)
    ends = other.centres[[0, -1]] - middle
    if np.abs(ends @ normal).max() > 1.2 * line.pitch_px:
        return False
    if abs(other.direction @ normal) > np.sin(np.deg2rad(MAX_BEND_DEG)) and len(other.centres) > 5:
        return False
    along, own = ends @ line.direction, (line.centres[[0, -1]] - middle) @ line.direction
    gap = max(along.min() - own[1], own[0] - along.max())
    return bool(0 < gap < MAX_GAP_IN_PITCHES * line.pitch_px)
