"""Whether to rely on what was read of a zone: agreement, and the reasons against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log

from kyc.vision.mrz.cells import CellReading
from kyc.vision.mrz.check_digits import FILLER, are_alike_to_digits
from kyc.vision.mrz.formats import FieldName, MrzFormat
from kyc.vision.mrz.fusion import WEIGHT_OF_A_READING, fused, rewritten
from kyc.vision.mrz.parse import ParsedMrz, parse_mrz
from kyc.vision.mrz.readings import MrzReading
from kyc.vision.mrz.repair import BUDGET, Candidate
from kyc.vision.mrz.states import is_known_state

# Two readings have to agree on these. The name is among them because no check digit covers it: of
# 180 renders, 60 of them harsh, 5 were accepted with a wrongly spelt name without it, 3 with it.
CONFIRMED_FIELDS: tuple[FieldName, ...] = (
    "document_number",
    "birth_date",
    "expiry_date",
    "nationality",
    "name",
    "given_names",
)

# A cell confirms a character that it gives this probability, and objects to one below the other:
# look-alikes of one check digit (6, G and Q) are misread by recognition twice in the same way.
CONFIRMS = log(0.2)
OBJECTS = log(0.08)
# So many recognitions of differently prepared pictures are believed about a name against a cell:
# documents are printed in faces that the cells were not taught. Never about a number.
OUTWEIGHS = 3
# P and V, the first letters of a passport and a visa of one shape, differ by this or less.
ALIKE_SCORES = 0.3
# Natural logarithms: a digit holds by chance once in ten times; that a letter was misread is no
# surprise.
HELD, FAILED = 2.3, 0.7

# Residence permits and identity cards of the old run for 10 to 30 years.
MAX_EXPIRY_YEARS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Pass:
    """One recognition of a zone's lines."""

    candidate: Candidate
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reading, out of how many recognitions, and whether two of them agree."""

    reading: MrzReading
    recognitions: int
    is_confirmed: bool

    @property
    def is_settled(self) -> bool:
        """Whether looking elsewhere in the picture is no use: this was the zone."""
        digits = self.reading.check_digits
        wrong = sum(not digit.is_valid for digit in digits)
        return self.is_confirmed or (self.recognitions > 1 and 2 * wrong <= len(digits))


def judge(
    passes: Sequence[Pass], cells: Sequence[CellReading], *, today: date, budget: float
) -> Verdict:
    """The best zone out of everything that was read, and whether to rely on it.

    Parameters
    ----------
    passes : sequence of Pass
        May be empty where there are `cells`.
    cells : sequence of CellReading
        One for each layout that they may have, the likeliest first.
    today : date
    budget : float
        What repairs may cost, from `repair_budget`.
    """
    fitting = _fitting(passes, cells)
    chosen = _chosen(passes, fitting)
    parsed = parse_mrz(
        chosen.candidate.lines, today=today, format_name=chosen.candidate.layout.name
    )
    is_confirmed = _is_confirmed(chosen, passes, fitting)
    reason = _refusal_reason(chosen.candidate, parsed, today, budget, is_confirmed=is_confirmed)
    trust = 1.0 if is_confirmed else 0.5
    reading = MrzReading(
        format=parsed.format,
        lines=parsed.lines,
        fields=parsed.fields,
        check_digits=parsed.check_digits,
        repairs=tuple(sorted(chosen.candidate.repairs, key=lambda it: (it.line, it.position))),
        is_accepted=not reason,
        refusal_reason=reason,
        confidence=round(chosen.confidence * trust / (1 + chosen.candidate.cost), 4),
    )
    return Verdict(reading, len(passes), is_confirmed)


def _fitting(passes: Sequence[Pass], cells: Sequence[CellReading]) -> CellReading | None:
    """The cells of the layout that most speaks for, if any readings have it or it is plain."""
    if not cells:
        return None
    layouts = Counter(found.candidate.layout.name for found in passes)
    near = [one for one in cells if one.score > cells[0].score - ALIKE_SCORES]
    best = max(near, key=lambda one: _evidence(one, layouts[one.layout.name]))
    is_read = not passes or bool(layouts[best.layout.name])
    return best if is_read or best.is_plain else None


def _evidence(cells: CellReading, readings: int) -> float:
    """Logarithm of how much speaks for a layout: its cells, who reads it, and its digits."""
    shown = Candidate(cells.layout, cells.likeliest_lines, (), 0.0)
    held = len(cells.layout.checks) - shown.failed_checks
    votes = WEIGHT_OF_A_READING * min(readings, 2)
    likely = cells.score * cells.layout.line_count * cells.layout.line_length
    return likely + votes + HELD * held - FAILED * shown.failed_checks


def _chosen(passes: Sequence[Pass], cells: CellReading | None) -> Pass:
    if cells is not None:
        # A garbled line is made to fit by many repairs; cells that are plain are better alone.
        alike = [
            found
            for found in passes
            if found.candidate.layout is cells.layout
            and (found.candidate.cost <= BUDGET or not cells.is_plain)
        ]
        confidence = max((found.confidence for found in alike), default=0.0)
        return Pass(fused([found.candidate for found in alike], cells), confidence)
    return _most_read(passes)


def _most_read(passes: Sequence[Pass]) -> Pass:
    """The reading that two passes share; else the cheapest of them and their vote."""
    counts = Counter(found.candidate.lines for found in passes)
    lines, count = counts.most_common(1)[0]
    if count > 1:
        return min(
            (found for found in passes if found.candidate.lines == lines),
            key=lambda found: found.candidate.cost,
        )
    best, voted = min(passes, key=_failed_and_cost), _votes(passes)
    is_vote_better = voted and voted[0].candidate.failed_checks <= best.candidate.failed_checks
    return voted[0] if is_vote_better else best


def _failed_and_cost(found: Pass) -> tuple[int, float]:
    return found.candidate.failed_checks, found.candidate.cost


def _votes(passes: Sequence[Pass]) -> list[Pass]:
    """What most readings of one layout say at each position; nothing when they are under three."""
    layout = Counter(found.candidate.layout.name for found in passes).most_common(1)[0][0]
    alike = [found for found in passes if found.candidate.layout.name == layout]
    if len(alike) < 3:
        return []
    base = min(alike, key=_failed_and_cost)
    lines = tuple(
        "".join(_majority(column) for column in zip(*same_line, strict=True))
        for same_line in zip(*(found.candidate.lines for found in alike), strict=True)
    )
    return [replace(base, candidate=rewritten(base.candidate, lines))]


def _majority(column: tuple[str, ...]) -> str:
    return Counter(column).most_common(1)[0][0]


def _is_confirmed(chosen: Pass, passes: Sequence[Pass], cells: CellReading | None) -> bool:
    """Whether two readings agree on the fields that a wrong acceptance would be about."""
    layout, lines = chosen.candidate.layout, chosen.candidate.lines
    key = [layout.value(name, lines) for name in CONFIRMED_FIELDS]
    agreeing = sum(
        found.candidate.layout is layout
        and [layout.value(name, found.candidate.lines) for name in CONFIRMED_FIELDS] == key
        for found in passes
    )
    if cells is None or cells.layout is not layout:
        return agreeing > 1
    if _is_objected_to(chosen.candidate, cells, is_name_sure=agreeing >= OUTWEIGHS):
        return False
    return agreeing > 1 or (agreeing > 0 and _least_likely(chosen.candidate, cells) > CONFIRMS)


def _is_objected_to(candidate: Candidate, cells: CellReading, *, is_name_sure: bool) -> bool:
    """Whether a cell is sure of another character, and no check digit would tell the two apart.

    Two such characters in one field have the digit of the right ones once in ten times. And a
    filler where nothing is to be seen may be a letter that a reflection has taken.
    """
    checked = {rule.name for rule in candidate.layout.checks}
    told_apart: Counter[FieldName] = Counter()
    for name, line, at in _confirmed_positions(candidate.layout):
        read, other = candidate.lines[line][at], cells.likeliest(line, at)
        if read == FILLER and cells.is_blank[line, at]:
            return True
        if cells.log_probability(line, at, read) >= OBJECTS:
            continue
        told_apart[name] += name in checked
        is_blind = are_alike_to_digits(read, other) if name in checked else not is_name_sure
        if is_blind or told_apart[name] > 1:
            return True
    return False


def _least_likely(candidate: Candidate, cells: CellReading) -> float:
    """What the cells give the least likely character of the fields to be confirmed.

    The letter O and the figure 0 have one shape, and every check digit tells them apart.
    """
    return min(
        cells.log_probability(line, at, candidate.lines[line][at])
        for _, line, at in _confirmed_positions(candidate.layout)
        if {candidate.lines[line][at], cells.likeliest(line, at)} != {"0", "O"}
    )


def _confirmed_positions(layout: MrzFormat) -> Iterator[tuple[FieldName, int, int]]:
    for name in CONFIRMED_FIELDS:
        span = layout.span(name)
        if span is not None:
            yield from ((name, span.line, at) for at in range(span.start, span.end))


def _refusal_reason(
    candidate: Candidate, parsed: ParsedMrz, today: date, budget: float, *, is_confirmed: bool
) -> str:
    """Stable code of the first reason not to rely on the reading, empty when there is none."""
    fields, has_expiry = parsed.fields, candidate.layout.span("expiry_date") is not None
    reasons = (
        (not parsed.is_valid, "check_digits_wrong"),
        (candidate.cost > budget, "too_many_repairs"),
        (not is_confirmed, "readings_disagree"),
        (not is_known_state(fields.issuing_state), "issuing_state_unknown"),
        (not is_known_state(fields.nationality), "nationality_unknown"),
        (not fields.document_number, "document_number_missing"),
        (not fields.surname, "name_missing"),
        (not _is_name_whole(candidate, parsed, budget), "name_separator_missing"),
        (fields.birth_date is None, "birth_date_impossible"),
        (has_expiry and fields.expiry_date is None, "expiry_date_impossible"),
        (not _are_dates_plausible(parsed, today), "dates_implausible"),
    )
    return next((code for applies, code in reasons if applies), "")


def _is_name_whole(candidate: Candidate, parsed: ParsedMrz, budget: float) -> bool:
    """Whether a name without given names may be what is printed.

    There are such names, but a lost filler also joins surname and given names, and no check digit
    tells. So it is believed in a sharp picture where nothing in that line was changed.
    """
    span = candidate.layout.span("name")
    is_line_changed = span is not None and any(
        repair.line == span.line for repair in candidate.repairs
    )
    return bool(parsed.fields.given_names) or (budget >= BUDGET and not is_line_changed)


def _are_dates_plausible(parsed: ParsedMrz, today: date) -> bool:
    """Whether one was born before a document ran out that was issued by now."""
    birth, expiry = parsed.fields.birth_date, parsed.fields.expiry_date
    if birth is None or expiry is None:
        return birth is not None
    return birth < expiry and expiry.year <= today.year + MAX_EXPIRY_YEARS_AHEAD
