"""What the bar codes of a licence come to: a second symbol, and versions that are long over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from django.utils import timezone

from kyc.choices import Stage, StageState
from kyc.decision.checks import CheckState
from kyc.decision.document_checks import barcode_agrees
from kyc.decision.evidence import DocumentEvidence, FieldMatch
from kyc.decision.rules import Rules
from kyc.models import Verification
from kyc.services.attempt_evidence import attempt_evidence
from kyc.services.document_stage import read_documents
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.simulation.aamva_payload import LicenceOrder, write_aamva
from kyc.simulation.licences import draw_symbol
from kyc.simulation.people import ERIKSSON, SpecimenPerson
from tests.kyc.conftest import Traveller, jpeg

pytestmark = pytest.mark.django_db


LINDQVIST = replace(
    ERIKSSON, surname="Lindqvist", document_number="X41077751", birth_date=date(1980, 2, 3)
)
LICENCE: dict[str, Any] = {
    "version": 10,
    "kind": "driving_licence",
    "fields": {
        "document_number": "L898902C3",
        "surname": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "name_is_truncated": False,
        "birth_date": "1974-08-12",
        "expiry_date": "2031-04-15",
        "issuing_state": "USA",
        "jurisdiction": "VA",
    },
    "missing": [],
    "impossible": [],
}


def back_with(*holders: SpecimenPerson) -> bytes:
    """Return a picture of symbols below each other, no two of them alike."""
    sheet = np.full((1400, 1500, 3), 255, np.uint8)
    for index, (holder, country) in enumerate(zip(holders, ("USA", "CAN"), strict=False)):
        symbol = draw_symbol(write_aamva(holder, LicenceOrder(country=country)))
        top = 60 + 700 * index
        sheet[top : top + symbol.shape[0], 60 : 60 + symbol.shape[1]] = symbol
    return cv2.imencode(".jpg", sheet)[1].tobytes()


def stored(verification: Verification, findings: dict[str, Any]) -> DocumentEvidence:
    found = StageFindings(StageState.DONE, {"outcome": "no_mrz", "mrz": None, **findings})
    result_store(verification, Stage.DOCUMENT, found, 9)
    return attempt_evidence(verification).document


@pytest.mark.parametrize(
    ("second", "differing", "state"),
    [
        (LINDQVIST, ["surname", "document_number", "birth_date"], CheckState.CONSIDER),
        (ERIKSSON, [], CheckState.SKIPPED),
    ],
)
def test_a_second_symbol_is_held_against_the_first(
    traveller: Traveller, second: SpecimenPerson, differing: list[str], state: CheckState
) -> None:
    traveller.reaches_capture("driving_licence")
    traveller.uploads(jpeg(), "front")
    traveller.uploads(back_with(ERIKSSON, second), "back")

    found = read_documents(traveller.verification)
    result_store(traveller.verification, Stage.DOCUMENT, found, 9)

    assert len(found.findings["barcodes"]) == 2
    assert found.findings["licence"]["fields"]["surname"] == "ERIKSSON"
    assert found.findings["licences_differ_in"] == differing
    assert barcode_agrees(attempt_evidence(traveller.verification), Rules()).state is state


def test_a_second_symbol_counts_beside_a_zone_too(traveller: Traveller) -> None:
    traveller.reaches_capture()
    zone = {
        "format": "TD1",
        "fields": {
            **LICENCE["fields"], "document_code": "I", "issuing_state": "UTO", "nationality": "UTO",
        },
        "is_accepted": True,
        "refusal_reason": "",
        "confidence": 0.9,
        "invalid_check_digits": [],
        "repaired_characters": 0,
    }  # fmt: skip

    document = stored(
        traveller.verification,
        {"mrz": zone, "licence": LICENCE, "licences_differ_in": ["birth_date"]},
    )

    assert document.barcode is not None
    assert document.barcode["surname"] is FieldMatch.MATCH
    assert document.barcode["birth_date"] is FieldMatch.CONFLICT


@pytest.mark.parametrize(
    ("version", "days_left", "refusal"),
    [
        (10, 900, ""),
        (2, 900, ""),
        (1, -1, ""),
        (1, 0, "of a version that ended in 2003, and still valid"),
        (0, 900, "of a version that ended in 2003, and still valid"),
    ],
)
def test_a_version_that_ended_in_2003_is_not_accepted_while_still_valid(
    traveller: Traveller, version: int, days_left: int, refusal: str
) -> None:
    traveller.reaches_capture("driving_licence")
    expiry = (timezone.now().date() + timedelta(days=days_left)).isoformat()
    licence = {
        **LICENCE, "version": version, "fields": {**LICENCE["fields"], "expiry_date": expiry},
    }  # fmt: skip

    document = stored(traveller.verification, {"licence": licence})

    assert (document.is_accepted, document.refusal_reason) == (not refusal, refusal)
