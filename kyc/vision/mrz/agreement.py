"""Whether what was recognised several times, and what single cells show, is one and the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from kyc.vision.mrz.cells import CellReading
from kyc.vision.mrz.check_digits import FILLER, are_alike_to_digits
from kyc.vision.mrz.formats import FieldName, Span
from kyc.vision.mrz.parse import document_number_spans
from kyc.vision.mrz.repair import Candidate
from kyc.vision.mrz.views import Treatment

# Two readings have to agree on these and the document number. The name is among them because no
# check digit covers it: of 180 renders, 60 of them harsh, 5 were accepted with a wrongly spelt name
# without it, 3 with it.
CONFIRMED_FIELDS: tuple[FieldName, ...] = (
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
# Read where 6, G or Q is printed: a Q was read as a G in two pictures that differed in size alone,
# and the number, otherwise right, was accepted (one of 132 zones of a made corpus).
BLIND_LETTERS = frozenset("GQ")


@dataclass(frozen=True, slots=True)
class Pass:
    """One recognition of a zone's lines, and what was done to their picture before."""

    candidate: Candidate
    confidence: float
    treatment: Treatment


def is_confirmed(chosen: Candidate, passes: Sequence[Pass], cells: CellReading | None) -> bool:
    """Whether two readings agree on the fields that a wrong acceptance would be about.

    Parameters
    ----------
    chosen : Candidate
        What is to be confirmed.
    passes : sequence of Pass
    cells : CellReading or None
        None where nothing is to be held against what was recognised.
    """
    agreeing = [found for found in passes if _agree(found.candidate, chosen)]
    if cells is None or cells.layout is not chosen.layout:
        return _is_safe_alone(chosen, agreeing)
    if _is_objected_to(chosen, cells, is_name_sure=len(agreeing) >= OUTWEIGHS):
        return False
    return len(agreeing) > 1 or (bool(agreeing) and _least_likely(chosen, cells) > CONFIRMS)


def are_clearly_alike(passes: Sequence[Pass]) -> bool:
    """Whether unlike pictures were read the same, so often that cells may be wrong.

    Only what holds all digits as it was read counts.
    """
    read: defaultdict[tuple[str, ...], list[Treatment]] = defaultdict(list)
    for found in passes:
        if not found.candidate.failed_checks and not found.candidate.repairs:
            read[found.candidate.lines].append(found.treatment)
    return any(len(alike) >= OUTWEIGHS and len(set(alike)) > 1 for alike in read.values())


def _agree(one: Candidate, other: Candidate) -> bool:
    return one.layout is other.layout and _confirmed_values(one) == _confirmed_values(other)


def _confirmed_values(candidate: Candidate) -> list[tuple[FieldName, str]]:
    return [(name, span.of(candidate.lines)) for name, span in _confirmed_spans(candidate)]


def _is_safe_alone(chosen: Candidate, agreeing: Sequence[Pass]) -> bool:
    """Whether recognition can be relied on where no cells speak.

    Pictures prepared alike are misread alike, so two of one kind are no agreement; and no number
    of them tells letters apart that no check digit does either.
    """
    spans = document_number_spans(chosen.layout, chosen.lines)
    is_blind = any(not BLIND_LETTERS.isdisjoint(span.of(chosen.lines)) for span in spans)
    return len({found.treatment for found in agreeing}) > 1 and not is_blind


def _is_objected_to(candidate: Candidate, cells: CellReading, *, is_name_sure: bool) -> bool:
    """Whether a cell is sure of another character, and no check digit would tell the two apart.

    Two such characters in one field have the digit of the right ones once in ten times. And a
    filler where nothing is to be seen may be a letter that a reflection has taken.
    """
    checked = {rule.name for rule in candidate.layout.checks}
    told_apart: Counter[FieldName] = Counter()
    for name, line, at in _confirmed_positions(candidate):
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
        for _, line, at in _confirmed_positions(candidate)
        if {candidate.lines[line][at], cells.likeliest(line, at)} != {"0", "O"}
    )


def _confirmed_positions(candidate: Candidate) -> Iterator[tuple[FieldName, int, int]]:
    for name, span in _confirmed_spans(candidate):
        yield from ((name, span.line, at) for at in range(span.start, span.end))


def _confirmed_spans(candidate: Candidate) -> Iterator[tuple[FieldName, Span]]:
    """The fields to be confirmed, a long number with what of it stands in the optional data."""
    for name in CONFIRMED_FIELDS:
        span = candidate.layout.span(name)
        if span is not None:
            yield name, span
    for span in document_number_spans(candidate.layout, candidate.lines):
        yield "document_number", span
