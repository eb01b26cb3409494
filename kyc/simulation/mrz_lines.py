"""The lines of a machine-readable zone, written from a person's data.

A writer of its own, not the reader turned round: what this writes and `kyc.vision.mrz` reads back
is agreed by two programs, so a test that compares them says something.

References
----------
ICAO Doc 9303, 8th edition: part 3 §4 (check digits §4.9, transliteration §6), part 4 §4.2 (TD3),
part 5 §4.2 (TD1).
"""

from __future__ import annotations

import unicodedata
from datetime import date

from kyc.simulation.people import SpecimenPerson

WEIGHTS = (7, 3, 1)
# Doc 9303-3 §6.A; every other accented letter loses its accent.
TRANSLITERATION = str.maketrans(
    {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Å": "AA", "Æ": "AE", "Ø": "OE", "Œ": "OE",
     "Ð": "D", "Þ": "TH", "Ł": "L", "Đ": "D", "'": "", "’": "", ",": "", "-": "<", " ": "<"}
)  # fmt: skip


def check_digit(field: str) -> str:
    """Check digit of a field: sum of character values × 7, 3, 1, modulo 10.

    Examples
    --------
    The document number in the specimen of Doc 9303-4, appendix B:

    >>> check_digit("L898902C3")
    '6'
    """
    return str(sum(_value(letter) * WEIGHTS[i % 3] for i, letter in enumerate(field)) % 10)


def _value(letter: str) -> int:
    return 0 if letter == "<" else int(letter, 36)


def transliterated(text: str) -> str:
    """A name in the letters of the zone, words parted by one filler.

    Examples
    --------
    >>> transliterated("D'Årc-Müller Éva")
    'DAARC<MUELLER<EVA'
    """
    letters = text.upper().translate(TRANSLITERATION)
    plain = unicodedata.normalize("NFKD", letters)
    return "".join(letter for letter in plain if letter == "<" or "A" <= letter <= "Z")


def write_lines(person: SpecimenPerson, kind: str) -> tuple[str, ...]:
    """The two lines of 44 (TD3) or three of 30 (TD1) characters.

    Examples
    --------
    >>> from kyc.simulation.people import ERIKSSON
    >>> for line in write_lines(ERIKSSON, "TD3"):
    ...     print(line)
    P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
    L898902C36UTO7408122F1204159ZE184226B<<<<<10
    """
    return _td3(person) if kind == "TD3" else _td1(person)


def _td3(person: SpecimenPerson) -> tuple[str, ...]:
    number, birth, expiry = _number(person), _dated(person.birth_date), _dated(person.expiry_date)
    personal = person.personal_number.ljust(14, "<")
    personal += check_digit(personal) if person.personal_number else "<"
    composite = check_digit(number + birth + expiry + personal)
    second = f"{number}{person.nationality}{birth}{_sex(person)}{expiry}{personal}{composite}"
    return f"P<{person.issuing_state}{_names(person, 39)}", second


def _td1(person: SpecimenPerson) -> tuple[str, ...]:
    number, birth, expiry = _number(person), _dated(person.birth_date), _dated(person.expiry_date)
    first_optional, second_optional = person.personal_number.ljust(15, "<"), "<" * 11
    composite = check_digit(number + first_optional + birth + expiry + second_optional)
    return (
        f"I<{person.issuing_state}{number}{first_optional}",
        f"{birth}{_sex(person)}{expiry}{person.nationality}{second_optional}{composite}",
        _names(person, 30),
    )


def _number(person: SpecimenPerson) -> str:
    number = person.document_number.ljust(9, "<")
    return number + check_digit(number)


def _sex(person: SpecimenPerson) -> str:
    return "<" if person.sex == "X" else person.sex


def _dated(day: date) -> str:
    written = day.strftime("%y%m%d")
    return written + check_digit(written)


def _names(person: SpecimenPerson, length: int) -> str:
    """Both names in one field; what does not fit is cut off at the right (Doc 9303-3 §4.6)."""
    surname, given = transliterated(person.surname), transliterated(person.given_names)
    # At least one letter of the given names is shown, however long the surname is.
    return f"{surname[: length - 3]}<<{given}".ljust(length, "<")[:length]
