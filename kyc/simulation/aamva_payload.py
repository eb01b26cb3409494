"""The bytes of a licence's bar code, written from a person's data for every version.

A writer of its own, not the reader turned round.

References
----------
AAMVA DL/ID Card Design Standard, annex D, editions of 2000 to 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kyc.simulation.mrz_lines import transliterated
from kyc.simulation.people import SpecimenPerson

Country = Literal["USA", "CAN"]
LATEST_VERSION = 10


@dataclass(frozen=True, slots=True)
class LicenceOrder:
    """Which card to write.

    Attributes
    ----------
    version : int
        Of the standard, 1…10.
    country : {"USA", "CAN"}
        Canadian cards since 2003 put the year of a date first.
    is_driving_licence : bool
        An identity card otherwise.
    """

    version: int = LATEST_VERSION
    country: Country = "USA"
    is_driving_licence: bool = True

    @property
    def type(self) -> str:
        """The two letters of the subfile."""
        return "DL" if self.is_driving_licence else "ID"


def write_aamva(person: SpecimenPerson, order: LicenceOrder) -> bytes:
    r"""Write the content of the symbol: header, place of the one subfile, the subfile.

    Examples
    --------
    >>> from kyc.simulation.people import ERIKSSON
    >>> write_aamva(ERIKSSON, LicenceOrder())[:41]
    b'@\n\x1e\rANSI 636000100001DL00310212DLDAQL8989'
    """
    fields = _fields_2000(person, order) if order.version == 1 else _fields(person, order)
    body = order.type + "\n".join(f"{name}{value}" for name, value in fields.items()) + "\r"
    jurisdiction_version = "" if order.version == 1 else "00"
    start = f"@\n\x1e\rANSI 636000{order.version:02d}{jurisdiction_version}01"
    offset = len(start) + 10
    size = len(body.encode("latin-1"))
    return f"{start}{order.type}{offset:04d}{size:04d}{body}".encode("latin-1")


def _fields_2000(person: SpecimenPerson, order: LicenceOrder) -> dict[str, str]:
    first, _, middle = _plain(person.given_names).partition(" ")
    classes = {"DAR": "D", "DAS": "NONE", "DAT": "NONE"} if order.is_driving_licence else {}
    return {
        "DAQ": person.document_number,
        "DAA": f"{_plain(person.surname)},{first},{middle}",
        **_address(order),
        **classes,
        "DBA": _year_first(person.expiry_date),
        "DBB": _year_first(person.birth_date),
        "DBC": person.sex,
        "DBD": _year_first(person.issue_date),
    }


def _fields(person: SpecimenPerson, order: LicenceOrder) -> dict[str, str]:
    dated = _year_first if order.country == "CAN" else _month_first
    codes = {"DCA": "D", "DCB": "NONE", "DCD": "NONE"} if order.is_driving_licence else {}
    if order.is_driving_licence and order.version <= 3:
        codes["DCH"] = "NONE"
    return {
        "DAQ": person.document_number,
        "DCS": _plain(person.surname),
        **_given_names(person, order.version),
        **codes,
        "DBD": dated(person.issue_date),
        "DBB": dated(person.birth_date),
        "DBA": dated(person.expiry_date),
        "DBC": {"M": "1", "F": "2", "X": "9"}[person.sex],
        "DAY": "BRO",
        "DAU": f"{person.height_cm:03d} cm",
        **_address(order),
        "DCF": "83D9BN217QO983B1",
        "DCG": order.country,
    }


def _given_names(person: SpecimenPerson, version: int) -> dict[str, str]:
    given = _plain(person.given_names)
    if version <= 3:
        return {"DCT": given.replace(" ", ",")}
    first, _, middle = given.partition(" ")
    parts = {"DAC": first, "DAD": middle or "NONE"}
    return {**parts, "DDE": "N", "DDF": "N", "DDG": "N"}


def _address(order: LicenceOrder) -> dict[str, str]:
    if order.country == "CAN":
        return {"DAG": "1 UTOPIA WAY", "DAI": "TORONTO", "DAJ": "ON", "DAK": "M5H2N2"}
    return {"DAG": "1 UTOPIA WAY", "DAI": "RICHMOND", "DAJ": "VA", "DAK": "232690000"}


def _plain(name: str) -> str:
    """Licences in circulation write names in the letters A to Z."""
    return transliterated(name).replace("<", " ")


def _month_first(day: date) -> str:
    return day.strftime("%m%d%Y")


def _year_first(day: date) -> str:
    return day.strftime("%Y%m%d")
