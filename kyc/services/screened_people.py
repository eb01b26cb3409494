"""Whom a verification is screened for: everything that a customer is called, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kyc.decision.agreement import printed_of
from kyc.decision.declared import icao_state
from kyc.models import Verification
from kyc.screening.scoring import ScreenedPerson
from kyc.services.customers import details_read
from kyc.services.document_readings import newest_document_findings, stored_date


def people_of(verification: Verification) -> list[ScreenedPerson]:
    """Return whom to search for: the person as declared, and as each part of the document says.

    Of the newest document that was read; a reading that was refused counts too. Print that shows no
    date of birth is taken with those of the other sources: a name alone is that of many.
    """
    found = newest_document_findings(verification)
    exact = [_declared(verification), _of_zone(found.get("mrz")), _of_licence(found.get("licence"))]
    known = [person for person in exact if person is not None]
    printed = _printed(found.get("visual"), [person.birth_date for person in known])
    return _differing([*known, *printed])


def _declared(verification: Verification) -> ScreenedPerson | None:
    details = details_read(verification.customer)
    if details is None:
        return None
    name = f"{details.given_names} {details.surname}"
    countries = _countries(details.nationality, verification.issuing_country)
    return ScreenedPerson(name, details.birth_date, countries, "declared")


def _of_zone(mrz: Mapping[str, Any] | None) -> ScreenedPerson | None:
    if not mrz:
        return None
    fields = mrz["fields"]
    countries = _countries(icao_state(fields["nationality"]), icao_state(fields["issuing_state"]))
    return _exact(fields, countries, "document")


def _of_licence(licence: Mapping[str, Any] | None) -> ScreenedPerson | None:
    if not licence:
        return None
    fields = licence["fields"]
    return _exact(fields, _countries(fields["issuing_state"]), "licence")


def _exact(
    fields: Mapping[str, Any], countries: tuple[str, ...], source: str
) -> ScreenedPerson | None:
    name = f"{fields['given_names'] or ''} {fields['surname'] or ''}".strip()
    if not name:
        return None
    return ScreenedPerson(name, stored_date(fields["birth_date"]), countries, source)


def _printed(
    visual: Mapping[str, Any] | None, known_births: Iterable[date | None]
) -> list[ScreenedPerson]:
    """Return the person as printed, once for each day that the date of birth may be."""
    fields = printed_of(visual).fields if visual else {}
    names = [fields[part].value for part in ("given_names", "surname") if part in fields]
    # A word that may as well be somebody's given name says nothing of a person.
    if len(names) < 2:
        return []
    read = fields["birth_date"].days if "birth_date" in fields else ()
    days = dict.fromkeys(read or known_births) or (None,)
    return [ScreenedPerson(" ".join(names), born, (), "print") for born in days]


def _differing(people: Iterable[ScreenedPerson]) -> list[ScreenedPerson]:
    """Return the people, one for each that is said in the same words by several sources."""
    found: dict[ScreenedPerson, ScreenedPerson] = {}
    for person in people:
        found.setdefault(replace(person, source=""), person)
    return list(found.values())


def _countries(*codes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))
