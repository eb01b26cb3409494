"""What two sources say about the same document, field by field, in three states.

A machine-readable zone, a bar code and what was declared are exact: they agree or they do not.
Print that was read by recognition is not: what looks different may be misread. So print conflicts
only where it was read surely and twice alike, says something clearly else, and what was expected
stands nowhere on the document; everything between is "not read".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import pycountry
from rapidfuzz import fuzz

from kyc.decision.declared import icao_state
from kyc.decision.evidence import FieldMatch
from kyc.decision.names import names_agree, plain_name

COMPARED = (
    "surname", "given_names", "document_number", "birth_date", "expiry_date", "nationality",
)  # fmt: skip

# How sure print has to be before it may contradict: both recognitions gave it, and with this
# confidence. Of the genuine specimens and renders none conflicts (see docs/accuracy.md).
SURE = 0.85
# Likeness 0–100 below which two names are not one name misread.
OTHER_NAME = 50.0
SHORTEST_NAME = 3
# Of its letters in the zone, where Ü has become two of them.
WHOLE_NAME = 0.8
# A number of the same length that differs in more than a quarter of its characters.
OTHER_NUMBER = 75.0
# A shorter one stands everywhere, in a date or a height too.
SHORTEST_NUMBER = 5
LONGEST_WINDOW = 5  # words of a line that may be one name

# Letters and figures that a reader takes for each other.
_ALIKE = str.maketrans("0OQD1IL|5S8B2Z6G", "0000111155882266")
# What transliteration adds and the reader, which knows no diacritics, leaves out.
_FOLDED = (
    ("AE", "A"),
    ("OE", "O"),
    ("UE", "U"),
    ("AA", "A"),
    ("SS", "S"),
    ("NXX", "N"),
    ("UXX", "U"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an exact source says; empty or None for what it does not say.

    ``nationality`` is a code of three letters. ``is_name_truncated``: the name fills its field.
    ``is_visa``: the number printed for people may be the passport's.
    """

    surname: str = ""
    given_names: str = ""
    document_number: str = ""
    birth_date: date | None = None
    expiry_date: date | None = None
    nationality: str = ""
    is_name_truncated: bool = False
    is_visa: bool = False


@dataclass(frozen=True, slots=True)
class PrintedField:
    """A field read by its label: capitals or an ISO date, the days it may mean, 0–1 how sure."""

    value: str
    confidence: float
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """The visual zone: fields by name, the text of every run of print, the days in any of them."""

    fields: Mapping[str, PrintedField]
    lines: tuple[str, ...] = ()
    days: frozenset[date] = frozenset()


def printed_of(reading: Mapping[str, Any]) -> Printed:
    """Take the JSON of a `kyc.vision.visual_zone.read.VisualReading` apart.

    Examples
    --------
    >>> field = {"name": "surname", "value": "ERIKSSON", "confidence": 0.96, "days": []}
    >>> printed_of({"fields": [field], "lines": []}).fields["surname"].value
    'ERIKSSON'
    """
    fields = {
        field["name"]: PrintedField(
            field["value"], float(field["confidence"]), tuple(map(_day, field["days"]))
        )
        for field in reading["fields"]
    }
    lines = tuple(str(line["text"]) for line in reading["lines"])
    days = frozenset(_day(day) for line in reading["lines"] for day in line["days"])
    return Printed(MappingProxyType(fields), lines, days)


def compare_exact(one: Facts, other: Facts) -> Mapping[str, FieldMatch]:
    """Compare two exact sources: a bar code with the zone, either with what was declared.

    Parameters
    ----------
    one : Facts
        As people write it, or as a bar code has it.
    other : Facts
        In the letters of the zone, or as exact.

    Returns
    -------
    mapping of str to FieldMatch
        Each of `COMPARED`; "not read" where either says nothing.

    Examples
    --------
    >>> states = compare_exact(Facts(surname="Müller"), Facts(surname="MUELLER", nationality="D"))
    >>> states["surname"].value, states["nationality"].value
    ('match', 'not_read')
    """
    is_truncated = one.is_name_truncated or other.is_name_truncated
    agrees = {
        "document_number": _squeezed(one.document_number) == _squeezed(other.document_number),
        "birth_date": one.birth_date == other.birth_date,
        "expiry_date": one.expiry_date == other.expiry_date,
        "nationality": icao_state(one.nationality) == icao_state(other.nationality),
        **{
            name: names_agree(getattr(one, name), getattr(other, name), is_truncated=is_truncated)
            or names_agree(getattr(other, name), getattr(one, name), is_truncated=is_truncated)
            for name in ("surname", "given_names")
        },
    }
    return MappingProxyType(
        {name: _state(getattr(one, name), getattr(other, name), agrees[name]) for name in COMPARED}
    )


def compare_print(facts: Facts, printed: Printed) -> Mapping[str, FieldMatch]:
    """Compare an exact source with what is printed for people.

    A field matches when its value stands anywhere in the print, or in the field of its label.

    Returns
    -------
    mapping of str to FieldMatch
        Each of `COMPARED`.
    """
    return MappingProxyType(
        {
            "surname": _name("surname", facts, printed),
            "given_names": _name("given_names", facts, printed),
            "document_number": _number(facts, printed),
            "birth_date": _date("birth_date", facts, printed),
            "expiry_date": _date("expiry_date", facts, printed),
            "nationality": _nationality(facts, printed),
        }
    )


