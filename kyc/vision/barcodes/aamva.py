"""What the PDF417 bar code of a North American licence or identity card says.

References
----------
AAMVA DL/ID Card Design Standard (2020), annex D; earlier editions in `aamva_elements`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import pycountry

from kyc.vision.barcodes.aamva_elements import mandatory_elements

CardKind = Literal["driving_licence", "identity_card"]
Sex = Literal["F", "M", "X", ""]

# A PDF417 symbol holds 1,108 bytes at most (ISO/IEC 15438 §5.2).
MAX_BYTES = 1200
CARD_KINDS: MappingProxyType[str, CardKind] = MappingProxyType(
    {"DL": "driving_licence", "ID": "identity_card"}
)
SEXES: MappingProxyType[str, Sex] = MappingProxyType(
    {"1": "M", "2": "F", "9": "X", "M": "M", "F": "F", "X": "X"}
)
# What stands where nothing is known or nothing applies (annex D.12.5.1).
NOTHING = frozenset({"", "NONE", "UNAVL", "UNAVAIL", "UNK"})
DATE_ELEMENTS = ("DBA", "DBB", "DBD")
# Without them a card says nothing of anybody. A first name is not among them: whoever has but one
# name has it as surname, and NONE there.
SAID_ELEMENTS = frozenset({"DAA", "DAQ", "DBA", "DBB", "DCS"})
# As the standard writes them, and as some states do.
COUNTRIES: MappingProxyType[str, str] = MappingProxyType(
    {"USA": "USA", "US": "USA", "CAN": "CAN", "CA": "CAN", "CDN": "CAN", "MEX": "MEX"}
)

# "@", separators that some states get wrong, then the file type; "AAMVA" until 2003.
_HEADER = re.compile(r"@[\x00-\x20]{0,6}(?:ANSI |AAMVA)(\d{6})(\d{2})", re.ASCII)
_DESIGNATOR = re.compile(r"([A-Z]{2})(\d{4})(\d{4})", re.ASCII)
_ELEMENT = re.compile(r"([A-Z]{2}[A-Z0-9])(.*)", re.DOTALL)


class AamvaMalformed(ValueError):
    """The bytes are no licence of this standard; `str()` is one sentence without the content."""


@dataclass(frozen=True, slots=True)
class AamvaName:
    """The holder's name; empty where the card does not tell its parts apart.

    ``is_truncated`` is true where the card says that a part of it was cut off.
    """

    surname: str
    given_names: str
    suffix: str
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class AamvaLicence:
    """One card, its fields typed.

    Attributes
    ----------
    version : int
        Of the standard: 1 is DL/ID-2000, 10 the edition of 2020; 0 is older than both.
    jurisdiction_version : int or None
        None up to version 1, which did not have it.
    issuer_number : str
        Six digits, given out by AAMVA.
    kind : {"driving_licence", "identity_card"}
    name : AamvaName
    birth_date, issue_date, expiry_date : date or None
        None when it is left out, unknown or no such day; `impossible` names the last.
    sex : {"F", "M", "X", ""}
        Empty when it is not said.
    country : str
        "USA", "CAN" or "MEX"; empty when another is said, or none and the state does not tell.
    jurisdiction : str
        Two letters of the state or province in the address.
    elements : mapping of str to str
        Every element of the first subfile by its three letters, as printed.
    missing : tuple of str
        Elements that a card of this version has to carry and this one does not, or that say nothing
        where it has to be said who the holder is and until when the card is valid.
    impossible : tuple of str
        Date elements whose figures are no day of the calendar.
    """

    version: int
    jurisdiction_version: int | None
    issuer_number: str
    kind: CardKind
    document_number: str
    name: AamvaName
    birth_date: date | None
    issue_date: date | None
    expiry_date: date | None
    sex: Sex
    country: str
    jurisdiction: str
    elements: Mapping[str, str]
    missing: tuple[str, ...]
    impossible: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values, dates in ISO form."""
        found = asdict(self)
        for name in ("birth_date", "issue_date", "expiry_date"):
            found[name] = found[name].isoformat() if found[name] else None
        return {**found, "missing": list(self.missing), "impossible": list(self.impossible)}


