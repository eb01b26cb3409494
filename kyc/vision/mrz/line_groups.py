"""Which lines of letters lie below each other as those of a zone do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kyc.vision.mrz.formats import LINE_LENGTHS
from kyc.vision.mrz.letter_lines import LetterLine

MAX_LINES = 3
MAX_TURN_DEG = 5.0  # between two lines of one zone, by perspective
PITCH_RATIO = (0.8, 1.25)
# The standard has 2.5 pitches from line to line; specimens were seen with 1.7 to 3.4.
SPACING_IN_PITCHES = (1.4, 3.8)
MAX_OVERHANG = 4.0  # pitches that one line may run beyond another


def first_group(lines: Sequence[LetterLine]) -> list[LetterLine]:
    """The first line with those that belong to it, from one side to the other.

    Parameters
    ----------
    lines : sequence of LetterLine
        At least one; of several that may be next to the group, the one that comes first is taken.
    """
    first = lines[0]
    normal = np.array((-first.direction[1], first.direction[0]))
    middle = first.centres.mean(axis=0)
    rest = [line for line in lines[1:] if _is_parallel(first, line)]
    offsets = {line: float((line.centres.mean(axis=0) - middle) @ normal) for line in lines}
    low, high = (bound * first.pitch_px for bound in SPACING_IN_PITCHES)
    group = [first]
    # The third line of a card is next to the second, whichever of them comes first.
    while len(group) < MAX_LINES and (
        beside := [
            line
            for line in rest
            if line not in group
            and low < min(abs(offsets[line] - offsets[one]) for one in group) < high
        ]
    ):
        group.append(beside[0])
    return sorted(_without_specks(group), key=offsets.__getitem__)


def _without_specks(group: list[LetterLine]) -> list[LetterLine]:
    """The two full lines of a zone of two, where the background has a third one of specks."""
    full = [line for line in group if line.is_full]
    is_of_two = len(full) == 2 and all(line.columns > min(LINE_LENGTHS) for line in full)
    return full if is_of_two else group


def _is_parallel(line: LetterLine, other: LetterLine) -> bool:
    turn = abs(line.direction[0] * other.direction[1] - line.direction[1] * other.direction[0])
    if turn > np.sin(np.deg2rad(MAX_TURN_DEG)):
        return False
    if not PITCH_RATIO[0] < other.pitch_px / line.pitch_px < PITCH_RATIO[1]:
        return False
    middle = line.centres.mean(axis=0)
    own = (line.centres[[0, -1]] - middle) @ line.direction
    ends = (other.centres[[0, -1]] - middle) @ line.direction
    overhang = max(own[0] - ends[0], ends[1] - own[1]) / line.pitch_px
    return bool(overhang < MAX_OVERHANG)