def _day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def _state(one: object, other: object, agrees: bool) -> FieldMatch:  # noqa: FBT001 - inner step
    if not one or not other:
        return FieldMatch.NOT_READ
    return FieldMatch.MATCH if agrees else FieldMatch.CONFLICT


def _name(name: str, facts: Facts, printed: Printed) -> FieldMatch:
    expected = plain_name(getattr(facts, name))
    if not expected:
        return FieldMatch.NOT_READ
    field = printed.fields.get(name)
    texts = (*((field.value,) if field else ()), *_searched(expected, printed.lines))
    if any(_is_name(text, expected, facts) for text in texts):
        return FieldMatch.MATCH
    if field is None or field.confidence < SURE:
        return FieldMatch.NOT_READ
    read = plain_name(field.value)
    others = [plain_name(value) for value in (facts.surname, facts.given_names) if value]
    is_another = not any(_may_be(read, other) for other in others)
    is_long = min(len(read), len(expected)) >= SHORTEST_NAME
    return FieldMatch.CONFLICT if is_another and is_long else FieldMatch.NOT_READ


def _may_be(read: str, expected: str) -> bool:
    """Whether a reading may be a name misread, or a part of it."""
    shares_a_word = bool(set(read.split()) & set(expected.split()))
    return shares_a_word or fuzz.ratio(_folded(read), _folded(expected)) >= OTHER_NAME


def _searched(expected: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines in which a name may be looked for; one of two letters stands everywhere."""
    return lines if len(expected) >= SHORTEST_NAME else ()


def _is_name(text: str, expected: str, facts: Facts) -> bool:
    words = text.replace(",", " ").split()
    windows = (
        " ".join(words[start : start + size])
        for size in range(1, min(LONGEST_WINDOW, len(words)) + 1)
        for start in range(len(words) - size + 1)
    )
    # A part of a name agrees with what people declare, but print has all of it.
    shortest = WHOLE_NAME * len(expected.replace(" ", ""))
    return any(
        names_agree(window, expected, is_truncated=facts.is_name_truncated)
        or _folded(plain_name(window)) == _folded(expected)
        for window in windows
        if len(window.replace(" ", "")) >= shortest
    )


def _folded(name: str) -> str:
    joined = name.replace(" ", "")
    for written, plain in _FOLDED:
        joined = joined.replace(written, plain)
    return joined.translate(_ALIKE)


def _number(facts: Facts, printed: Printed) -> FieldMatch:
    expected = _squeezed(facts.document_number)
    if not expected:
        return FieldMatch.NOT_READ
    alike = expected.translate(_ALIKE)
    field = printed.fields.get("document_number")
    searched = printed.lines if len(expected) >= SHORTEST_NUMBER else ()
    if any(alike in _squeezed(line).translate(_ALIKE) for line in searched):
        return FieldMatch.MATCH
    if field is None:
        return FieldMatch.NOT_READ
    read = _squeezed(field.value)
    if read.translate(_ALIKE) == alike:
        return FieldMatch.MATCH
    is_another = (
        not facts.is_visa
        and field.confidence >= SURE
        and len(read) == len(expected)
        and fuzz.ratio(read.translate(_ALIKE), alike) < OTHER_NUMBER
    )
    return FieldMatch.CONFLICT if is_another else FieldMatch.NOT_READ


def _date(name: str, facts: Facts, printed: Printed) -> FieldMatch:
    expected: date | None = getattr(facts, name)
    if expected is None:
        return FieldMatch.NOT_READ
    field = printed.fields.get(name)
    if expected in printed.days or (field is not None and expected in field.days):
        return FieldMatch.MATCH
    if field is None or field.confidence < SURE or not field.days:
        return FieldMatch.NOT_READ
    # The other date under the wrong label is a misplaced label, not a contradiction.
    is_the_other = {facts.birth_date, facts.expiry_date} & set(field.days)
    return FieldMatch.NOT_READ if is_the_other else FieldMatch.CONFLICT


def _nationality(facts: Facts, printed: Printed) -> FieldMatch:
    expected = icao_state(facts.nationality)
    field = printed.fields.get("nationality")
    if not expected or field is None:
        return FieldMatch.NOT_READ
    read = plain_name(field.value)
    if expected in read.split() or facts.nationality in read.split() or _names(expected, read):
        return FieldMatch.MATCH
    is_a_code = len(read) == 3 and pycountry.countries.get(alpha_3=icao_state(read)) is not None
    is_another = is_a_code and field.confidence >= SURE
    return FieldMatch.CONFLICT if is_another else FieldMatch.NOT_READ


def _names(code: str, read: str) -> bool:
    """Whether the words name the country, or are its adjective: AUSTRALIAN of AUSTRALIA."""
    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return code == "UTO" and "UTOPIA" in read
    name = plain_name(country.name.split(",")[0])
    stem = name[: max(4, len(name) - 2)]
    return any(word.startswith(stem) for word in read.split())


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
