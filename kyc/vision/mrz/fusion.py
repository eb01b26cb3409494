"""One zone out of several readings: those of lines, and that of single cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np

from kyc.vision.mrz.cells import CellReading
from kyc.vision.mrz.check_digits import FILLER, are_alike_to_digits, check_digit
from kyc.vision.mrz.formats import CheckRule, MrzFormat, permitted_characters
from kyc.vision.mrz.readings import Repair
from kyc.vision.mrz.repair import CHECKED_LOOK_ALIKE, Candidate, clear_strays

# Logarithms: what the first reading of a line says for a character, what each further one says
# less, for one engine errs in one way, and the most that a cell says against it. Two readings do
# not outvote a cell that is sure of something else, four may.
WEIGHT_OF_A_READING = 2.5
SHARE_OF_THE_NEXT = 0.5
LEAST_LOG_PROBABILITY = -4.5
# Where digits that hold prove a line's cells wrong twice, cells were cut beside letters there.
LEAST_WHERE_PROVEN_WRONG = -2.0
CONTRADICTED = -2.5  # a cell that gives a character less than one in twelve says something else

# A reading that was hardly mended and of which all digits hold counts in full where they tell.
VOUCHED_COST = 0.45

# A character that was outvoted: cheap, but many of them mean that nothing is plain.
OUTVOTED = 0.1

# A position is doubted for a check digit's sake only where another character is nearly as likely.
MAX_LOSS = 5.0
DOUBTED_POSITIONS = 10
# A date that was changed for a digit's sake, its own or the composite one's, is shown, but nothing
# is accepted with it.
CHANGED_DATE = 2.0
DATES = frozenset({"birth_date", "expiry_date"})


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Another character for a position, and how much less likely it is."""

    line: int
    position: int
    written: str
    loss: float


def fused(readings: Sequence[Candidate], cells: CellReading) -> Candidate:
    """The likeliest zone of the cells' layout, given everything that was read.

    1. Each position takes the character that most speaks for: cells by their likelihood, readings
       of lines by one weight each.
    2. Where a check digit does not hold, the least unlikely change that makes it hold is taken.

    Every difference to the best reading of lines (to the cells, where there is none) is a repair.

    Parameters
    ----------
    readings : sequence of Candidate
        Of the layout of `cells`.
    cells : CellReading
    """
    votes = _Votes(readings, cells)
    base = min(readings, key=_failed_and_cost, default=None) or _of_cells(cells)
    whole = clear_strays(rewritten(base, votes.winners()))
    for rule in cells.layout.checks:
        whole = _mended(whole, rule, votes)
    return whole


def _failed_and_cost(candidate: Candidate) -> tuple[int, float]:
    return candidate.failed_checks, candidate.cost


class _Votes:
    """How much speaks for each character at each position."""

    def __init__(self, readings: Sequence[Candidate], cells: CellReading) -> None:
        self._cells = cells
        self._permitted = permitted_characters(cells.layout)
        lines = range(cells.layout.line_count)
        self._read = [_read(readings, cells, line) for line in lines]
        self._least = [
            LEAST_WHERE_PROVEN_WRONG if _is_proven_wrong(readings, cells, line)
            else LEAST_LOG_PROBABILITY
            for line in lines
        ]  # fmt: skip

    def weight(self, line: int, position: int, character: str) -> float:
        likely = self._cells.log_probability(line, position, character)
        said = self._read[line][position].get(character, 0.0)
        return max(likely, self._least[line]) + said

    def winners(self) -> tuple[str, ...]:
        return tuple(
            "".join(self._winner(line, at) for at in range(len(row)))
            for line, row in enumerate(self._permitted)
        )

    def _winner(self, line: int, position: int) -> str:
        allowed = sorted(self._permitted[line][position])
        return max(allowed, key=lambda character: self.weight(line, position, character))

    def doubts(self, candidate: Candidate, rule: CheckRule) -> list[_Doubt]:
        """What else the rule's positions may be, the least unlikely first."""
        found = []
        for span in (*rule.covers, rule.at):
            for at in range(span.start, span.end):
                now = self.weight(span.line, at, candidate.lines[span.line][at])
                for other in self._permitted[span.line][at] - {candidate.lines[span.line][at]}:
                    loss = now - self.weight(span.line, at, other)
                    if loss < MAX_LOSS:
                        found.append(_Doubt(span.line, at, other, loss))
        return sorted(found, key=lambda doubt: (doubt.loss, doubt.written))[:DOUBTED_POSITIONS]


def _read(readings: Sequence[Candidate], cells: CellReading, line: int) -> list[dict[str, float]]:
    """What the readings of one line say for each character, by position."""
    weighed = sorted(
        (
            (_weight(reading.lines[line], cells, line), reading.lines[line], _is_vouched(reading))
            for reading in readings
        ),
        reverse=True,
    )
    checked = _checked_positions(cells.layout)
    said: list[dict[str, float]] = []
    for at in range(cells.layout.line_length):
        other = cells.likeliest(line, at)
        shares: dict[str, float] = {}
        times: Counter[str] = Counter()
        for weight, text, is_vouched in weighed:
            character = text[at]
            share = weight * SHARE_OF_THE_NEXT ** times[character]
            if is_vouched and (line, at) in checked and not are_alike_to_digits(character, other):
                share = WEIGHT_OF_A_READING
            shares[character] = shares.get(character, 0.0) + share
            times[character] += 1
        said.append(shares)
    return said


