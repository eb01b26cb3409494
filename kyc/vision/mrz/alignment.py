"""Fit a recognised line to the positions of a layout, with every change named and priced.

Recognition drops or doubles fillers in their long runs and takes one look-alike for another. The
layout says how long a line is and where letters and digits stand; the cheapest set of changes that
fits it is found by dynamic programming over (characters read) × (positions).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from kyc.vision.mrz.check_digits import FILLER
from kyc.vision.mrz.readings import Repair

Permitted = tuple[frozenset[str], ...]

# What each character may be a misreading of, best guess first: by the shapes of OCR-B and by what
# was seen on the 44 specimens and on renders. Frequencies were not measured.
LOOK_ALIKES: MappingProxyType[str, str] = MappingProxyType(
    {
        "0": "ODQU", "1": "ILTJ", "2": "Z", "3": "BJ", "4": "A",
        "5": "S", "6": "G", "7": "TZ", "8": "B", "9": "P",
        "A": "4", "B": "8", "C": "<0G", "D": "0O", "E": "F<", "F": "PE", "G": "6C",
        "H": "MN", "I": "1L", "J": "1I3", "K": "<X", "L": "1I<", "N": "MH", "O": "0DQ",
        "P": "FR", "Q": "0O", "R": "PA", "S": "5", "T": "7I1", "U": "0OV", "V": "UY",
        "W": "M", "X": "K<", "Y": "V", "Z": "2I7",
    }
)  # fmt: skip

# Prices, in units of one bold guess. A forced look-alike (a letter where only digits may stand) is
# almost certain. The others are set by judgement; with them no specimen is accepted with a wrong
# key field, which `pytest -m measurement` holds them to.
FORCED_LOOK_ALIKE = 0.2
IMPOSSIBLE_CHARACTER = 2.0
FILLER_IN_A_LONG_RUN = 0.15
FILLER_IN_A_SHORT_RUN = 0.6
FILLER_ALONE = 1.2
CHARACTER_AT_AN_END = 0.4
CHARACTER_INSIDE = 1.2

# Recognition counts the fillers of "<<" right and loses count in longer runs.
LONG_RUN = 3

MAX_SURPLUS = 8  # characters of dirt or frame at the ends
MAX_MISSING = 8  # fillers lost from a run


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A line of exactly the layout's length, and what was changed for it."""

    text: str
    repairs: tuple[Repair, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Step:
    """One move of the alignment: characters read and written by it; either may be empty."""

    read: str
    written: str
    position: int


def fit_line(read: str, permitted: Permitted, line: int) -> FittedLine | None:
    """The cheapest way to make `read` a line of the layout.

    Parameters
    ----------
    read : str
        What was recognised.
    permitted : tuple of frozenset of str
        The characters that may stand at each position.
    line : int
        Number of the line, for the report of repairs.

    Returns
    -------
    FittedLine or None
        None when the length is too far off to be this line. Cost 0 means that nothing changed.

    Notes
    -----
    O(len(read) × len(permitted)) when the length or a character does not fit, O(n) otherwise.
    """
    surplus = len(read) - len(permitted)
    if not -MAX_MISSING <= surplus <= MAX_SURPLUS:
        return None
    straight = _fit_straight(read, permitted, line) if surplus == 0 else None
    if straight is not None and straight.cost <= 4 * FORCED_LOOK_ALIKE:
        return straight
    return _fit_shifted(read, permitted, line)


def substitute(character: str, permitted: frozenset[str]) -> tuple[str, float]:
    """The character that may stand there instead, and the price.

    Examples
    --------
    >>> substitute("O", frozenset("0123456789"))
    ('0', 0.2)
    """
    if character in permitted:
        return character, 0.0
    for guess in LOOK_ALIKES.get(character, ""):
        if guess in permitted:
            return guess, FORCED_LOOK_ALIKE
    return character, IMPOSSIBLE_CHARACTER


def _fit_straight(read: str, permitted: Permitted, line: int) -> FittedLine:
    steps, cost = [], 0.0
    for position, character in enumerate(read):
        written, price = substitute(character, permitted[position])
        steps.append(_Step(character, written, position))
        cost += price
    return _fitted(steps, cost, line)


def _fit_shifted(read: str, permitted: Permitted, line: int) -> FittedLine:
    rows, columns = len(read) + 1, len(permitted) + 1
    infinite = float("inf")
    cost = [[infinite] * columns for _ in range(rows)]
    came: list[list[_Step | None]] = [[None] * columns for _ in range(rows)]
    cost[0][0] = 0.0
    for i in range(rows):
        for j in range(max(0, i - MAX_SURPLUS), min(columns, i + MAX_MISSING + 1)):
            here = cost[i][j]
            if here == infinite:
                continue
            for step, price in _moves(read, permitted, i, j):
                to = (i + len(step.read), j + len(step.written))
                if here + price < cost[to[0]][to[1]] - 1e-9:
                    cost[to[0]][to[1]] = here + price
                    came[to[0]][to[1]] = step
    return _fitted(_walk_back(came), cost[-1][-1], line)


def _moves(read: str, permitted: Permitted, i: int, j: int) -> list[tuple[_Step, float]]:
    """Every step that leads on from `i` characters read and `j` positions written."""
    moves = []
    if i < len(read) and j < len(permitted):
        written, price = substitute(read[i], permitted[j])
        moves.append((_Step(read[i], written, j), price))
    if i < len(read):
        moves.append((_Step(read[i], "", j), _price_of_leaving_out(read, i, j, len(permitted))))
    if j < len(permitted) and FILLER in permitted[j]:
        moves.append((_Step("", FILLER, j), _price_of_a_filler(read, i)))
    return moves


def _price_of_leaving_out(read: str, i: int, j: int, length: int) -> float:
    if j in (0, length):
        return CHARACTER_AT_AN_END
    return _price_of_a_filler(read, i) if read[i] == FILLER else CHARACTER_INSIDE


def _price_of_a_filler(read: str, i: int) -> float:
    """What one filler more or less costs between the characters `i` − 1 and `i`."""
    before = len(read[:i]) - len(read[:i].rstrip(FILLER))
    after = len(read[i:]) - len(read[i:].lstrip(FILLER))
    run = before + after
    if run >= LONG_RUN or (run and i == len(read)):
        return FILLER_IN_A_LONG_RUN
    return FILLER_IN_A_SHORT_RUN if run else FILLER_ALONE


def _walk_back(came: list[list[_Step | None]]) -> list[_Step]:
    steps: list[_Step] = []
    i, j = len(came) - 1, len(came[0]) - 1
    while (step := came[i][j]) is not None:
        steps.append(step)
        i, j = i - len(step.read), j - len(step.written)
    return steps[::-1]


def _fitted(steps: list[_Step], cost: float, line: int) -> FittedLine:
    return FittedLine(
        text="".join(step.written for step in steps),
        repairs=tuple(
            Repair(line, step.position, step.read, step.written)
            for step in steps
            if step.read != step.written
        ),
        cost=cost,
    )
