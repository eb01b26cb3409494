"""The staff's pages: the list, the evidence, the decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, User
from fraudsite.core.services.data_keys import open_bytes
from kyc.choices import Stage, VerificationStatus
from kyc.models import Capture, Decision, Verification
from kyc.services.decisions import attempt_decide
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.services.verifications import verification_state
from tests.kyc.conftest import Traveller, jpeg

pytestmark = pytest.mark.django_db
S = VerificationStatus


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    # The second factor has tests of its own in tests/core.
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django


@pytest.fixture
def in_review(traveller: Traveller) -> Verification:
    traveller.reaches_submit()
    traveller.post("submit")
    verification = traveller.verification
    for stage in Stage:
        result_store(verification, stage, StageFindings.failed("engine_error"), 12)
    attempt_decide(verification_id=str(verification.pk), attempt=1)
    verification.refresh_from_db()
    assert verification.status == S.IN_REVIEW
    return verification


def decide(client: Client, verification: Verification, **changes: str) -> HttpResponse:
    form = {
        "decision": "approve",
        "reason": "approve_evidence_clear",
        "note": "",
        "seen_status": verification_state(verification),
        **changes,
    }
    address = reverse("admin:kyc_verification_decide", args=[verification.pk])
    return client.post(address, form, follow=True)


def page_of(verification: Verification) -> str:
    return reverse("admin:kyc_verification_change", args=[verification.pk])


def test_the_page_shows_pictures_tree_fields_and_timeline(
    in_review: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    page = as_user(anna).get(page_of(in_review))

    text = page.content.decode()
    assert page.status_code == 200
    for capture in in_review.captures.all():
        assert str(capture.pk) in text
    assert "Check digits hold" in text
    assert "Núñez" in text
    assert "Processing → In review" in text
    assert "capture.stored" not in text
    assert AuditEntry.objects.filter(action="evidence.viewed", actor_id=str(anna.pk)).count() == 1


def test_the_list_shows_what_was_sent_with_a_constant_number_of_queries(
    in_review: Verification,
    anna: User,
    as_user: Callable[[User], Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = as_user(anna)

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]  # a context manager
        page = client.get(reverse("admin:kyc_verification_changelist"))

    assert in_review.reference in page.content.decode()
    assert "Núñez" not in page.content.decode()


def test_an_approval_is_recorded_audited_and_published(
    in_review: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    decide(as_user(anna), in_review, note="Read by eye: agrees.")

    in_review.refresh_from_db()
    made = Decision.objects.get(decided_by=anna)
    assert in_review.status == S.APPROVED
    assert made.reason_codes == ["approve_evidence_clear"]
    note = open_bytes(
        data_key=in_review.customer.data_key,
        sealed=made.note_sealed,
        context=f"decision:{made.id}:note",
    )
    assert note.decode() == "Read by eye: agrees."
    assert AuditEntry.objects.filter(action="kyc.verification.approved").count() == 1
    assert OutboxEvent.objects.filter(kind="kyc.verification.approved").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Choose a reason"),
        ({"reason": "decline_not_live"}, "Choose a reason"),
        ({"decision": "delete"}, "Choose approve, decline or resubmit"),
        ({"seen_status": "processing"}, "moved on since you opened it"),
    ],
)
def test_a_decision_that_does_not_fit_changes_nothing(
    in_review: Verification,
    anna: User,
    as_user: Callable[[User], Client],
    changes: dict[str, str],
    sentence: str,
) -> None:
    page = decide(as_user(anna), in_review, **changes)

    assert sentence in page.content.decode()
    in_review.refresh_from_db()
    assert in_review.status == S.IN_REVIEW
    assert not Decision.objects.filter(decided_by=anna).exists()


def test_the_second_of_two_analysts_is_told_and_overwrites_nothing(
    in_review: Verification,
    anna: User,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    bert = make_user("bert@example.com", Role.ANALYST)
    seen = verification_state(in_review)
    decide(as_user(anna), in_review)

    page = decide(
        as_user(bert),
        in_review,
        decision="decline",
        reason="decline_not_live",
        seen_status=seen,
    )

    assert "moved on since you opened it" in page.content.decode()
    in_review.refresh_from_db()
    assert in_review.status == S.APPROVED


def test_a_page_opened_before_the_next_attempt_decides_nothing(
    in_review: Verification,
    anna: User,
    make_user: Callable[..., User],
    traveller: Traveller,
    as_user: Callable[[User], Client],
) -> None:
    bert = as_user(make_user("bert@example.com", Role.ANALYST))
    seen_by_bert = verification_state(in_review)
    decide(as_user(anna), in_review, decision="resubmit", reason="resubmit_picture")
    traveller.post("retry")
    traveller.uploads(jpeg((90, 80, 70)))
    traveller.post("submit")
    attempt_decide(verification_id=str(in_review.pk), attempt=2)
    in_review.refresh_from_db()
    assert (in_review.status, in_review.attempt) == (S.IN_REVIEW, 2)

    page = decide(bert, in_review, seen_status=seen_by_bert)

    assert "moved on since you opened it" in page.content.decode()
    in_review.refresh_from_db()
    assert in_review.status == S.IN_REVIEW


def test_a_colleagues_note_is_in_the_timeline_and_no_earlier_tree_is_shown_as_the_present_one(
    in_review: Verification, anna: User, traveller: Traveller, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)
    decide(
        client,
        in_review,
        decision="resubmit",
        reason="resubmit_picture",
        note="Glare over the name.",
    )
    traveller.post("retry")

    page = client.get(page_of(in_review))

    assert "Glare over the name." in page.content.decode()
    assert page.context["groups"] == []


def test_the_last_attempt_cannot_be_sent_back(
    in_review: Verification, anna: User, as_user: Callable[[User], Client], settings: object
) -> None:
    settings.MAX_ATTEMPTS = 1  # type: ignore[attr-defined]  # pytest-django

    page = decide(as_user(anna), in_review, decision="resubmit", reason="resubmit_picture")

    assert "attempts are used up" in page.content.decode()
    assert not Decision.objects.filter(decided_by=anna).exists()


def test_what_the_analyst_asks_to_redo_reaches_the_customer_in_words(
    in_review: Verification, anna: User, traveller: Traveller, as_user: Callable[[User], Client]
) -> None:
    decide(as_user(anna), in_review, decision="resubmit", reason="resubmit_picture")

    result = traveller.client.get(reverse("kyc:result")).content.decode()
    assert "could not be read" in result
    traveller.post("retry")
    assert traveller.verification.attempt == 2
    assert traveller.client.get(reverse("kyc:overview")).url == reverse(
        "kyc:capture", args=["front"]
    )


def test_reasons_that_speak_of_fraud_never_reach_the_customer(
    in_review: Verification, anna: User, traveller: Traveller, as_user: Callable[[User], Client]
) -> None:
    decide(as_user(anna), in_review, decision="decline", reason="decline_forged_document")

    result = traveller.client.get(reverse("kyc:result")).content.decode().lower()
    assert "forged" not in result
    assert 'data-outcome="declined"' in result


def test_a_declined_customer_may_ask_for_a_person_once(
    in_review: Verification, anna: User, traveller: Traveller, as_user: Callable[[User], Client]
) -> None:
    decide(as_user(anna), in_review, decision="decline", reason="decline_not_live")

    traveller.post("human_review")
    traveller.post("human_review")

    verification = traveller.verification
    assert verification.status == S.IN_REVIEW
    assert verification.human_review_requested_at is not None
    decide(as_user(anna), verification)
    result = traveller.client.get(reverse("kyc:result")).content.decode()
    assert "A person will look at this" not in result
    asked = AuditEntry.objects.filter(action="verification.human_review_requested")
    assert asked.count() == 1


def test_asking_for_a_person_where_one_is_to_look_anyway_is_told_once(
    in_review: Verification, traveller: Traveller
) -> None:
    traveller.post("human_review")
    traveller.post("human_review")

    told = OutboxEvent.objects.filter(kind="kyc.verification.human_review_requested")
    assert [event.aggregate_id for event in told] == [str(in_review.pk)]


def test_every_look_at_a_picture_is_audited_and_forbids_caching(
    in_review: Verification, anna: User, as_user: Callable[[User], Client]
) -> None:
    capture = Capture.objects.first()

    picture = as_user(anna).get(
        reverse("admin:kyc_verification_capture", args=[in_review.pk, capture.pk])
    )

    assert picture.content.startswith(b"\xff\xd8")
    assert "no-store" in picture.headers["Cache-Control"]
    seen = AuditEntry.objects.get(action="capture.viewed")
    assert seen.details["capture_id"] == str(capture.pk)


def test_an_auditor_sees_and_cannot_decide(
    in_review: Verification, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    auditor = as_user(make_user("alma@example.com", Role.AUDITOR))

    assert auditor.get(page_of(in_review)).status_code == 200
    answer = decide(auditor, in_review)

    assert answer.status_code == 404
    in_review.refresh_from_db()
    assert in_review.status == S.IN_REVIEW


def test_nobody_decides_their_own_verification(
    in_review: Verification, carla: User, as_user: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=carla.pk).update(role=Role.ANALYST)
    carla.refresh_from_db()

    page = decide(as_user(carla), in_review)

    assert "Nobody decides their own verification" in page.content.decode()
    in_review.refresh_from_db()
    assert in_review.status == S.IN_REVIEW
    assert in_review.decided_at < timezone.now()


def test_asking_for_a_person_too_late_leads_to_the_result(
    in_review: Verification, anna: User, traveller: Traveller, as_user: Callable[[User], Client]
) -> None:
    decide(as_user(anna), in_review)

    answer = traveller.post("human_review")

    assert (answer.status_code, answer.url) == (302, reverse("kyc:result"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.RISK_MANAGER])
def test_who_may_look_but_not_reveal_sees_neither_pictures_nor_names(
    in_review: Verification,
    role: str,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("looker@example.com", role))

    page = client.get(page_of(in_review)).content.decode()

    assert "Check digits hold" in page
    assert "Núñez" not in page
    assert not [c for c in in_review.captures.all() if str(c.pk) in page]


def test_only_a_senior_analyst_overrules_what_was_decided(
    in_review: Verification,
    anna: User,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    decide(as_user(anna), in_review)
    in_review.refresh_from_db()
    overrule = {"decision": "decline", "reason": "decline_other_person"}

    refused = decide(as_user(anna), in_review, **overrule)
    in_review.refresh_from_db()
    assert "Only a senior analyst" in refused.content.decode()
    assert in_review.status == S.APPROVED

    decide(as_user(make_user("sina@example.com", Role.SENIOR_ANALYST)), in_review, **overrule)
    in_review.refresh_from_db()
    assert in_review.status == S.DECLINED
