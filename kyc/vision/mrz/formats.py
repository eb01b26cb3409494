"""Layouts of machine-readable zones: how many lines, which field stands where, what is checked.

A further layout is a further `MrzFormat` in `FORMATS`; reading, repair and parsing take everything
they know from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import ascii_uppercase, digits
from types import MappingProxyType
from typing import Literal

from kyc.vision.mrz.check_digits import FILLER

FormatName = Literal["TD1", "TD2", "TD3", "MRVA", "MRVB", "FRAID"]
FieldName = Literal[
    "document_code", "issuing_state", "document_number", "name", "given_names", "nationality",
    "birth_date", "sex", "expiry_date", "optional_data", "optional_data_2",
]  # fmt: skip

LETTERS = frozenset(ascii_uppercase + FILLER)
# The standard permits fillers in a birth date of which a part is unknown.
DIGITS = frozenset(digits + FILLER)
ANY = frozenset(ascii_uppercase + digits + FILLER)
# "<" stands for unspecified (Doc 9303-3 §4.8 keeps X for the visual zone).
SEXES = frozenset("MF" + FILLER)

_CHARACTERS_OF_FIELD: MappingProxyType[FieldName, frozenset[str]] = MappingProxyType(
    {
        # The standard asks for a letter or a filler in second place; US cards print C1 and A3.
        "document_code": ANY,
        "issuing_state": LETTERS,
        "document_number": ANY,
        "name": LETTERS,
        "given_names": LETTERS,
        "nationality": LETTERS,
        "birth_date": DIGITS,
        "sex": SEXES,
        "expiry_date": DIGITS,
        "optional_data": ANY,
        "optional_data_2": ANY,
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` (inclusive, from 0) to `end` (exclusive) of line `line` (from 0)."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        """The characters of `lines` that the span covers."""
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One check digit: the characters that it covers, in order, and where it stands.

    `may_be_filler` marks the personal number of a TD3, whose digit may be left out when the
    number is (ICAO Doc 9303 part 4, §4.2.2.2).
    """

    name: str
    covers: tuple[Span, ...]
    at: Span
    may_be_filler: bool = False


@dataclass(frozen=True, slots=True)
class MrzFormat:
    """One layout.

    Attributes
    ----------
    name : str
    line_count, line_length : int
    first_letters : str
        What a document code of this layout may begin with.
    fields : tuple of (field name, Span)
    checks : tuple of CheckRule
    has_long_numbers : bool
        Whether a document number of more than nine characters runs on in the optional data.
    prefix : str
        What the first line always begins with; empty where only its first letter is known.
    letters, digits : tuple of Span
        Where only letters, or only digits, stand in a field that elsewhere may hold both.
    """

    name: FormatName
    line_count: int
    line_length: int
    first_letters: str
    fields: tuple[tuple[FieldName, Span], ...]
    checks: tuple[CheckRule, ...]
    has_long_numbers: bool = False
    prefix: str = ""
    letters: tuple[Span, ...] = ()
    digits: tuple[Span, ...] = ()

    def span(self, name: FieldName) -> Span | None:
        """Where a field stands, or None when this layout has no such field."""
        return next((span for field, span in self.fields if field == name), None)

    def value(self, name: FieldName, lines: tuple[str, ...]) -> str:
        """A field's characters as printed, fillers included; empty when there is no such field."""
        span = self.span(name)
        return span.of(lines) if span else ""


@cache
def permitted_characters(layout: MrzFormat) -> tuple[tuple[frozenset[str], ...], ...]:
    """Which characters may stand where: one tuple of sets a line."""
    table = [[ANY] * layout.line_length for _ in range(layout.line_count)]
    for name, span in layout.fields:
        table[span.line][span.start : span.end] = [_CHARACTERS_OF_FIELD[name]] * (
            span.end - span.start
        )
    for rule in layout.checks:
        table[rule.at.line][rule.at.start] = DIGITS
    for characters, spans in ((LETTERS, layout.letters), (DIGITS, layout.digits)):
        for span in spans:
            table[span.line][span.start : span.end] = [characters] * (span.end - span.start)
    table[0][0] = frozenset(layout.first_letters)
    table[0][: len(layout.prefix)] = [frozenset(character) for character in layout.prefix]
    return tuple(tuple(row) for row in table)


_SECOND_LINE_FIELDS: tuple[tuple[FieldName, Span], ...] = (
    ("document_number", Span(1, 0, 9)),
    ("nationality", Span(1, 10, 13)),
    ("birth_date", Span(1, 13, 19)),
    ("sex", Span(1, 20, 21)),
    ("expiry_date", Span(1, 21, 27)),
)
_SECOND_LINE_CHECKS = (
    CheckRule("document_number", (Span(1, 0, 9),), Span(1, 9, 10)),
    CheckRule("birth_date", (Span(1, 13, 19),), Span(1, 19, 20)),
    CheckRule("expiry_date", (Span(1, 21, 27),), Span(1, 27, 28)),
)
# No passport or visa has a digit in its code (ICAO Doc 9303 parts 4 and 7, §4.2.2), and O and 0 of
# "PO" have one shape.
_SECOND_OF_CODE = (Span(0, 1, 2),)


