"""What comes out of reading a machine-readable zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kyc.vision.mrz.formats import FormatName

Sex = Literal["F", "M", "X"]


@dataclass(frozen=True, slots=True)
class MrzFields:
    """The fields as data: fillers gone, names separated by single spaces, dates resolved.

    A date is None when a part of it is unknown or when there is no such day. ``sex`` is "X" where
    the zone leaves it unspecified. ``name_is_truncated`` is true when the name, or the given names
    where they have a field of their own, fill it to the last character, so that more of them may
    have been cut off.
    """

    document_code: str
    issuing_state: str
    document_number: str
    surname: str
    given_names: str
    nationality: str
    birth_date: date | None
    sex: Sex
    expiry_date: date | None
    optional_data: str
    name_is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """One check digit: what the characters demand, and what is printed."""

    name: str
    expected: str
    found: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """One character that was changed after recognition.

    `line` and `position` count from 0 in the repaired zone. `read` is empty where a character was
    put in, `written` where one was taken out (it then stood before `position`).
    """

    line: int
    position: int
    read: str
    written: str


@dataclass(frozen=True, slots=True)
class MrzReading:
    """A machine-readable zone as read, and whether it may be relied on.

    ``is_accepted`` says that the characters are what the document prints, as far as check digits,
    known states, possible dates, the number of repairs and a second recognition can tell. It says
    nothing about expiry or about the document being genuine. ``refusal_reason`` is a stable code,
    empty when accepted. ``confidence`` is 0–1, and orders readings; it is no probability.
    """

    format: FormatName
    lines: tuple[str, ...]
    fields: MrzFields
    check_digits: tuple[CheckDigit, ...]
    repairs: tuple[Repair, ...]
    is_accepted: bool
    refusal_reason: str
    confidence: float
