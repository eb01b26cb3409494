"""What the customer declared against what the document says, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kyc.decision.evidence import FieldMatch
from kyc.decision.names import names_agree


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """The fields of a document that a customer declares as well.

    ``is_name_truncated``: the document says, or leaves open, that a part of the name was cut off.
    """

    surname: str
    given_names: str
    birth_date: date | None
    nationality: str
    is_name_truncated: bool


@dataclass(frozen=True, slots=True)
class DeclaredFields:
    """What the customer typed. `nationality` is ISO 3166-1 alpha-3."""

    surname: str
    given_names: str
    birth_date: date
    nationality: str


def match_fields(declared: DeclaredFields, read: DocumentFields) -> Mapping[str, FieldMatch]:
    """Compare each declared field with the document; what was not read matches nothing."""
    is_truncated = read.is_name_truncated
    return {
        "surname": _state(
            read.surname, names_agree(declared.surname, read.surname, is_truncated=is_truncated)
        ),
        "given_names": _state(
            read.given_names,
            names_agree(declared.given_names, read.given_names, is_truncated=is_truncated),
        ),
        "birth_date": _state(read.birth_date, declared.birth_date == read.birth_date),
        "nationality": _state(
            read.nationality, icao_state(read.nationality) == declared.nationality
        ),
    }


def icao_state(code: str) -> str:
    """Return the ISO 3166-1 alpha-3 code of a state as passports write it.

    Germany alone writes one letter (ICAO Doc 9303 part 3, section 5).

    Examples
    --------
    >>> icao_state("D"), icao_state("FRA")
    ('DEU', 'FRA')
    """
    return {"D": "DEU"}.get(code, code)


def _state(read: object, agrees: bool) -> FieldMatch:  # noqa: FBT001 - inner step
    if not read:
        return FieldMatch.NOT_READ
    return FieldMatch.MATCH if agrees else FieldMatch.CONFLICT
