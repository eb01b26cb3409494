"""What a reviewer sees at first sight: why it is here, and what to compare with what."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.data_keys import data_key_destroy
from kyc.admin.document_fields import FieldRow
from kyc.admin.pictures_beside import Compared, pictures_beside
from kyc.admin.reasons import Reason, reasons_of
from kyc.choices import CaptureKind, Stage, StageState
from kyc.models import Decision, Verification
from kyc.services.decisions import attempt_decide
from kyc.services.derived_captures import derived_keep
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from tests.kyc.conftest import Traveller

pytestmark = pytest.mark.django_db
FACE = {"outcome": "no_match", "distance": 0.67, "threshold": 0.55, "false_match_rate": "< 3/509"}
FILM = {
    "outcome": "live",
    "actions": [{"action": "smile", "is_seen": True, "at_ms": 2400.0, "outcome": "seen"}],
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django


@pytest.fixture
def sent(traveller: Traveller) -> Verification:
    traveller.reaches_submit()
    traveller.post("submit")
    return traveller.verification


def page_of(client: Client, verification: Verification) -> str:
    page = client.get(reverse("admin:kyc_verification_change", args=[verification.pk]))
    assert page.status_code == 200
    return " ".join(page.text.split())


def test_the_head_says_in_sentences_why_it_is_here_and_leads_to_the_checks(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    result_store(sent, Stage.FACE, StageFindings(StageState.DONE, FACE, engine="dlib"), 12)
    attempt_decide(verification_id=str(sent.pk), attempt=1)

    words = page_of(as_user(anna), sent)

    assert '<a href="#check-face.match">Face is the document&#x27;s</a>: Faces differ.' in words
    assert 'id="check-face.match"' in words


def test_a_reason_that_is_no_check_has_words_of_its_own() -> None:
    check = {"code": "document.legible", "label": "Legible", "sentence": "Blurred."}
    decision = Decision(
        reason_codes=["retries_used_up", "document.legible", "no.longer.known"],
        tree=[{"checks": [check]}],
    )

    assert reasons_of(decision) == [
        Reason(
            "retries_used_up", "All tries are used up", "What was to be done again is below.", False
        ),
        Reason("document.legible", "Legible", "Blurred.", True),
        Reason("no.longer.known", "no.longer.known", "", False),
    ]


def test_the_faces_and_the_moments_of_the_film_are_on_the_page(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    result_store(sent, Stage.FACE, StageFindings(StageState.DONE, FACE), 12)
    result_store(sent, Stage.LIVENESS, StageFindings(StageState.DONE, FILM), 12)

    words = page_of(as_user(anna), sent)

    assert "The engine takes the faces for two people’s." in words
    assert 'data-seek="2.4"' in words


def test_the_portrait_stands_beside_the_selfie(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    cut_out = np.full((40, 60, 3), 90, np.uint8)
    derived_keep(sent, {CaptureKind.DOCUMENT_CARD: cut_out, CaptureKind.DOCUMENT_PORTRAIT: cut_out})

    page = as_user(anna).get(reverse("admin:kyc_verification_change", args=[sent.pk]))

    assert [image["label"] for image in page.context["images"]] == [
        "Portrait on the document",
        "Selfie, a single photo",
        "Document, front",
        "Document, straightened",
    ]


@pytest.mark.parametrize(
    ("mark", "printed_mark", "is_conflict"),
    [("match", "match", False), ("conflict", "", True), ("match", "conflict", True)],
)
def test_a_field_with_a_contradiction_stands_out(
    mark: str, printed_mark: str, is_conflict: bool
) -> None:
    assert FieldRow("Surname", "a", "b", "c", mark, printed_mark).is_conflict is is_conflict


def test_pictures_of_two_customers_are_offered_in_pairs_and_not_before_they_are_there(
    sent: Verification, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    user = make_user("otto@example.com")
    other = Traveller(as_user(user), user)
    other.reaches_capture()
    key = str(other.verification.pk)
    wanted = [Compared("Faces", "0a1b", key), Compared("Documents", "0a1b", key)]
    assert pictures_beside(sent, wanted) == []
    other.reaches_submit()

    pairs = pictures_beside(sent, [*wanted, *wanted])

    assert [(pair.what, pair.own.label, pair.other.label) for pair in pairs] == [
        ("Faces", "This customer", "Customer 0a1b"),
        ("Documents", "This customer", "Customer 0a1b"),
    ]
    selfie = other.verification.captures.get(kind=CaptureKind.SELFIE_STILL, superseded_at=None)
    assert pairs[0].other.url == reverse("admin:kyc_verification_capture", args=[key, selfie.pk])


def test_an_erased_customer_s_page_says_so(
    sent: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    result_store(sent, Stage.FACE, StageFindings(StageState.DONE, FACE), 12)
    front = sent.captures.get(kind=CaptureKind.DOCUMENT_FRONT)
    data_key_destroy(data_key=sent.customer.data_key, actor=Actor.system("tests"))
    client = as_user(anna)

    words = page_of(client, sent)
    picture = client.get(reverse("admin:kyc_verification_capture", args=[sent.pk, front.pk]))

    assert "This customer was erased" in words
    assert str(front.pk) not in words
    assert picture.status_code == 404
    assert not AuditEntry.objects.filter(action="evidence.viewed").exists()
