"""The whole search, from stored captures and readings to the checks."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from kyc.choices import CaptureKind, CaptureSource, Stage, StageState
from kyc.decision.checks import CheckState
from kyc.decision.duplicate_checks import duplicate_group
from kyc.decision.duplicates import DuplicateFindings, FaceSearchOutcome
from kyc.decision.evidence import StageOutcome, StageRun
from kyc.decision.rules import Rules
from kyc.models import StageResult, Verification
from kyc.services.captures import Upload, capture_store
from kyc.services.customers import details_read
from kyc.services.document_fingerprints import fingerprints_forget
from kyc.services.duplicates import find_duplicates
from kyc.services.face_templates import templates_forget
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import findings_read, result_store
from tests.kyc.conftest import jpeg
from tests.kyc.duplicates import TESTS, approve, customer_make, document_show, face, face_show

pytestmark = pytest.mark.django_db


def photo(seed: int = 1) -> bytes:
    """Return a JPEG with structure of its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), np.uint8)
    _, encoded = cv2.imencode(".jpg", cv2.resize(coarse, (960, 720)))
    return bytes(encoded.tobytes())


def send_front(verification: Verification, data: bytes) -> None:
    capture_store(
        verification=verification,
        kind=CaptureKind.DOCUMENT_FRONT,
        data=data,
        media_type="image/jpeg",
        upload=Upload(data, CaptureSource.UPLOAD, camera_label="", capture_key=""),
        issues=[],
        actor=TESTS,
    )


def arrives(number: str, data: bytes, *, looks: int) -> Verification:
    verification = customer_make()
    send_front(verification, data)
    document_show(verification, number)
    face_show(verification, face(looks))
    return verification


def test_findings_survive_being_sealed_and_lead_to_a_person() -> None:
    first = arrives("A1", photo(), looks=1)
    find_duplicates(first)
    approve(first)
    second = arrives("A1", photo(), looks=1)

    found = StageFindings(StageState.DONE, find_duplicates(second).to_json())
    result_store(second, Stage.DUPLICATES, found, 5)
    stored = StageResult.objects.get(verification=second, stage=Stage.DUPLICATES)
    read = DuplicateFindings.from_json(findings_read(stored))

    assert [h.customer_id for h in read.face.hits] == [str(first.customer_id)]
    assert [h.customer_id for h in read.document.same_number] == [str(first.customer_id)]
    assert [h.customer_id for h in read.document.same_picture] == [str(first.customer_id)]
    group = duplicate_group(StageRun(StageOutcome.DONE), read, Rules())
    raised = {check.code for check in group.checks if check.state is CheckState.CONSIDER}
    assert raised == {"duplicate.face", "duplicate.document_number", "duplicate.document_picture"}


def test_a_stranger_with_a_document_of_their_own_is_clear() -> None:
    first = arrives("A1", photo(1), looks=1)
    find_duplicates(first)
    approve(first)

    found = find_duplicates(arrives("B2", photo(2), looks=2))

    assert found.face.outcome is FaceSearchOutcome.SEARCHED
    assert (found.face.searched, found.face.hits) == (1, ())
    assert (found.document.has_number, found.document.has_picture) == (True, True)
    assert (found.document.same_number, found.document.same_picture) == ((), ())


def test_searching_twice_finds_the_same() -> None:
    find_duplicates(arrives("A1", photo(), looks=1))
    second = arrives("A1", photo(), looks=1)

    assert find_duplicates(second) == find_duplicates(second)


def test_a_number_that_was_not_accepted_is_not_searched() -> None:
    verification = customer_make()
    send_front(verification, jpeg())
    mrz = {"is_accepted": False, "fields": {"issuing_state": "UTO", "document_number": "A1"}}
    result_store(verification, Stage.DOCUMENT, StageFindings(StageState.DONE, {"mrz": mrz}), 1)

    found = find_duplicates(verification)

    assert (found.document.has_number, found.document.has_picture) == (False, False)
    assert found.face.outcome is FaceSearchOutcome.NO_FACE


@pytest.mark.parametrize(
    ("lacking", "has_number"),
    [({}, True), ({"missing": ["DBB"]}, False), ({"impossible": ["DBB"]}, False)],
)
def test_a_licence_without_a_zone_is_known_by_its_complete_bar_code(
    lacking: dict[str, list[str]], has_number: bool
) -> None:
    customers = customer_make(), customer_make()
    fields = {
        "issuing_state": "USA",
        "document_number": "D1234567",
        "surname": "SAMPLE",
        "given_names": "ALEX",
        "birth_date": "1990-01-02",
    }
    licence = {"missing": [], "impossible": [], "fields": fields, **lacking}
    for verification in customers:
        read = StageFindings(StageState.DONE, {"mrz": None, "licence": licence})
        result_store(verification, Stage.DOCUMENT, read, 1)

    find_duplicates(customers[0])
    found = find_duplicates(customers[1]).document

    assert found.has_number is has_number
    assert len(found.same_number) == int(has_number)


def test_nothing_has_to_be_there() -> None:
    found = find_duplicates(customer_make())

    assert (found.document.has_number, found.document.has_picture) == (False, False)
    assert found.device.devices == 0


def test_findings_hold_ids_and_numbers_and_nothing_that_was_read() -> None:
    first = arrives("SECRET77", photo(), looks=1)
    find_duplicates(first)
    approve(first)
    second = arrives("SECRET77", photo(), looks=1)

    written = json.dumps(find_duplicates(second).to_json())

    details = details_read(second.customer)
    assert not [
        word
        for word in ("SECRET77", details.surname, details.birth_date.isoformat())
        if word in written
    ]


def test_forgetting_a_customer_takes_faces_and_documents() -> None:
    verification = arrives("A1", photo(), looks=1)
    find_duplicates(verification)

    own = {"customer_id": verification.customer_id}
    assert templates_forget(**own) + fingerprints_forget(**own) == 2
    assert templates_forget(**own) + fingerprints_forget(**own) == 0
