"""What two people must agree on in a case is decided on no other page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.effects import SettlePayment, SettleVerification
from cases.models import Case
from cases.services.applying import decision_apply
from cases.services.approvals import decision_approve
from cases.services.decisions import Verdict, case_decide
from fraudsite.core.models import AuditEntry, User
from kyc.models import Verification
from kyc.refusals import Refusal
from kyc.services.verifications import verification_decide, verification_state
from scoring.services.reviews import held_decide, review_state, transaction_label
from tests.cases.admin.asked import said
from tests.cases.raised import a_case, a_verification_case, claimed_by
from transactions.models import Label, Transaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def under_four_eyes(case: Case) -> Case:
    """A case that was drawn for a second look when it was opened."""
    Case.objects.filter(pk=case.pk).update(second_look_reason="sample")
    case.refresh_from_db()
    return case


def payment_of(case: Case) -> Transaction:
    payment = case.alerts.get().transaction
    assert payment is not None
    return payment


def verification_of(case: Case) -> Verification:
    verification = case.alerts.get().verification
    assert verification is not None
    return verification


def release(payment: Transaction, analyst: User) -> None:
    held_decide(
        held=payment,
        act="release",
        reason="release_customer_confirmed",
        seen=review_state(payment),
        analyst=analyst,
    )


def approve(verification: Verification, analyst: User) -> None:
    verification_decide(
        verification=verification,
        decision="approve",
        reason="approve_evidence_clear",
        note="",
        seen=verification_state(verification),
        analyst=analyst,
    )


def label(payment: Transaction, analyst: User) -> None:
    transaction_label(
        labelled=payment,
        act="fraud",
        reason="fraud_account_takeover",
        seen=review_state(payment),
        analyst=analyst,
    )


@pytest.mark.parametrize("act", [release, label])
def test_a_payment_of_such_a_case_is_decided_nowhere_else(
    act: Callable[[Transaction, User], None], anna: User
) -> None:
    case = under_four_eyes(a_case())
    payment = payment_of(case)

    with pytest.raises(Refusal) as refused:
        act(payment, anna)

    assert refused.value.code == "decided_elsewhere"
    assert case.reference in refused.value.sentence
    assert refused.value.url == reverse("admin:cases_case_change", args=[case.pk])
    payment.refresh_from_db()
    assert (payment.status, Label.objects.count()) == ("held", 0)


def test_a_verification_of_such_a_case_is_decided_nowhere_else(anna: User) -> None:
    verification = verification_of(under_four_eyes(a_verification_case()))

    with pytest.raises(Refusal, match="decided_elsewhere"):
        approve(verification, anna)

    verification.refresh_from_db()
    assert (verification.status, verification.decisions.count()) == ("in_review", 1)


def test_a_case_for_one_person_leaves_its_subjects_to_their_pages(anna: User) -> None:
    payment, verification = payment_of(a_case()), verification_of(a_verification_case())

    release(payment, anna)
    approve(verification, anna)

    payment.refresh_from_db()
    verification.refresh_from_db()
    assert (payment.status, verification.status) == ("released", "approved")


def test_once_the_case_is_closed_its_payment_can_be_labelled(anna: User) -> None:
    case = under_four_eyes(a_case())
    Case.objects.filter(pk=case.pk).update(status="closed")

    label(payment_of(case), anna)

    assert Label.objects.get().is_fraud


@pytest.mark.parametrize("make", [a_case, a_verification_case])
def test_two_people_decide_it_in_the_case(make: Callable[[], Case], anna: User, sam: User) -> None:
    case = under_four_eyes(claimed_by(anna, make()))
    alert = case.alerts.get()
    effect = (
        SettlePayment(str(alert.transaction_id), "release", "release_customer_confirmed")
        if alert.transaction_id
        else SettleVerification(str(alert.verification_id), "approve", "approve_evidence_clear")
    )
    verdict = Verdict("false_positive", "honest_checked", [effect])
    made = case_decide(case_id=case.pk, seen=None, verdict=verdict, analyst=anna)
    decision_approve(decision_id=made.pk, seen=None, approver=sam)

    assert decision_apply(decision_id=made.pk, is_due=True) == "applied"
    case.refresh_from_db()
    assert case.status == "closed"


@pytest.mark.parametrize(
    ("make", "page", "form"),
    [
        (
            a_case,
            "transactions_transaction",
            {"act": "release", "reason": "release_customer_confirmed"},
        ),
        (
            a_verification_case,
            "kyc_verification",
            {"decision": "approve", "reason": "approve_evidence_clear"},
        ),
    ],
)
def test_the_page_leads_to_the_case_and_offers_nothing(
    make: Callable[[], Case],
    page: str,
    form: dict[str, str],
    anna: User,
    as_user: Callable[[User], Client],
) -> None:
    case = under_four_eyes(make())
    alert = case.alerts.get()
    subject = alert.transaction or alert.verification
    assert subject is not None
    client, link = as_user(anna), reverse("admin:cases_case_change", args=[case.pk])
    Verification.objects.update(submitted_at=case.opened_at)
    before = AuditEntry.objects.count()

    decide = reverse(f"admin:{page}_decide", args=[subject.pk])
    answer = client.post(decide, {**form, "seen": _seen(subject), "seen_status": _seen(subject)})
    [told] = said(answer)
    shown = client.get(reverse(f"admin:{page}_change", args=[subject.pk])).content.decode()

    assert link in told
    assert AuditEntry.objects.exclude(action="evidence.viewed").count() == before
    assert f'href="{link}"' in shown
    assert f'action="{decide}"' not in shown
    subject.refresh_from_db()
    assert subject.status in {"held", "in_review"}


def _seen(subject: Transaction | Verification) -> str:
    is_payment = isinstance(subject, Transaction)
    return review_state(subject) if is_payment else verification_state(subject)  # type: ignore[arg-type]  # one of two
