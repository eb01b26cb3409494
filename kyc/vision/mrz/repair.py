"""Make recognised lines a machine-readable zone, changing as little as can be, and say what.

A check digit is right by chance once in ten times, so a search that may change anything invents
valid documents. Each change therefore has a price, the sum is held against a budget, a number is
changed for its check digit's sake only where exactly one look-alike makes it right, a date never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from kyc.vision.mrz.alignment import FittedLine, fit_line
from kyc.vision.mrz.check_digits import FILLER, check_digit
from kyc.vision.mrz.formats import (
    FORMATS,
    CheckRule,
    MrzFormat,
    Span,
    permitted_characters,
)
from kyc.vision.mrz.parse import check_digits_of
from kyc.vision.mrz.readings import Repair

# A look-alike put in because the check digit then fits. Only these are tried: with every pair that
# was ever mixed up, most numbers have several solutions.
CHECKED_LOOK_ALIKE = 0.6
MIXED_UP: MappingProxyType[str, str] = MappingProxyType(
    {
        "0": "ODQ", "1": "IL", "2": "Z", "5": "S", "6": "G", "8": "B",
        "O": "0", "D": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8",
    }
)  # fmt: skip
STRAY_IN_FILLERS = 0.1
# Above it a layout is not considered at all. On the specimens the dearest right fit costs 2.6 and
# wrong layouts begin at 0.55, so this only saves work: cost with check digits decides between them.
MAX_COST = 5.0

FAILED_CHECK = 0.2

# What may be spent on a zone that is to be relied on. Measured in the prototype on 88 specimens:
# 1.3 kept 72 and none with a wrong key field, without a budget 83 passed and 6 were wrong.
BUDGET = 1.3
# Below this variance of the Laplacian (see kyc/vision/quality.py) letters run into each other.
SHARP_VARIANCE = 100.0
BLURRED_SHARE_OF_BUDGET = 0.4

MIN_LINE_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines of one layout, with what was changed in them and what that cost."""

    layout: MrzFormat
    lines: tuple[str, ...]
    repairs: tuple[Repair, ...]
    cost: float

    @property
    def failed_checks(self) -> int:
        """How many check digits are wrong, a long document number counted as one."""
        return sum(not digit.is_valid for digit in check_digits_of(self.layout, self.lines))


def repair_budget(blur_variance: float) -> float:
    """What repairs may cost in a picture of that sharpness, 0.52 to 1.3.

    Examples
    --------
    >>> repair_budget(450.0), round(repair_budget(20.0), 2)
    (1.3, 0.52)
    """
    return BUDGET if blur_variance >= SHARP_VARIANCE else BUDGET * BLURRED_SHARE_OF_BUDGET


def candidates(texts: tuple[str, ...]) -> tuple[Candidate, ...]:
    """Every layout that the lines can be fitted to, the best first.

    Parameters
    ----------
    texts : tuple of str
        Recognised lines from top to bottom; lines that are no part of the zone may be among them.

    Returns
    -------
    tuple of Candidate
        Ordered by cost, and by failed check digits where that leaves little to choose: visas have
        fewer of them, so counting each in full would turn misread passports into visas.
    """
    long_lines = tuple(text for text in texts if len(text) >= MIN_LINE_LENGTH)
    found = [
        candidate
        for layout in FORMATS
        for start in range(len(long_lines) - layout.line_count + 1)
        if (candidate := _fit(layout, long_lines[start : start + layout.line_count]))
    ]
    return tuple(sorted(found, key=badness))


def badness(candidate: Candidate) -> float:
    """Cost with a little for each failed check digit; 0 is best."""
    return candidate.cost + FAILED_CHECK * candidate.failed_checks


def _fit(layout: MrzFormat, texts: tuple[str, ...]) -> Candidate | None:
    permitted = permitted_characters(layout)
    fitted: list[FittedLine] = []
    for line, text in enumerate(texts):
        best = fit_line(text, permitted[line], line)
        if best is None or best.cost > MAX_COST:
            return None
        fitted.append(best)
    cost = sum(line.cost for line in fitted)
    if cost > MAX_COST:
        return None
    rough = Candidate(
        layout,
        tuple(line.text for line in fitted),
        tuple(repair for line in fitted for repair in line.repairs),
        cost,
    )
    return repair_numbers(clear_strays(rough))


def clear_strays(candidate: Candidate) -> Candidate:
    """Turn letters behind the end of the name into fillers.

    Three fillers in a row end a name (ICAO Doc 9303 part 3, §4 puts two between its parts and
    one inside them), so what follows is a filler that was taken for a K, C or L.
    """
    for field in ("name", "given_names"):
        span = candidate.layout.span(field)
        if span is not None:
            candidate = _cleared(candidate, span)
    return candidate


def _cleared(candidate: Candidate, span: Span) -> Candidate:
    name = span.of(candidate.lines)
    end = name.find(FILLER * 3)
    for offset in range(end, len(name)) if end >= 0 else ():
        if name[offset] != FILLER:
            candidate = _changed(
                candidate, span.line, span.start + offset, FILLER, STRAY_IN_FILLERS
            )
    return candidate


def repair_numbers(candidate: Candidate) -> Candidate:
    """Put in the one look-alike that makes a failing check digit of a number right."""
    for rule in candidate.layout.checks:
        # A filler in the digit's place is nothing to hold a number against.
        is_number = rule.name in {"document_number", "optional_data"}
        if is_number and rule.at.of(candidate.lines) != FILLER:
            candidate = _repair_number(candidate, rule)
    return candidate


def _repair_number(candidate: Candidate, rule: CheckRule) -> Candidate:
    if _holds(rule, candidate.lines):
        return candidate
    right = [
        repaired
        for line, position in _positions(rule.covers)
        for guess in MIXED_UP.get(candidate.lines[line][position], "")
        if _holds(
            rule,
            (repaired := _changed(candidate, line, position, guess, CHECKED_LOOK_ALIKE)).lines,
        )
    ]
    return right[0] if len(right) == 1 else candidate


def _positions(spans: tuple[Span, ...]) -> Iterator[tuple[int, int]]:
    for span in spans:
        for position in range(span.start, span.end):
            yield span.line, position


def _changed(
    candidate: Candidate, line: int, position: int, written: str, price: float
) -> Candidate:
    text = candidate.lines[line]
    lines = (
        *candidate.lines[:line],
        text[:position] + written + text[position + 1 :],
        *candidate.lines[line + 1 :],
    )
    earlier = [
        repair
        for repair in candidate.repairs
        if (repair.line, repair.position) == (line, position) and repair.written
    ]
    read = earlier[0].read if earlier else text[position]
    others = tuple(repair for repair in candidate.repairs if repair not in earlier)
    return replace(
        candidate,
        lines=lines,
        repairs=(*others, Repair(line, position, read, written)),
        cost=candidate.cost + price,
    )


def _holds(rule: CheckRule, lines: tuple[str, ...]) -> bool:
    return check_digit("".join(span.of(lines) for span in rule.covers)) == rule.at.of(lines)