@dataclass(frozen=True, slots=True)
class _Header:
    issuer_number: str
    version: int
    jurisdiction_version: int | None
    subfile_type: str
    subfile: str


def parse_aamva(data: bytes) -> AamvaLicence:
    r"""Read the bytes of a licence's bar code.

    Parameters
    ----------
    data : bytes
        As the symbol carries them, control characters included.

    Returns
    -------
    AamvaLicence

    Raises
    ------
    AamvaMalformed
        When there is no header, no licence or identity card in it, or no element.

    Examples
    --------
    >>> card = parse_aamva(
    ...     b"@\n\x1e\rANSI 636000100001DL00310034DLDAQT64235789\nDCSSAMPLE\nDBB06061986\r"
    ... )
    >>> card.document_number, card.name.surname, card.birth_date
    ('T64235789', 'SAMPLE', datetime.date(1986, 6, 6))
    """
    if len(data) > MAX_BYTES:
        raise AamvaMalformed("This bar code is longer than a licence's can be.")
    header = _header(_decoded(data))
    elements = _elements(header.subfile, header.subfile_type)
    if not elements:
        raise AamvaMalformed("This bar code has the header of a licence and no field after it.")
    kind = CARD_KINDS[header.subfile_type]
    dates = {name: _date(elements.get(name, "")) for name in DATE_ELEMENTS}
    return AamvaLicence(
        version=header.version,
        jurisdiction_version=header.jurisdiction_version,
        issuer_number=header.issuer_number,
        kind=kind,
        document_number=_said(elements, "DAQ"),
        name=_name(elements),
        birth_date=dates["DBB"],
        issue_date=dates["DBD"],
        expiry_date=dates["DBA"],
        sex=SEXES.get(_said(elements, "DBC").upper(), ""),
        country=_country(elements),
        jurisdiction=_said(elements, "DAJ").upper(),
        elements=elements,
        missing=missing_elements(elements, header.version, kind),
        impossible=tuple(
            name for name in DATE_ELEMENTS if dates[name] is None and _is_date_meant(elements, name)
        ),
    )


def missing_elements(elements: Mapping[str, str], version: int, kind: CardKind) -> tuple[str, ...]:
    """Return what a card of this version has to carry and these elements do not.

    An expiry date of zeros or nines is none: a card that never runs out is for a person to see.
    """
    wanted = mandatory_elements(version, is_driving_licence=kind == "driving_licence")
    return tuple(name for name in wanted if not _is_carried(elements, name))


def _is_carried(elements: Mapping[str, str], name: str) -> bool:
    if name == "DAA" and _has_name_in_parts(elements):
        return True
    if name not in SAID_ELEMENTS:
        return name in elements
    return _is_date_meant(elements, name) if name in DATE_ELEMENTS else bool(_said(elements, name))


def _has_name_in_parts(elements: Mapping[str, str]) -> bool:
    surname = _said(elements, "DAB") or _said(elements, "DCS")
    return bool(surname) and ("DAC" in elements or "DCT" in elements)


