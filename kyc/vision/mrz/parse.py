"""From the lines of a machine-readable zone to fields and check digits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from kyc.vision.mrz.check_digits import CHARACTERS, FILLER, check_digit
from kyc.vision.mrz.dates import birth_date_of, expiry_date_of
from kyc.vision.mrz.formats import FORMATS, CheckRule, FormatName, MrzFormat, Span, format_named
from kyc.vision.mrz.readings import CheckDigit, MrzFields, Sex

NAME_SEPARATOR = FILLER * 2


class MrzMalformed(ValueError):
    """The lines have no layout that the standard knows."""


@dataclass(frozen=True, slots=True)
class ParsedMrz:
    """Lines taken apart, before anybody decides whether to rely on them."""

    format: FormatName
    lines: tuple[str, ...]
    fields: MrzFields
    check_digits: tuple[CheckDigit, ...]

    @property
    def is_valid(self) -> bool:
        """Whether every check digit is right."""
        return all(digit.is_valid for digit in self.check_digits)


@dataclass(frozen=True, slots=True)
class _DocumentNumber:
    value: str
    check: CheckDigit
    optional_data: str


def format_of(lines: tuple[str, ...]) -> MrzFormat:
    """The layout that lines of this number, length and first letter have.

    Raises
    ------
    MrzMalformed
        When there is none.
    """
    fitting = [layout for layout in FORMATS if _has_shape(layout, lines)]
    # A French card has the shape of a TD2 too, and only one of the two has its digits right.
    best = min(fitting, key=lambda layout: _wrong_digits(layout, lines), default=None)
    if best is not None:
        return best
    raise MrzMalformed("these lines have the shape of no machine-readable zone")


def _has_shape(layout: MrzFormat, lines: tuple[str, ...]) -> bool:
    return (
        len(lines) == layout.line_count
        and all(len(line) == layout.line_length for line in lines)
        and lines[0][0] in layout.first_letters
        and lines[0].startswith(layout.prefix)
    )


def _wrong_digits(layout: MrzFormat, lines: tuple[str, ...]) -> int:
    if any(set(line) - CHARACTERS for line in lines):
        return 0
    return sum(not digit.is_valid for digit in check_digits_of(layout, lines))


def parse_mrz(lines: tuple[str, ...], *, today: date, format_name: str | None = None) -> ParsedMrz:
    """Take the lines of a machine-readable zone apart.

    Parameters
    ----------
    lines : tuple of str
        Two or three lines of 30, 36 or 44 characters ``0-9 A-Z <``.
    today : date
        Settles the century of the two-digit years.
    format_name : str, optional
        The layout, where it is known already.

    Returns
    -------
    ParsedMrz

    Raises
    ------
    MrzMalformed
        When the lines have no known layout or hold a character that cannot stand there.

    References
    ----------
    ICAO Doc 9303 parts 3 (common rules), 4 (TD3), 5 (TD1), 6 (TD2) and 7 (visas); the French
    identity card is described beside its layout.

    Examples
    --------
    >>> parsed = parse_mrz(
    ...     (
    ...         "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    ...         "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ...     ),
    ...     today=date(2026, 5, 1),
    ... )
    >>> parsed.fields.surname, parsed.fields.given_names, parsed.is_valid
    ('ERIKSSON', 'ANNA MARIA', True)
    """
    layout = format_named(format_name) if format_name else format_of(lines)
    if any(set(line) - CHARACTERS for line in lines):
        raise MrzMalformed("a character here cannot stand in a machine-readable zone")
    return ParsedMrz(
        format=layout.name,
        lines=lines,
        fields=_fields(layout, lines, today),
        check_digits=check_digits_of(layout, lines),
    )


def check_digits_of(layout: MrzFormat, lines: tuple[str, ...]) -> tuple[CheckDigit, ...]:
    """Every check digit of the layout, a long document number's where it stands."""
    return tuple(
        _document_number(layout, lines).check
        if rule.name == "document_number"
        else _check(rule, lines)
        for rule in layout.checks
    )


