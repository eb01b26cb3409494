"""Whether to rely on what was read of a zone: agreement, and the reasons against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kyc.vision.mrz.agreement import Pass, are_clearly_alike, is_confirmed
from kyc.vision.mrz.alignment import LOOK_ALIKES
from kyc.vision.mrz.cells import CellReading
from kyc.vision.mrz.dates import MAX_EXPIRY_YEARS_AHEAD
from kyc.vision.mrz.fusion import WEIGHT_OF_A_READING, fused, rewritten
from kyc.vision.mrz.parse import ParsedMrz, parse_mrz
from kyc.vision.mrz.readings import MrzReading
from kyc.vision.mrz.repair import BUDGET, Candidate
from kyc.vision.mrz.states import is_known_state

# P and V, the first letters of a passport and a visa of one shape, differ by this or less.
ALIKE_SCORES = 0.3
# Natural logarithms: a digit holds by chance once in ten times; that a letter was misread is no
# surprise.
HELD, FAILED = 2.3, 0.7


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reading out of how many recognitions, what its repairs cost, and whether two agree."""

    reading: MrzReading
    recognitions: int
    cost: float
    is_confirmed: bool

    @property
    def is_settled(self) -> bool:
        """Whether looking elsewhere in the picture is no use: this was the zone.

        What had to be put together out of repairs may be half of it, or one with other print.
        """
        is_read = self.recognitions > 1 and self.cost <= BUDGET and self.is_way_up_sure
        return self.is_confirmed or is_read

    @property
    def is_way_up_sure(self) -> bool:
        """Whether half of the check digits hold; of what stands upside down one in ten does."""
        digits = self.reading.check_digits
        return 2 * sum(digit.is_valid for digit in digits) >= len(digits)


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
    chosen, confidence = _chosen(passes, fitting)
    parsed = parse_mrz(chosen.lines, today=today, format_name=chosen.layout.name)
    is_sure = is_confirmed(chosen, passes, fitting)
    reason = _refusal_reason(chosen, parsed, today, budget, is_confirmed=is_sure)
    trust = 1.0 if is_sure else 0.5
    reading = MrzReading(
        format=parsed.format,
        lines=parsed.lines,
        fields=parsed.fields,
        check_digits=parsed.check_digits,
        repairs=tuple(sorted(chosen.repairs, key=lambda it: (it.line, it.position))),
        is_accepted=not reason,
        refusal_reason=reason,
        confidence=round(confidence * trust / (1 + chosen.cost), 4),
    )
    return Verdict(reading, len(passes), chosen.cost, is_sure)


def _fitting(passes: Sequence[Pass], cells: Sequence[CellReading]) -> CellReading | None:
    """The cells of the layout that most speaks for, if there is reason to hear them.

    They are heard where they are plain, and else where a reading has their layout; but not against
    readings that are all alike, for cells lie beside the letters where paper is bent or the corners
    of the zone are wrong, and are not plain there.
    """
    if not cells:
        return None
    layouts = Counter(found.candidate.layout.name for found in passes)
    near = [one for one in cells if one.score > cells[0].score - ALIKE_SCORES]
    best = max(near, key=lambda one: _evidence(one, layouts[one.layout.name]))
    is_read = not passes or bool(layouts[best.layout.name])
    return best if best.is_plain or (is_read and not are_clearly_alike(passes)) else None


def _evidence(cells: CellReading, readings: int) -> float:
    """Logarithm of how much speaks for a layout: its cells, who reads it, and its digits."""
    shown = Candidate(cells.layout, cells.likeliest_lines, (), 0.0)
    held = len(cells.layout.checks) - shown.failed_checks
    votes = WEIGHT_OF_A_READING * min(readings, 2)
    likely = cells.score * cells.layout.line_count * cells.layout.line_length
    return likely + votes + HELD * held - FAILED * shown.failed_checks


def _chosen(passes: Sequence[Pass], cells: CellReading | None) -> tuple[Candidate, float]:
    """The likeliest zone, and the engine's confidence in it."""
    if cells is not None:
        # A garbled line is made to fit by many repairs; cells that are plain are better alone.
        alike = [
            found
            for found in passes
            if found.candidate.layout is cells.layout
            and (found.candidate.cost <= BUDGET or not cells.is_plain)
        ]
        confidence = max((found.confidence for found in alike), default=0.0)
        return fused([found.candidate for found in alike], cells), confidence
    most_read = _most_read(passes)
    return most_read.candidate, most_read.confidence


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


def _refusal_reason(
    candidate: Candidate, parsed: ParsedMrz, today: date, budget: float, *, is_confirmed: bool
) -> str:
    """Stable code of the first reason not to rely on the reading, empty when there is none."""
    fields, has_expiry = parsed.fields, candidate.layout.span("expiry_date") is not None
    reasons = (
        (not parsed.is_valid, "check_digits_wrong"),
        (candidate.cost > budget, "too_many_repairs"),
        (not is_confirmed, "readings_disagree"),
        (_is_kind_changed(candidate), "document_code_unknown"),
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


def _is_kind_changed(candidate: Candidate) -> bool:
    """Whether the first letter of the document code was made one that it does not look like.

    Lines of another kind (P< in two lines of 36) are a document that the standard does not know,
    not a card; cells know only the letters that it has, and would outvote what was read.
    """
    return any(
        (repair.line, repair.position) == (0, 0)
        and repair.written not in LOOK_ALIKES.get(repair.read, "")
        for repair in candidate.repairs
    )


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