def _first_line(length: int) -> tuple[tuple[FieldName, Span], ...]:
    return (
        ("document_code", Span(0, 0, 2)),
        ("issuing_state", Span(0, 2, 5)),
        ("name", Span(0, 5, length)),
    )


# ICAO Doc 9303 part 5, §4.2.2.
TD1 = MrzFormat(
    name="TD1",
    line_count=3,
    line_length=30,
    first_letters="ACI",
    fields=(
        ("document_code", Span(0, 0, 2)),
        ("issuing_state", Span(0, 2, 5)),
        ("document_number", Span(0, 5, 14)),
        ("optional_data", Span(0, 15, 30)),
        ("birth_date", Span(1, 0, 6)),
        ("sex", Span(1, 7, 8)),
        ("expiry_date", Span(1, 8, 14)),
        ("nationality", Span(1, 15, 18)),
        ("optional_data_2", Span(1, 18, 29)),
        ("name", Span(2, 0, 30)),
    ),
    checks=(
        CheckRule("document_number", (Span(0, 5, 14),), Span(0, 14, 15)),
        CheckRule("birth_date", (Span(1, 0, 6),), Span(1, 6, 7)),
        CheckRule("expiry_date", (Span(1, 8, 14),), Span(1, 14, 15)),
        CheckRule(
            "composite",
            (Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)),
            Span(1, 29, 30),
        ),
    ),
    has_long_numbers=True,
)

# ICAO Doc 9303 part 6, §4.2.2.
TD2 = MrzFormat(
    name="TD2",
    line_count=2,
    line_length=36,
    first_letters="ACI",
    fields=(*_first_line(36), *_SECOND_LINE_FIELDS, ("optional_data", Span(1, 28, 35))),
    checks=(
        *_SECOND_LINE_CHECKS,
        CheckRule("composite", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)), Span(1, 35, 36)),
    ),
    has_long_numbers=True,
)

# ICAO Doc 9303 part 4, §4.2.2.
TD3 = MrzFormat(
    name="TD3",
    line_count=2,
    line_length=44,
    first_letters="P",
    fields=(*_first_line(44), *_SECOND_LINE_FIELDS, ("optional_data", Span(1, 28, 42))),
    checks=(
        *_SECOND_LINE_CHECKS,
        CheckRule("optional_data", (Span(1, 28, 42),), Span(1, 42, 43), may_be_filler=True),
        CheckRule("composite", (Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)), Span(1, 43, 44)),
    ),
    letters=_SECOND_OF_CODE,
)

# ICAO Doc 9303 part 7, §4 (MRV-A) and §5 (MRV-B): visas have no composite digit.
MRVA = MrzFormat(
    name="MRVA",
    line_count=2,
    line_length=44,
    first_letters="V",
    fields=(*_first_line(44), *_SECOND_LINE_FIELDS, ("optional_data", Span(1, 28, 44))),
    checks=_SECOND_LINE_CHECKS,
    letters=_SECOND_OF_CODE,
)
MRVB = MrzFormat(
    name="MRVB",
    line_count=2,
    line_length=36,
    first_letters="V",
    fields=(*_first_line(36), *_SECOND_LINE_FIELDS, ("optional_data", Span(1, 28, 36))),
    checks=_SECOND_LINE_CHECKS,
    letters=_SECOND_OF_CODE,
)

# The French identity card of 1988 to 2021, older than the standard: the surname alone in the first
# line, the given names in the second, no expiry date, and a last digit over everything before it.
# Only the French have it, so it
# prints no nationality. Its number is year and month of issue, department, serial number; of
# Corsica's departments (2A, 2B) letters stand in it. No public norm was found; the layout is that
# of Wikipedia, "National identity card (France)", whose specimen has all three digits right.
FRAID = MrzFormat(
    name="FRAID",
    line_count=2,
    line_length=36,
    first_letters="I",
    fields=(
        ("document_code", Span(0, 0, 2)),
        ("issuing_state", Span(0, 2, 5)),
        ("name", Span(0, 5, 30)),
        ("optional_data", Span(0, 30, 36)),
        ("document_number", Span(1, 0, 12)),
        ("given_names", Span(1, 13, 27)),
        ("birth_date", Span(1, 27, 33)),
        ("sex", Span(1, 34, 35)),
    ),
    checks=(
        CheckRule("document_number", (Span(1, 0, 12),), Span(1, 12, 13)),
        CheckRule("birth_date", (Span(1, 27, 33),), Span(1, 33, 34)),
        CheckRule("composite", (Span(0, 0, 36), Span(1, 0, 35)), Span(1, 35, 36)),
    ),
    prefix="IDFRA",
    digits=(Span(1, 0, 4), Span(1, 7, 12)),
)

FORMATS: tuple[MrzFormat, ...] = (TD3, TD1, FRAID, TD2, MRVA, MRVB)
LINE_LENGTHS = tuple(sorted({layout.line_length for layout in FORMATS}))


def format_named(name: str) -> MrzFormat:
    """The layout of that name.

    Raises
    ------
    ValueError
        When there is none.
    """
    for layout in FORMATS:
        if layout.name == name:
            return layout
    raise ValueError(f"There is no machine-readable zone named {name!r}")