def document_number_spans(layout: MrzFormat, lines: tuple[str, ...]) -> tuple[Span, ...]:
    """Where the document number stands: in its field, and in the optional data if it is longer."""
    rule = next(rule for rule in layout.checks if rule.name == "document_number")
    rest, _, _ = layout.value("optional_data", lines).partition(FILLER)
    optional = layout.span("optional_data")
    is_long = layout.has_long_numbers and rule.at.of(lines) == FILLER and len(rest) >= 2
    if optional is None or not is_long:
        return rule.covers
    return (*rule.covers, replace(optional, end=optional.start + len(rest) - 1))


def plain(text: str) -> str:
    """Fillers at the ends gone, runs of fillers inside as one space."""
    return " ".join(part for part in text.split(FILLER) if part)


def split_name(text: str) -> tuple[str, str]:
    """Surname and given names; a name without a separator is all surname.

    Examples
    --------
    >>> split_name("VAN<DER<MUELLEN<<ANNA<MARIA<<<")
    ('VAN DER MUELLEN', 'ANNA MARIA')
    """
    surname, _, given_names = text.partition(NAME_SEPARATOR)
    return plain(surname), plain(given_names)


def _check(rule: CheckRule, lines: tuple[str, ...]) -> CheckDigit:
    covered = "".join(span.of(lines) for span in rule.covers)
    expected, found = check_digit(covered), rule.at.of(lines)
    is_left_out = rule.may_be_filler and found == FILLER and not covered.strip(FILLER)
    return CheckDigit(rule.name, expected, found, is_valid=found == expected or is_left_out)


def _document_number(layout: MrzFormat, lines: tuple[str, ...]) -> _DocumentNumber:
    """The number with its check digit, which a filler in its place sends to the optional data.

    A number of more than nine characters goes on at the start of the optional data; the last
    character before the filler there is its check digit (ICAO Doc 9303 parts 5 and 6, §4.2.2).
    """
    rule = next(rule for rule in layout.checks if rule.name == "document_number")
    spans = document_number_spans(layout, lines)
    number = "".join(span.of(lines) for span in spans)
    optional = layout.value("optional_data", lines)
    if len(spans) == 1:
        return _DocumentNumber(number, _check(rule, lines), optional)
    rest, _, further = optional.partition(FILLER)
    digit = check_digit(number)
    check = CheckDigit(rule.name, digit, rest[-1], is_valid=digit == rest[-1])
    return _DocumentNumber(number, check, further)


def _fields(layout: MrzFormat, lines: tuple[str, ...], today: date) -> MrzFields:
    number = _document_number(layout, lines)
    surname, given_names = _names(layout, lines)
    state = layout.value("issuing_state", lines)
    optional = (number.optional_data, layout.value("optional_data_2", lines))
    return MrzFields(
        document_code=plain(layout.value("document_code", lines)),
        issuing_state=plain(state),
        document_number=number.value.rstrip(FILLER),
        surname=surname,
        given_names=given_names,
        nationality=plain(layout.value("nationality", lines) or state),
        birth_date=birth_date_of(layout.value("birth_date", lines), today=today),
        sex=_sex(layout.value("sex", lines)),
        expiry_date=expiry_date_of(layout.value("expiry_date", lines), today=today),
        optional_data=" ".join(part for part in map(plain, optional) if part),
        name_is_truncated=_fills_its_field(layout, lines),
    )


def _names(layout: MrzFormat, lines: tuple[str, ...]) -> tuple[str, str]:
    """Surname and given names, out of one field or of two."""
    name = layout.value("name", lines)
    if layout.span("given_names") is None:
        return split_name(name)
    return plain(name), plain(layout.value("given_names", lines))


def _fills_its_field(layout: MrzFormat, lines: tuple[str, ...]) -> bool:
    """Whether the name, or a part of it that has a field of its own, goes on to the field's end."""
    fields = (layout.value("name", lines), layout.value("given_names", lines))
    return any(field and not field.endswith(FILLER) for field in fields)


def _sex(character: str) -> Sex:
    if character == "F":
        return "F"
    return "M" if character == "M" else "X"
