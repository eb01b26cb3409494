"""Taking consent back: what goes, what stays, and what becomes of an attempt in progress."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.files import FileGone
from kyc.choices import CaptureKind, Stage, StageState, VerificationStatus
from kyc.models import Capture, Consent, Customer, FaceTemplate, Verification
from kyc.services import stages
from kyc.services.captures import capture_bytes, current_capture
from kyc.services.consent_withdrawal import consent_withdraw
from kyc.services.consents import has_biometric_consent
from kyc.services.decisions import attempt_decide
from kyc.services.derived_captures import derived_keep
from kyc.services.face_templates import template_keep
from kyc.services.stage_findings import StageFindings
from kyc.services.stages import stage_run
from tests.kyc.conftest import Traveller, jpeg

pytestmark = pytest.mark.django_db
TESTS = Actor.system("tests")
FACE = np.linspace(-1, 1, 128, dtype=np.float32)


@pytest.fixture
def sent(traveller: Traveller) -> Verification:
    traveller.reaches_submit()
    traveller.post("submit")
    return traveller.verification


def keep_face(verification: Verification) -> bool:
    return template_keep(verification, FACE, engine="dlib", engine_version="1")


def takes_back(traveller: Traveller) -> HttpResponse:
    return traveller.client.post(reverse("kyc:consent_withdraw"), follow=True)


def decided(verification: Verification) -> Verification:
    for stage in (Stage.LIVENESS, Stage.FACE):
        stage_run(verification_id=str(verification.pk), attempt=verification.attempt, stage=stage)
    attempt_decide(verification_id=str(verification.pk), attempt=verification.attempt)
    verification.refresh_from_db()
    return verification


def test_the_page_says_what_goes_what_stays_and_what_changes(traveller: Traveller) -> None:
    traveller.consents()

    page = traveller.client.get(reverse("kyc:consent_withdraw"))

    assert page.status_code == 200
    for words in ("What is deleted at once", "What stays, and why", "You go on without your face"):
        assert words in page.text
    assert has_biometric_consent(traveller.verification.customer)


def test_a_look_at_the_page_takes_nothing_back(traveller: Traveller) -> None:
    traveller.consents()

    traveller.client.head(reverse("kyc:consent_withdraw"))

    assert Consent.objects.get().withdrawn_at is None


def test_faces_go_and_the_evidence_of_what_was_sent_stays(
    sent: Verification, traveller: Traveller
) -> None:
    assert keep_face(sent)

    page = takes_back(traveller)

    assert "Done. You took your consent back." in page.text
    assert not FaceTemplate.objects.exists()
    assert capture_bytes(current_capture(sent, CaptureKind.SELFIE_STILL)).startswith(b"\xff\xd8")
    entry = AuditEntry.objects.get(action="consent.withdrawn")
    assert entry.actor_id == str(traveller.user.pk)
    assert entry.details == {"purpose": "biometrics", "faces_deleted": 1}


def test_pictures_of_the_face_that_were_not_sent_are_deleted_and_the_document_stays(
    traveller: Traveller,
) -> None:
    traveller.reaches_submit()
    selfie = Capture.objects.get(kind=CaptureKind.SELFIE_STILL)

    takes_back(traveller)

    verification = traveller.verification
    assert current_capture(verification, CaptureKind.SELFIE_STILL) is None
    assert current_capture(verification, CaptureKind.DOCUMENT_FRONT) is not None
    selfie.refresh_from_db()
    with pytest.raises(FileGone):
        capture_bytes(selfie)
    overview = traveller.client.get(reverse("kyc:overview"))
    assert overview.url == reverse("kyc:submit")


def test_taking_it_back_twice_changes_nothing_the_second_time(traveller: Traveller) -> None:
    traveller.consents()
    takes_back(traveller)
    first = Consent.objects.get().withdrawn_at

    page = takes_back(traveller)

    assert "Nothing has changed" in page.text
    assert Consent.objects.get().withdrawn_at == first
    assert AuditEntry.objects.filter(action="consent.withdrawn").count() == 1


def test_whoever_refused_has_nothing_to_take_back(traveller: Traveller) -> None:
    traveller.consents("refuse")

    assert (
        "there is nothing to take back"
        in traveller.client.get(reverse("kyc:consent_withdraw")).text
    )
    assert "Nothing has changed" in takes_back(traveller).text


def test_after_it_the_wizard_does_not_ask_for_the_face_and_takes_none(
    traveller: Traveller,
) -> None:
    traveller.reaches_capture()
    traveller.uploads(jpeg())
    takes_back(traveller)

    answer = traveller.sends_still(jpeg())

    assert not Capture.objects.filter(kind=CaptureKind.SELFIE_STILL).exists()
    assert answer.url == reverse("kyc:submit")


def test_the_question_can_be_answered_anew(traveller: Traveller) -> None:
    traveller.reaches_capture()
    takes_back(traveller)
    assert "You took your agreement back." in traveller.client.get(reverse("kyc:consent")).text

    traveller.post("consent", {"choice": "grant"})

    assert has_biometric_consent(traveller.verification.customer)


def test_a_no_on_the_page_of_the_question_deletes_unsent_pictures_too(
    traveller: Traveller,
) -> None:
    traveller.reaches_submit()

    traveller.post("consent", {"choice": "refuse"})

    selfie = Capture.objects.get(kind=CaptureKind.SELFIE_STILL)
    assert selfie.superseded_at is not None
    assert selfie.file.is_deleted


def test_an_attempt_being_checked_goes_to_a_person(
    sent: Verification, traveller: Traveller
) -> None:
    takes_back(traveller)

    after = decided(sent)

    assert after.status == VerificationStatus.IN_REVIEW
    states = dict(sent.stage_results.values_list("stage", "failure_code"))
    assert (states[Stage.LIVENESS], states[Stage.FACE]) == ("no_consent", "no_consent")


@pytest.mark.parametrize("stage", [Stage.LIVENESS, Stage.FACE])
def test_what_a_stage_found_of_the_face_is_not_kept_when_consent_goes_while_it_looks(
    sent: Verification, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(verification: Verification) -> StageFindings:
        consent_withdraw(customer=verification.customer, actor=TESTS)
        return StageFindings(StageState.DONE, {"distance": 0.3}, engine="dlib")

    monkeypatch.setitem(stages.ENGINES, stage, look)

    stage_run(verification_id=str(sent.pk), attempt=1, stage=stage)

    result = sent.stage_results.get()
    assert (result.state, result.failure_code, result.engine) == ("skipped", "no_consent", "")


def test_no_frame_is_cut_from_a_video_once_the_consent_is_gone(sent: Verification) -> None:
    frame = np.full((40, 60, 3), 90, np.uint8)
    pictures: dict[CaptureKind, Any] = {CaptureKind.SELFIE_FRAME: frame}
    consent_withdraw(customer=sent.customer, actor=TESTS)

    derived_keep(sent, pictures)
    derived_keep(sent, {CaptureKind.DOCUMENT_CARD: frame})

    kinds = set(sent.captures.values_list("kind", flat=True))
    assert CaptureKind.SELFIE_FRAME not in kinds
    assert CaptureKind.DOCUMENT_CARD in kinds


@pytest.mark.parametrize(
    "status", [S for S in VerificationStatus if S != VerificationStatus.COLLECTING]
)
def test_a_verification_that_was_sent_stays_as_it_is(
    sent: Verification, traveller: Traveller, status: VerificationStatus
) -> None:
    Verification.objects.filter(pk=sent.pk).update(status=status)

    page = takes_back(traveller)

    sent.refresh_from_db()
    assert (page.status_code, sent.status) == (200, status)
    assert current_capture(sent, CaptureKind.SELFIE_STILL) is not None


def test_the_reviewer_sees_that_it_was_taken_back(
    sent: Verification,
    traveller: Traveller,
    settings: Any,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    analyst = as_user(make_user("ines@example.com", Role.ANALYST))
    address = reverse("admin:kyc_verification_change", args=[sent.pk])
    before = analyst.get(address).text

    takes_back(traveller)

    assert "consent-withdrawn" not in before
    assert "consent-withdrawn" in analyst.get(address).text


@pytest.mark.django_db(transaction=True)
def test_a_stage_that_stores_and_a_withdrawal_wait_for_each_other(
    carla: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller = Traveller(as_user(carla), carla)
    traveller.reaches_submit()
    traveller.post("submit")
    sent = traveller.verification
    looked = threading.Event()

    def look(verification: Verification) -> StageFindings:
        looked.set()
        return StageFindings(StageState.DONE, {"distance": 0.3}, engine="dlib")

    monkeypatch.setitem(stages.ENGINES, Stage.FACE, look)

    def run() -> None:
        stage_run(verification_id=str(sent.pk), attempt=1, stage=Stage.FACE)
        connection.close()

    running = threading.Thread(target=run)
    with transaction.atomic():
        assert consent_withdraw(customer=Customer.objects.get(pk=sent.customer_id), actor=TESTS)
        running.start()
        assert looked.wait(timeout=10)
        # It has looked, and waits to store what it found.
        running.join(timeout=0.5)
        assert running.is_alive()
        assert not sent.stage_results.exists()
    running.join(timeout=10)

    assert sent.stage_results.get().failure_code == "no_consent"