def _is_vouched(reading: Candidate) -> bool:
    """Whether check digits speak for what was read, and not for what was made of it."""
    return not reading.failed_checks and reading.cost <= VOUCHED_COST


def _is_proven_wrong(readings: Sequence[Candidate], cells: CellReading, line: int) -> bool:
    """Whether two readings of which all digits hold agree against two cells of a line."""
    texts = Counter(reading.lines[line] for reading in readings if _is_vouched(reading))
    text, times = texts.most_common(1)[0] if texts else ("", 0)
    wrong = sum(
        (line, at) in _checked_positions(cells.layout)
        and cells.log_probability(line, at, character) < CONTRADICTED
        and not are_alike_to_digits(character, cells.likeliest(line, at))
        for at, character in enumerate(text)
    )
    return times > 1 and wrong > 1


@cache
def _checked_positions(layout: MrzFormat) -> frozenset[tuple[int, int]]:
    return _positions_of(layout.checks)


@cache
def _positions_of_dates(layout: MrzFormat) -> frozenset[tuple[int, int]]:
    return _positions_of(rule for rule in layout.checks if rule.name in DATES)


def _positions_of(rules: Iterable[CheckRule]) -> frozenset[tuple[int, int]]:
    """What the rules cover, and where their digits stand."""
    return frozenset(
        (span.line, at)
        for rule in rules
        for span in (*rule.covers, rule.at)
        for at in range(span.start, span.end)
    )


def _weight(text: str, cells: CellReading, line: int) -> float:
    """What a line as read is worth: little where plain cells often say something else.

    Where a letter was skipped, everything behind it stands in the wrong place.
    """
    if not cells.is_plain:
        return WEIGHT_OF_A_READING
    wrong = sum(
        cells.log_probability(line, at, character) < CONTRADICTED
        for at, character in enumerate(text)
    )
    odds = (len(text) - wrong) / wrong if wrong else float("inf")
    return float(np.clip(np.log(odds), 0.0, WEIGHT_OF_A_READING)) if odds > 0 else 0.0


def _of_cells(cells: CellReading) -> Candidate:
    return Candidate(cells.layout, cells.texts, (), 0.0)


def rewritten(base: Candidate, lines: tuple[str, ...]) -> Candidate:
    """The base reading with other characters; each difference is reported as a repair."""
    changes = tuple(
        Repair(line, position, read, written)
        for line, (before, after) in enumerate(zip(base.lines, lines, strict=True))
        for position, (read, written) in enumerate(zip(before, after, strict=True))
        if read != written
    )
    kept = tuple(
        repair
        for repair in base.repairs
        if not repair.written
        or all((it.line, it.position) != (repair.line, repair.position) for it in changes)
    )
    return replace(
        base,
        lines=lines,
        repairs=(*kept, *changes),
        cost=round(base.cost + OUTVOTED * len(changes), 6),
    )


def _mended(candidate: Candidate, rule: CheckRule, votes: _Votes) -> Candidate:
    """The candidate with the least unlikely one or two changes that make the rule hold."""
    if _holds(candidate, rule) or rule.at.of(candidate.lines) == FILLER:
        return candidate
    doubts = votes.doubts(candidate, rule)
    dates = _positions_of_dates(candidate.layout)
    changed = sorted(_changes(doubts), key=lambda some: sum(doubt.loss for doubt in some))
    for some in changed:
        lines = _with(candidate.lines, some)
        price = sum(
            CHANGED_DATE if (doubt.line, doubt.position) in dates else CHECKED_LOOK_ALIKE
            for doubt in some
        )
        mended = replace(rewritten(candidate, lines), cost=round(candidate.cost + price, 6))
        # A composite digit is not to be bought by breaking the digit of a field.
        if _holds(mended, rule) and mended.failed_checks < candidate.failed_checks:
            return mended
    return candidate


def _changes(doubts: list[_Doubt]) -> Iterator[tuple[_Doubt, ...]]:
    yield from ((doubt,) for doubt in doubts)
    for one, other in combinations(doubts, 2):
        if (one.line, one.position) != (other.line, other.position):
            yield one, other


def _with(lines: tuple[str, ...], changes: tuple[_Doubt, ...]) -> tuple[str, ...]:
    written = [list(line) for line in lines]
    for change in changes:
        written[change.line][change.position] = change.written
    return tuple("".join(line) for line in written)


def _holds(candidate: Candidate, rule: CheckRule) -> bool:
    covered = "".join(span.of(candidate.lines) for span in rule.covers)
    return check_digit(covered) == rule.at.of(candidate.lines)
