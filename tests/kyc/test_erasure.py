"""Erasing a customer: what goes, what stays, what stands against it, and who is in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from fraudsite.core import erasure as erasure_registry
from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, EncryptedFile, OutboxEvent, User
from fraudsite.core.services.data_keys import DataKeyDestroyed
from fraudsite.core.services.files import file_path
from kyc.choices import CaptureKind, Stage, VerificationStatus
from kyc.choices_screening import HitStatus
from kyc.models import (
    Capture,
    Consent,
    Customer,
    Device,
    DeviceSighting,
    DocumentFingerprint,
    FaceTemplate,
    RiskAssessment,
    ScreeningHit,
    Verification,
)
from kyc.refusals import Refusal
from kyc.services import duplicates, erasure, stages
from kyc.services.decisions import attempt_decide
from kyc.services.derived_captures import derived_keep
from kyc.services.document_fingerprints import Shown
from kyc.services.erasure import CUSTOMER_ERASED, customer_erase
from kyc.services.screening import screen
from kyc.services.screening_hits import SCREENING_HIT
from kyc.services.stage_findings import StageFindings
from kyc.services.stages import stage_run
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import TESTS, customer_make, put
from tests.kyc.erased import erase, known_customer

pytestmark = pytest.mark.django_db
PICTURE = np.full((40, 60, 3), 128, np.uint8)


@pytest.fixture
def known(traveller: Traveller, tmp_path: Path) -> Verification:
    return known_customer(traveller, tmp_path)


def rows_of(verification: Verification) -> dict[str, int]:
    own = {"customer_id": verification.customer_id}
    return {
        "faces": FaceTemplate.objects.filter(**own).count(),
        "documents": DocumentFingerprint.objects.filter(**own).count(),
        "hits": ScreeningHit.objects.filter(**own).count(),
        "sightings": DeviceSighting.objects.filter(**own).count(),
        "files": EncryptedFile.objects.filter(deleted_at=None).count(),
        "consents": Consent.objects.filter(**own, withdrawn_at=None).count(),
    }


def test_what_says_who_somebody_is_goes_and_what_was_decided_stays(
    known: Verification, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    paths = [file_path(pk) for pk in EncryptedFile.objects.values_list("pk", flat=True)]
    assert len(paths) == 2
    assert all(path.exists() for path in paths)
    before = rows_of(known)
    assert before == {
        "faces": 1, "documents": 1, "hits": 1, "sightings": 1, "files": 2, "consents": 1,
    }  # fmt: skip
    risk = list(RiskAssessment.objects.values_list("pk", flat=True))
    user_id = known.customer.user_id
    EmailAddress.objects.create(user_id=user_id, email="carla@example.com", verified=True)

    with django_capture_on_commit_callbacks(execute=True):
        report = erase(known)

    expected = {"files": 2, "faces": 1, "documents": 1, "hits": 1, "sightings": 1}
    assert report == erasure.ErasureReport(
        was_erased=False, deleted={**expected, "details": 1, "logins": 1, "links": 0}
    )
    assert rows_of(known) == dict.fromkeys(before, 0)
    assert not any(path.exists() for path in paths)
    assert not Device.objects.exists()
    customer = Customer.objects.select_related("data_key").get(pk=known.customer_id)
    assert (customer.data_key.is_destroyed, customer.data_key.wrapped_key) == (True, None)
    assert (customer.details_sealed, customer.user) == (None, None)
    user = User.objects.get(pk=user_id)
    assert (user.email, user.is_active) == (f"{user_id}@erased.invalid", False)
    assert not user.has_usable_password()
    assert not EmailAddress.objects.filter(user=user).exists()
    known.refresh_from_db()
    assert known.status == VerificationStatus.APPROVED
    assert Capture.objects.filter(verification=known).count() == 2
    assert list(RiskAssessment.objects.values_list("pk", flat=True)) == risk


def test_the_trail_says_why_and_how_much_and_other_systems_are_told(known: Verification) -> None:
    report = erase(known)

    entry = AuditEntry.objects.get(action="customer.erased")
    assert (entry.target_id, entry.details) == (
        str(known.customer_id),
        {"reason": "customer_request", "deleted": dict(report.deleted)},
    )
    event = OutboxEvent.objects.get(kind=CUSTOMER_ERASED)
    assert (event.aggregate_id, event.payload) == (
        str(known.customer_id),
        {"reason": "customer_request"},
    )


def test_what_stays_says_that_there_was_a_hit_and_not_on_which_entry(known: Verification) -> None:
    hit = ScreeningHit.objects.get()
    erase(known)

    found = AuditEntry.objects.get(action="screening.hit_found")
    assert (found.target_id, found.details) == (
        str(hit.pk),
        {"customer_id": str(known.customer_id)},
    )
    told = OutboxEvent.objects.get(kind=SCREENING_HIT)
    assert set(told.payload) == {"customer_id", "verification_id", "source"}


def test_erasing_twice_changes_nothing_and_deletes_what_came_since(known: Verification) -> None:
    erase(known)

    again = erase(known)
    assert again.was_erased
    assert not any(again.deleted.values())
    assert AuditEntry.objects.filter(action="customer.erased").count() == 1

    DocumentFingerprint.objects.create(
        workspace=known.customer.workspace, customer=known.customer, verification=known, attempt=1
    )
    assert erase(known).deleted["documents"] == 1
    assert AuditEntry.objects.filter(action="customer.erased").count() == 2


def test_a_dry_run_counts_and_changes_nothing(known: Verification) -> None:
    before = rows_of(known)

    report = erase(known, is_dry_run=True)

    assert report.deleted["files"] == 2
    assert rows_of(known) == before
    assert not AuditEntry.objects.filter(action="customer.erased").exists()
    assert not Customer.objects.get(pk=known.customer_id).data_key.is_destroyed
    assert User.objects.get(pk=known.customer.user_id).is_active


def test_when_one_step_fails_nothing_is_erased(
    known: Verification, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> dict[str, int]:
        message = "the last step"
        raise RuntimeError(message)

    before = rows_of(known)
    monkeypatch.setattr(erasure_registry, "_hooks", [breaks])

    with pytest.raises(RuntimeError):
        erase(known)

    assert rows_of(known) == before
    assert all(file_path(pk).exists() for pk in EncryptedFile.objects.values_list("pk", flat=True))
    assert not Customer.objects.get(pk=known.customer_id).data_key.is_destroyed


@pytest.mark.parametrize(
    ("status", "is_kept"),
    [
        (VerificationStatus.COLLECTING, False),
        (VerificationStatus.PROCESSING, True),
        (VerificationStatus.IN_REVIEW, True),
        (VerificationStatus.RESUBMIT, False),
        (VerificationStatus.APPROVED, False),
        (VerificationStatus.DECLINED, False),
    ],
)
def test_whoever_waits_for_a_decision_is_not_erased(
    status: VerificationStatus, is_kept: bool
) -> None:
    verification = customer_make()
    put(verification, status)

    if is_kept:
        with pytest.raises(Refusal, match="verification_under_way"):
            erase(verification)
    else:
        erase(verification)

    assert Customer.objects.get(pk=verification.customer_id).data_key.is_destroyed is not is_kept


def test_a_listed_person_is_kept_and_so_is_whoever_asks_about_themselves(
    known: Verification,
) -> None:
    ScreeningHit.objects.update(status=HitStatus.CONFIRMED)
    with pytest.raises(Refusal, match="listed_person"):
        erase(known)
    ScreeningHit.objects.update(status=HitStatus.FALSE_POSITIVE)

    with pytest.raises(Refusal, match="own_customer"):
        customer_erase(
            customer=known.customer,
            actor=Actor.of_user(known.customer.user),
            reason="customer_request",
        )
    with pytest.raises(Refusal, match="reason_missing"):
        customer_erase(customer=known.customer, actor=TESTS, reason="because")

    assert not Customer.objects.get(pk=known.customer_id).data_key.is_destroyed


def test_a_login_of_staff_is_let_go_of_and_stays(known: Verification) -> None:
    User.objects.filter(pk=known.customer.user_id).update(role=Role.ANALYST)

    erase(known)

    user = User.objects.get(pk=known.customer.user_id)
    assert (user.is_active, user.email) == (True, "carla@example.com")
    assert Customer.objects.get(pk=known.customer_id).user is None


def test_the_erased_can_sign_in_no_more(known: Verification, traveller: Traveller) -> None:
    page = reverse("kyc:overview")
    assert traveller.client.get(page).status_code in {200, 302}

    erase(known)

    assert traveller.client.get(page).url.startswith("/accounts/login/")


@pytest.mark.parametrize("write", ["hit", "fingerprint", "picture"])
def test_what_was_under_way_keeps_nothing_once_the_customer_is_erased(
    known: Verification, write: str
) -> None:
    # As a stage holds it: loaded, with its key, before the customer was erased.
    held = Verification.objects.select_related("customer__data_key").get(pk=known.pk)
    erase(known)
    acts = {
        "hit": lambda: screen(held),
        "fingerprint": lambda: duplicates._document(held),
        "picture": lambda: derived_keep(held, {CaptureKind.DOCUMENT_CARD: PICTURE}),
    }

    with pytest.raises(DataKeyDestroyed):
        acts[write]()

    assert rows_of(known) == dict.fromkeys(rows_of(known), 0)


def test_stages_and_the_decision_after_them_end_quietly_once_the_customer_is_erased(
    known: Verification,
) -> None:
    # A person decided while stages ran, so that the customer could be erased before they ended.
    erase(known)
    stored = known.stage_results.count()

    for stage in (Stage.QUALITY, Stage.LIVENESS, Stage.SCREENING):
        stage_run(verification_id=str(known.pk), attempt=1, stage=stage)
    attempt_decide(verification_id=str(known.pk), attempt=1)

    assert known.stage_results.count() == stored
    assert not known.decisions.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stage_that_ends_while_the_customer_is_erased_waits_and_leaves_nothing(
    carla: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller = Traveller(as_user(carla), carla)
    traveller.reaches_submit()
    sent = traveller.verification
    put(sent, VerificationStatus.PROCESSING)
    looked = threading.Event()
    shown = Shown(number_hash=b"x" * 32, picture_hashes=(b"y" * 32,))

    def look(verification: Verification) -> StageFindings:
        looked.set()
        return StageFindings.failed(str(duplicates._document(verification).has_number))

    monkeypatch.setattr(duplicates, "_shown", lambda _: shown)
    monkeypatch.setitem(stages.ENGINES, Stage.DUPLICATES, look)

    def run() -> None:
        stage_run(verification_id=str(sent.pk), attempt=1, stage=Stage.DUPLICATES)
        connection.close()

    running = threading.Thread(target=run)
    with transaction.atomic():
        put(sent, VerificationStatus.DECLINED)
        erase(sent)
        running.start()
        assert looked.wait(timeout=10)
        running.join(timeout=0.5)
        assert running.is_alive()
    running.join(timeout=10)

    assert not running.is_alive()
    assert not DocumentFingerprint.objects.filter(customer_id=sent.customer_id).exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_stage_is_about_to_write_is_erased_with_the_rest(
    carla: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller = Traveller(as_user(carla), carla)
    traveller.reaches_submit()
    sent = traveller.verification
    put(sent, VerificationStatus.DECLINED)
    reports: list[erasure.ErasureReport] = []
    monkeypatch.setattr(duplicates, "_shown", lambda _: Shown(b"x" * 32, ()))

    def run() -> None:
        reports.append(erase(sent))
        connection.close()

    erasing = threading.Thread(target=run)
    with transaction.atomic():
        duplicates._document(Verification.objects.select_related("customer").get(pk=sent.pk))
        erasing.start()
        erasing.join(timeout=0.5)
        assert erasing.is_alive()
    erasing.join(timeout=10)

    assert reports[0].deleted["documents"] == 1
    assert not DocumentFingerprint.objects.filter(customer_id=sent.customer_id).exists()