def _decoded(data: bytes) -> str:
    """Text of the bytes: ISO 8859-1 by the standard, UTF-8 in some provinces."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _header(text: str) -> _Header:
    found = _HEADER.search(text[:64])
    if found is None:
        raise AamvaMalformed("This bar code does not begin as a licence's does.")
    version = int(found[2])
    # DL/ID-2000 counts its subfiles right after its version; later editions put the
    # jurisdiction's own version between the two.
    has_jurisdiction_version = version >= 2
    digits = text[found.end() : found.end() + (4 if has_jurisdiction_version else 2)]
    if not (digits.isascii() and digits.isdigit()):
        raise AamvaMalformed("The header of this licence's bar code breaks off.")
    subfile_type, subfile = _subfile(text, found.start(), found.end() + len(digits))
    return _Header(
        issuer_number=found[1],
        version=version,
        jurisdiction_version=int(digits[:2]) if has_jurisdiction_version else None,
        subfile_type=subfile_type,
        subfile=subfile,
    )


def _subfile(text: str, start: int, designators: int) -> tuple[str, str]:
    """Type and content of the subfile with the holder's data, whether its place is right or not.

    Many cards in circulation state offsets that are off by some bytes, or count their subfiles
    wrongly; then it is what follows the designators.
    """
    places: list[tuple[str, int, int]] = []
    end = designators
    while found := _DESIGNATOR.match(text, end):
        places.append((found[1], int(found[2]), int(found[3])))
        end = found.end()
    holder = next((place for place in places if place[0] in CARD_KINDS), None)
    if holder is None:
        raise AamvaMalformed("This bar code holds neither a licence nor an identity card.")
    subfile_type, offset, length = holder
    stated = text[start + offset : start + offset + length]
    if stated.startswith(subfile_type) and stated[2:3] in {"D", "Z"}:
        # A length that is too short would cut a field in two; the terminator is the truth.
        return subfile_type, text[start + offset :].partition("\r")[0]
    return subfile_type, text[end:].lstrip("\r\n").partition("\r")[0]


def _elements(subfile: str, subfile_type: str) -> dict[str, str]:
    body = subfile[2:] if subfile.startswith(subfile_type) else subfile
    found: dict[str, str] = {}
    for line in body.split("\n"):
        element = _ELEMENT.fullmatch(line.strip("\x1d\x1e\x1c"))
        if element:
            found.setdefault(element[1], element[2].strip())
    return found


def _said(elements: Mapping[str, str], name: str) -> str:
    value = elements.get(name, "")
    return "" if value.upper() in NOTHING else value


def _name(elements: Mapping[str, str]) -> AamvaName:
    """The name in whichever of its three forms the card has it.

    1. DCS with DAC and DAD (since 2009), 2. DCS with DCT (2003, 2005), 3. DAB, DAC, DAD or the
    whole name in DAA (2000): surname, given name, middle names, suffix, parted by commas. DAA
    without a separator is left alone: states put first or last name first as they liked.
    """
    surname = _said(elements, "DCS") or _said(elements, "DAB")
    middle = _said(elements, "DAD")
    given = _said(elements, "DAC") or _said(elements, "DCT")
    suffix = _said(elements, "DCU") or _said(elements, "DAE")
    if not surname and not given:
        whole = [part.strip() for part in re.split(r"[,@$]", _said(elements, "DAA"))]
        if len(whole) > 1:
            surname, given, middle, suffix, *_ = [*whole, "", "", ""]
    return AamvaName(
        surname=_words(surname),
        given_names=_words(f"{given} {middle}"),
        suffix=_words(suffix),
        is_truncated="T" in {elements.get(name, "") for name in ("DDE", "DDF", "DDG")},
    )


def _words(text: str) -> str:
    return " ".join(text.replace(",", " ").split())


def _is_date_meant(elements: Mapping[str, str], name: str) -> bool:
    """Whether the element is to be a day at all: zeros and nines stand for "none"."""
    return bool(_said(elements, name).strip("09"))


def _date(text: str) -> date | None:
    """The day in eight figures: MMDDCCYY in the United States, CCYYMMDD in Canada and in 2000.

    No month begins with 19 or 20, so the figures themselves tell which of the two it is.
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    if int(text[:2]) > 12:
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    else:
        year, month, day = int(text[4:]), int(text[:2]), int(text[2:4])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _country(elements: Mapping[str, str]) -> str:
    said = _said(elements, "DCG").upper()
    if said:
        # Nobody else's cards are of this standard, and anybody can write any country into a symbol.
        return COUNTRIES.get(said, "")
    state = _said(elements, "DAJ").upper()
    for two, three in (("US", "USA"), ("CA", "CAN"), ("MX", "MEX")):
        if state and pycountry.subdivisions.get(code=f"{two}-{state}") is not None:
            return three
    return ""
