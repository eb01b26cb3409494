"""Words joined to runs of print, as they stand on a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kyc.vision.visual_zone.ocr import Word

# A gap of more than this many letter heights ends a run: columns of a form stand further apart,
# words of a name nearer.
GAP_IN_HEIGHTS = 1.6
# Labels are printed half as high as values; what differs by more is not one run.
HEIGHT_RATIO = 1.7
MIN_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one height on one base line, close together.

    ``x``, ``y``, ``width``, ``height`` are pixels; ``confidence`` is 0–1, weighted by length.
    """

    words: tuple[Word, ...]
    x: int
    y: int
    width: int
    height: int

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Of the words, weighted by their length."""
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) * word.confidence for word in self.words) / max(letters, 1)

    @property
    def right(self) -> int:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Where its letters stand."""
        return self.y + self.height


def runs_of(words: Sequence[Word]) -> tuple[Run, ...]:
    """Join words to runs, from top to bottom and left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: one.x):
        home = next((row for row in rows if _continues(row[-1], word)), None)
        if home is None:
            rows.append([word])
        else:
            home.append(word)
    return tuple(sorted(map(run_of, rows), key=lambda run: (run.y + run.height / 2, run.x)))


def run_of(words: Sequence[Word]) -> Run:
    """One run of the words given, in their order."""
    left, top = min(word.x for word in words), min(word.y for word in words)
    right = max(word.x + word.width for word in words)
    bottom = max(word.y + word.height for word in words)
    return Run(tuple(words), left, top, right - left, bottom - top)


def _continues(last: Word, word: Word) -> bool:
    lower, higher = sorted((last.height, word.height))
    overlap = min(last.y + last.height, word.y + word.height) - max(last.y, word.y)
    gap = word.x - (last.x + last.width)
    return (
        higher <= HEIGHT_RATIO * max(lower, 1)
        and overlap >= MIN_OVERLAP * lower
        and -0.5 * higher <= gap <= GAP_IN_HEIGHTS * higher
    )


def letter_height(runs: Sequence[Run]) -> float:
    """The usual height of a run, pixels; 1 where there is none."""
    return float(median(run.height for run in runs)) if runs else 1.0
