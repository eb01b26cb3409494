"""What besides the face a customer has in common with others, looked up and decrypted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.decision.duplicate_signs import KnownPerson, PersonName, personal_signs
from kyc.decision.duplicates import Sign
from kyc.models import Verification
from kyc.services.customers import details_read
from kyc.services.device_sharing import customers_on_devices
from kyc.services.document_fingerprints import customers_with_document
from kyc.services.document_readings import document_findings


def signs_shared(
    verification: Verification, others: Iterable[Verification]
) -> dict[uuid.UUID, tuple[Sign, ...]]:
    """Return what the customer has in common with others, by the others' customer ids."""
    found = {other.customer_id: other for other in others}
    own = known_person(verification)
    with_document = customers_with_document(verification.customer, among=found)
    on_devices = customers_on_devices(verification.customer, among=found)
    return {
        customer_id: (
            *personal_signs(own, known_person(other)),
            *((Sign.DOCUMENT,) if customer_id in with_document else ()),
            *((Sign.DEVICE,) if customer_id in on_devices else ()),
        )
        for customer_id, other in found.items()
    }


def known_person(verification: Verification) -> KnownPerson:
    """Return the names and birth dates that a customer declared and that their document shows.

    Nothing of a customer whose data key went in the meantime.
    """
    try:
        declared = details_read(verification.customer)
        fields = document_fields_read(verification)
    except DataKeyDestroyed:
        return KnownPerson()
    names, births = [], set()
    if declared is not None:
        names.append(PersonName(declared.surname, declared.given_names))
        births.add(declared.birth_date)
    if fields:
        names.append(PersonName(fields["surname"], fields["given_names"]))
    if fields.get("birth_date"):
        births.add(date.fromisoformat(fields["birth_date"]))
    return KnownPerson(tuple(names), frozenset(births))


def document_fields_read(verification: Verification) -> dict[str, Any]:
    """Return the fields that the present attempt's document was read for certain; else nothing.

    From the machine-readable zone, or from the bar code of a licence that carries none.
    """
    found = document_findings(verification)
    zone, licence = found.get("mrz") or {}, found.get("licence") or {}
    if zone.get("is_accepted"):
        return dict(zone["fields"])
    if licence and not licence["missing"] and not licence["impossible"]:
        return dict(licence["fields"])
    return {}
