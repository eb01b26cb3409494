"""The error-level map: made for whoever may see the picture, written down, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, EncryptedFile, User
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.services.files import file_path
from kyc.choices import CaptureKind
from kyc.models import Capture, Verification
from kyc.services.error_levels import has_error_levels
from tests.kyc.conftest import Traveller
from tests.kyc.test_pdf_uploads import pdf

pytestmark = pytest.mark.django_db
ROUTE = "admin:kyc_verification_error_levels"


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django


@pytest.fixture
def sent(traveller: Traveller) -> Verification:
    traveller.reaches_submit()
    traveller.post("submit")
    return traveller.verification


def front_of(verification: Verification) -> Capture:
    return verification.captures.get(kind=CaptureKind.DOCUMENT_FRONT, superseded_at=None)


def look(client: Client, capture: Capture) -> HttpResponse:
    return client.get(reverse(ROUTE, args=[capture.verification_id, capture.pk]))


def test_the_map_is_as_large_as_the_picture_and_never_cached(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    files = EncryptedFile.objects.count()

    answer = look(as_user(anna), front_of(sent))

    levels = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert levels.shape == (640, 900)
    assert "no-store" in answer.headers["Cache-Control"]
    assert EncryptedFile.objects.count() == files


def test_each_look_at_a_map_is_written_down_as_one(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    capture = front_of(sent)

    look(as_user(anna), capture)

    seen = AuditEntry.objects.get(action="capture.viewed")
    assert seen.actor_id == str(anna.pk)
    assert seen.details == {
        "capture_id": str(capture.pk),
        "kind": "document_front",
        "shown": "error_levels",
    }


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.RISK_MANAGER])
def test_who_may_not_see_the_picture_gets_no_map_and_no_address_of_one(
    sent: Verification,
    role: str,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("looker@example.com", role))

    page = client.get(reverse("admin:kyc_verification_change", args=[sent.pk]))

    assert "error-levels" not in page.text
    assert look(client, front_of(sent)).status_code == 404
    assert not AuditEntry.objects.filter(action="capture.viewed").exists()


def test_a_capture_of_another_verification_does_not_exist(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    other = Verification.objects.create(customer=sent.customer, status="declined")

    address = reverse(ROUTE, args=[other.pk, front_of(sent).pk])

    assert as_user(anna).get(address).status_code == 404


def test_only_the_sides_of_a_document_have_a_map(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    selfie = sent.captures.get(kind=CaptureKind.SELFIE_STILL)

    assert [kind for kind in CaptureKind if has_error_levels(Capture(kind=kind))] == [
        CaptureKind.DOCUMENT_FRONT,
        CaptureKind.DOCUMENT_BACK,
    ]
    assert look(as_user(anna), selfie).status_code == 404


def test_a_page_of_a_pdf_has_a_map_too(
    traveller: Traveller, anna: User, as_user: Callable[[User], Client]
) -> None:
    traveller.reaches_capture()
    assert traveller.uploads(pdf((180, 170, 160))).status_code == 302

    answer = look(as_user(anna), front_of(traveller.verification))

    assert answer.headers["Content-Type"] == "image/png"


def test_a_picture_that_is_lost_is_said_in_words(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    capture = front_of(sent)
    file_path(capture.file_id).unlink()

    answer = look(as_user(anna), capture)

    assert (answer.status_code, answer.text) == (422, "The picture cannot be read any more.")
    assert answer.headers["Content-Type"] == "text/plain"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_customer_who_was_erased_is_said_in_words(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    data_key_destroy(data_key=sent.customer.data_key, actor=Actor.system("tests"))

    answer = look(as_user(anna), front_of(sent))

    assert (answer.status_code, "was erased" in answer.text) == (422, True)


def test_the_evidence_page_offers_the_map_as_advice(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    page = as_user(anna).get(reverse("admin:kyc_verification_change", args=[sent.pk]))

    assert page.text.count(reverse(ROUTE, args=[sent.pk, front_of(sent).pk])) == 2
    assert "advice, no check" in page.text
