"""The lines of a machine-readable zone, written from a person's data.

A writer of its own, not the reader turned round: what this writes and `kyc.vision.mrz` reads back
is agreed by two programs, so a test that compares them says something.

References
----------
ICAO Doc 9303, 8th edition: part 3 §4 (check digits §4.9, transliteration §6), part 4 §4.2 (TD3),
part 5 §4.2 (TD1), part 6 §4.2 (TD2), part 7 §4 and §5 (visas).
"""

from __future__ import annotations

import unicodedata
from datetime import date

from kyc.simulation.people import SpecimenPerson

WEIGHTS = (7, 3, 1)
VISA_LENGTHS = {"MRVA": 44, "MRVB": 36}
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
    """The lines of a passport (TD3), card (TD1, TD2), visa (MRVA, MRVB) or French card (FRAID).

    Raises
    ------
    ValueError
        When there is no such kind, or the document number is too long for it.

    Examples
    --------
    >>> from kyc.simulation.people import ERIKSSON
    >>> for line in write_lines(ERIKSSON, "TD3"):
    ...     print(line)
    P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
    L898902C36UTO7408122F1204159ZE184226B<<<<<10
    """
    if kind == "TD1":
        return _td1(person)
    if kind == "FRAID":
        return _french_card(person)
    if kind == "TD2":
        return _td2(person)
    if kind in VISA_LENGTHS:
        return _visa(person, VISA_LENGTHS[kind])
    if kind == "TD3":
        return _td3(person)
    raise ValueError(f"there is no zone named {kind!r}")


def _td3(person: SpecimenPerson) -> tuple[str, ...]:
    number, middle = _short_number(person), _middle(person)
    personal = person.personal_number.ljust(14, "<")
    personal += check_digit(personal) if person.personal_number else "<"
    composite = check_digit(number + middle[3:10] + middle[11:] + personal)
    first = f"P<{person.issuing_state}{_names(person, 39)}"
    return first, f"{number}{middle}{personal}{composite}"


def _td1(person: SpecimenPerson) -> tuple[str, ...]:
    number, rest = _long_number(person)
    birth, expiry = _dated(person.birth_date), _dated(person.expiry_date)
    first_optional, second_optional = (rest + person.personal_number).ljust(15, "<"), "<" * 11
    composite = check_digit(number + first_optional + birth + expiry + second_optional)
    return (
        f"I<{person.issuing_state}{number}{first_optional}",
        f"{birth}{_sex(person)}{expiry}{person.nationality}{second_optional}{composite}",
        _names(person, 30),
    )


def _td2(person: SpecimenPerson) -> tuple[str, ...]:
    (number, rest), middle = _long_number(person), _middle(person)
    optional = (rest or person.personal_number).ljust(7, "<")[:7]
    composite = check_digit(number + middle[3:10] + middle[11:] + optional)
    first = f"I<{person.issuing_state}{_names(person, 31)}"
    return first, f"{number}{middle}{optional}{composite}"


def _visa(person: SpecimenPerson, length: int) -> tuple[str, ...]:
    second = _short_number(person) + _middle(person) + person.personal_number
    first = f"V<{person.issuing_state}{_names(person, length - 5)}"
    return first, second.ljust(length, "<")[:length]


def _french_card(person: SpecimenPerson) -> tuple[str, ...]:
    """The card of 1988 to 2021: no expiry date, and the office of issue at the end of line one."""
    number = person.document_number.ljust(12, "<")
    if len(number) > 12:
        raise ValueError("the number of a French card has twelve characters")
    surname = transliterated(person.surname).ljust(25, "<")[:25]
    given = transliterated(person.given_names).replace("<", "<<").ljust(14, "<")[:14]
    first = f"IDFRA{surname}{person.personal_number[:6].ljust(6, '<')}"
    second = f"{number}{check_digit(number)}{given}{_dated(person.birth_date)}{_sex(person)}"
    return first, second + check_digit(first + second)


def _middle(person: SpecimenPerson) -> str:
    """Nationality, birth date, sex and expiry date, as the second of two lines has them."""
    birth, expiry = _dated(person.birth_date), _dated(person.expiry_date)
    return f"{person.nationality}{birth}{_sex(person)}{expiry}"


def _short_number(person: SpecimenPerson) -> str:
    number = person.document_number.ljust(9, "<")
    if len(number) > 9:
        raise ValueError("the number has no room in this zone")
    return number + check_digit(number)


def _long_number(person: SpecimenPerson) -> tuple[str, str]:
    """The number's field with its digit, and what of it goes on in the optional data.

    Of more than nine characters the digit's place takes a filler, and the rest with the digit and
    a filler behind it begins the optional data (Doc 9303-5 and 9303-6, §4.2.2).
    """
    number = person.document_number
    if len(number) <= 9:
        return _short_number(person), ""
    return number[:9] + "<", f"{number[9:]}{check_digit(number)}<"


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
