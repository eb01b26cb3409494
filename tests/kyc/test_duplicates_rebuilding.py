"""Describing the faces of customers anew, with the real engine on free portraits."""

from __future__ import annotations

import io
import json

import cv2
import pytest
from django.core.management import call_command

from fraudsite.core.services.data_keys import data_key_destroy
from kyc.choices import CaptureKind, CaptureSource, VerificationStatus
from kyc.models import FaceTemplate, Verification
from kyc.services.captures import Upload, capture_store
from kyc.simulation.portraits import PortraitName, load_portrait
from tests.kyc.conftest import jpeg
from tests.kyc.duplicates import TESTS, approve, consent_give, customer_make, face, face_show, put

pytestmark = pytest.mark.django_db


def approved_with(selfie: bytes) -> Verification:
    verification = customer_make()
    capture_store(
        verification=verification,
        kind=CaptureKind.SELFIE_STILL,
        data=selfie,
        media_type="image/jpeg",
        upload=Upload(selfie, CaptureSource.UPLOAD, camera_label="", capture_key=""),
        issues=[],
        actor=TESTS,
    )
    approve(verification)
    return verification


def portrait(name: PortraitName = "astronaut") -> bytes:
    _, encoded = cv2.imencode(".jpg", load_portrait(name, framing="selfie"))
    return bytes(encoded.tobytes())


def rebuilt(*words: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("rebuild_face_gallery", "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_faces_that_the_engine_in_use_has_not_described_are_described_once() -> None:
    of_before, of_another_engine = approved_with(portrait()), approved_with(portrait())
    face_show(of_another_engine, face(1), version="older")
    assert rebuilt("--dry-run") == {
        "missing": 2,
        "kept": 0,
        "no_consent": 0,
        "no_selfie": 0,
        "no_face": 0,
    }

    assert rebuilt()["kept"] == 2
    assert rebuilt()["missing"] == 0

    versions = FaceTemplate.objects.values_list("engine_version", flat=True)
    assert "older" not in versions
    assert {t.verification for t in FaceTemplate.objects.all()} == {of_before, of_another_engine}


def test_who_waits_for_a_person_is_described_too_and_who_was_declined_is_not() -> None:
    in_review, declined = approved_with(portrait()), approved_with(portrait())
    put(in_review, VerificationStatus.IN_REVIEW)
    put(declined, VerificationStatus.DECLINED)
    for verification in (in_review, declined):
        face_show(verification, face(1), version="older")

    assert rebuilt()["kept"] == 1
    assert rebuilt()["missing"] == 0

    fresh = FaceTemplate.objects.exclude(engine_version="older")
    assert [template.verification for template in fresh] == [in_review]


def test_who_is_erased_refused_or_shows_no_face_is_passed_over() -> None:
    erased, refused = approved_with(portrait()), approved_with(portrait())
    approved_with(jpeg())
    data_key_destroy(data_key=erased.customer.data_key, actor=TESTS)
    consent_give(refused.customer, is_granted=False)
    approve(customer_make())

    found = rebuilt()

    assert found == {"missing": 3, "kept": 0, "no_consent": 1, "no_selfie": 1, "no_face": 1}
    assert not FaceTemplate.objects.exists()
