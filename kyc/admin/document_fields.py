"""The document's fields from every source side by side: declared, read by machine, printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kyc.decision.agreement import Facts, Printed, compare_print, printed_of
from kyc.decision.declared import DeclaredFields, DocumentFields, icao_state, match_fields
from kyc.decision.evidence import FieldMatch
from kyc.details import PersonDetails
from kyc.models import Verification
from kyc.services.customers import details_read
from kyc.services.document_readings import (
    document_fields,
    licence_facts,
    licence_fields,
    zone_facts,
)

LABELS = {
    "surname": "Surname",
    "given_names": "Given names",
    "birth_date": "Date of birth",
    "nationality": "Nationality",
    "document_number": "Document number",
    "expiry_date": "Expires",
}
NO_PRINT = Printed(fields={})


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field; a mark is ``match``, ``conflict`` or ``not_read``, empty where none is made.

    Attributes
    ----------
    mark : str
        Declared against read by machine.
    printed_mark : str
        Print against what was read by machine; against what was declared where nothing was.
    """

    label: str
    declared: str
    read: str
    printed: str
    mark: str
    printed_mark: str

    @property
    def is_conflict(self) -> bool:
        """Whether two sources contradict each other."""
        return FieldMatch.CONFLICT in {self.mark, self.printed_mark}


@dataclass(frozen=True, slots=True)
class _ByMachine:
    """What the zone or a licence's bar code says, in the forms that are compared."""

    fields: DocumentFields
    facts: Facts
    others: Mapping[str, str]


def field_rows(verification: Verification, found: Mapping[str, Any]) -> list[FieldRow]:
    """Return the fields of a document; none for a customer who declared nothing.

    `found` is what `document_findings` gave.
    """
    details = details_read(verification.customer)
    if details is None:
        return []
    visual = found.get("visual")
    printed = printed_of(visual) if visual else NO_PRINT
    machine = _by_machine(found)
    rows = [_row(name, details, machine, printed) for name in LABELS]
    return rows + _only_read(machine)


def _by_machine(found: Mapping[str, Any]) -> _ByMachine | None:
    mrz, licence = found.get("mrz"), found.get("licence")
    if mrz is not None:
        others = {"Issuing state": mrz["fields"]["issuing_state"], "Sex": mrz["fields"]["sex"]}
        return _ByMachine(document_fields(mrz), zone_facts(mrz), others)
    if licence is not None:
        fields = licence["fields"]
        others = {"Issued in": f"{fields['jurisdiction']}, {fields['issuing_state']}"}
        return _ByMachine(licence_fields(licence), licence_facts(licence), others)
    return None


def _row(
    name: str, details: PersonDetails, machine: _ByMachine | None, printed: Printed
) -> FieldRow:
    declared = _declared(details)
    facts = machine.facts if machine else declared
    field = printed.fields.get(name)
    marks = _declared_marks(details, machine)
    printed_mark = compare_print(facts, printed)[name]
    return FieldRow(
        label=LABELS[name],
        declared=_said(declared, name),
        read=_said(machine.facts, name) if machine else "",
        printed=field.value if field else "",
        mark=marks.get(name, ""),
        printed_mark="" if printed is NO_PRINT else _mark(printed_mark),
    )


def _declared(details: PersonDetails) -> Facts:
    return Facts(
        surname=details.surname,
        given_names=details.given_names,
        birth_date=details.birth_date,
        nationality=details.nationality,
    )


def _declared_marks(details: PersonDetails, machine: _ByMachine | None) -> dict[str, str]:
    declared = DeclaredFields(
        details.surname, details.given_names, details.birth_date, details.nationality
    )
    if machine is None:
        return dict.fromkeys(("surname", "given_names", "birth_date", "nationality"), "not_read")
    return {name: _mark(state) for name, state in match_fields(declared, machine.fields).items()}


def _said(facts: Facts, name: str) -> str:
    value = getattr(facts, name)
    if name == "nationality":
        return icao_state(value)
    return str(value or "")


def _only_read(machine: _ByMachine | None) -> list[FieldRow]:
    if machine is None:
        return []
    return [FieldRow(label, "", said or "", "", "", "") for label, said in machine.others.items()]


def _mark(state: FieldMatch) -> str:
    return state.value
