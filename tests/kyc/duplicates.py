"""Customers as the search for duplicates sees them: faces, documents, devices; no pictures."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.data_keys import data_key_create, seal_json
from kyc.choices import ConsentPurpose, Stage, StageState, VerificationStatus
from kyc.consent_text import BIOMETRICS
from kyc.details import PersonDetails
from kyc.models import Consent, Customer, Verification
from kyc.services.face_templates import template_keep
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store

Embedding = npt.NDArray[np.float32]
TESTS = Actor.system("tests")
ENGINE, VERSION = "deepface-dlib", "tests"


def face(seed: int, *, moved: float = 0.0) -> Embedding:
    """Return somebody's face in numbers, or another picture of it that far away."""
    rng = np.random.default_rng(seed)
    # As dlib's descriptors: strangers lie about .8 apart.
    place = rng.normal(0, 0.05, 128)
    aside = np.zeros(128)
    aside[0] = moved
    return (place + aside).astype(np.float32)


def customer_make(
    *,
    surname: str = "",
    given_names: str = "",
    workspace: Workspace | None = None,
    born: date | None = None,
) -> Verification:
    """Return the verification, not sent yet, of a customer whose name and birthday nobody has."""
    customer = Customer.objects.create(
        workspace=workspace or Workspace.objects.live(), data_key=data_key_create()
    )
    details = PersonDetails(
        surname=surname or _letters(customer.pk),
        given_names=given_names or _letters(customer.pk),
        birth_date=born or date(1930, 1, 1) + timedelta(days=customer.pk.int % 25_000),
        nationality="UTO",
    )
    customer.details_sealed = seal_json(
        data_key=customer.data_key,
        value=details.to_json(),
        context=f"customer:{customer.pk}:details",
    )
    customer.save(update_fields=["details_sealed"])
    consent_give(customer)
    return Verification.objects.create(customer=customer)


def consent_give(customer: Customer, *, is_granted: bool = True) -> Consent:
    return Consent.objects.create(
        customer=customer,
        purpose=ConsentPurpose.BIOMETRICS,
        text_version=BIOMETRICS.version,
        text_hash=BIOMETRICS.sha256,
        is_granted=is_granted,
    )


def face_show(verification: Verification, embedding: Embedding, *, version: str = VERSION) -> bool:
    return template_keep(verification, embedding, engine=ENGINE, engine_version=version)


def document_show(verification: Verification, number: str, **changes: Any) -> None:
    """Store a reading of a document with that number."""
    details = {"surname": _letters(verification.pk), "given_names": "X", "birth_date": None}
    mrz = {
        "is_accepted": True,
        "fields": {"issuing_state": "UTO", "document_number": number, **details, **changes},
    }
    found = StageFindings(StageState.DONE, {"outcome": "read", "mrz": mrz})
    result_store(verification, Stage.DOCUMENT, found, 1)


def approve(verification: Verification) -> None:
    put(verification, VerificationStatus.APPROVED)


def put(verification: Verification, status: VerificationStatus) -> None:
    """Have a verification stand somewhere, however it would have come there."""
    Verification.objects.filter(pk=verification.pk).update(status=status)
    verification.refresh_from_db()


def _letters(key: uuid.UUID) -> str:
    """Return a name that no other customer has."""
    return "".join(chr(ord("A") + int(digit, 16)) for digit in key.hex)
