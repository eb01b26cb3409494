"""Four eyes: a second person agrees, or not, and nobody approves their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.effects import SettlePayment
from cases.models import Case, CaseDecision, Note, Queue
from cases.services.applying import decision_apply, decisions_apply_due
from cases.services.approvals import (
    decision_approve,
    decision_reject,
    decision_second,
    decision_undo,
)
from cases.services.decisions import case_decide
from cases.services.notes import note_text
from cases.services.queues import queue_ensure
from cases.timeline import case_timeline
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.refusals import ChangedElsewhere, Refusal
from tests.cases.raised import a_case, a_payment, claimed_by, raised_by
from tests.cases.test_decisions import refuse
from transactions.models import Transaction

pytestmark = pytest.mark.django_db
LARGE = 500_000


def decided(by: User, amount_minor: int = LARGE) -> CaseDecision:
    """A decision that waits for a second person."""
    case = claimed_by(by, a_case(amount_minor=amount_minor))
    return case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=by)


def test_from_the_limit_on_a_second_person_must_agree(anna: User, sam: User) -> None:
    made = decided(anna)
    assert (made.status, made.second_look_reason) == ("awaiting_approval", "amount")
    assert made.case.status == Case.objects.get().status == "pending_approval"
    assert decisions_apply_due() == 0
    assert decision_apply(decision_id=made.pk, is_due=True) == "awaiting_approval"

    approved = decision_approve(decision_id=made.pk, seen=None, approver=sam)

    assert (approved.status, approved.approved_by) == ("scheduled", sam)
    assert decision_apply(decision_id=made.pk, is_due=True) == "applied"
    assert Case.objects.get().status == "closed"
    assert Transaction.objects.get().status == "refused"


def test_below_the_limit_one_person_decides(anna: User) -> None:
    assert decided(anna, LARGE - 1).status == "scheduled"


def test_nobody_approves_their_own(sam: User) -> None:
    made = decided(sam)

    with pytest.raises(Refusal) as refused:
        decision_approve(decision_id=made.pk, seen=None, approver=sam)

    assert refused.value.code == "own_decision"
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        CaseDecision.objects.filter(pk=made.pk).update(approved_by=sam)
    with pytest.raises(IntegrityError, match="approved_where_needed"), transaction.atomic():
        CaseDecision.objects.filter(pk=made.pk).update(
            status="scheduled", takes_effect_at=timezone.now()
        )


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.RISK_MANAGER])
def test_only_a_senior_approves(make_user: Callable[..., User], anna: User, role: str) -> None:
    made = decided(anna)

    with pytest.raises(Refusal) as refused:
        decision_approve(decision_id=made.pk, seen=None, approver=make_user("x@example.com", role))

    assert refused.value.code == "may_not_approve"
    made.refresh_from_db()
    assert made.status == "awaiting_approval"


def test_a_rejected_decision_goes_back_to_who_made_it(anna: User, sam: User) -> None:
    made = decided(anna)

    decision_reject(decision_id=made.pk, seen=None, reason="Ask the customer first", approver=sam)

    case = Case.objects.get()
    made.refresh_from_db()
    assert (made.status, made.approved_by) == ("rejected", sam)
    assert (case.status, case.claimed_by) == ("investigating", anna)
    event = case.events.get(kind="decision_rejected")
    note = Note.objects.get(pk=event.details["note_id"])
    assert note_text(note) == "Ask the customer first"
    assert Transaction.objects.get().status == "held"


def test_whoever_decided_may_take_it_back_while_it_waits(anna: User) -> None:
    made = decided(anna)

    decision_undo(decision_id=made.pk, user=anna)

    assert Case.objects.get().status == "investigating"


def test_whoever_approved_may_take_it_back_before_it_takes_effect(anna: User, sam: User) -> None:
    made = decided(anna)
    decision_approve(decision_id=made.pk, seen=None, approver=sam)

    decision_undo(decision_id=made.pk, user=sam)

    assert Case.objects.get().status == "investigating"
    assert Transaction.objects.get().status == "held"


def test_an_approval_of_what_has_changed_is_refused(anna: User, sam: User) -> None:
    made = decided(anna)
    seen = Case.objects.get().version
    raised_by(a_payment(made.case.customer))

    with pytest.raises(ChangedElsewhere):
        decision_approve(decision_id=made.pk, seen=seen, approver=sam)


def test_two_seniors_at_one_decision_approve_it_once(
    make_user: Callable[..., User], anna: User, sam: User
) -> None:
    made = decided(anna)
    decision_approve(decision_id=made.pk, seen=None, approver=sam)

    with pytest.raises(Refusal) as refused:
        decision_approve(
            decision_id=made.pk,
            seen=None,
            approver=make_user("sid@example.com", Role.SENIOR_ANALYST),
        )

    assert refused.value.code == "not_waiting"


@pytest.fixture
def blind() -> None:
    queue_ensure("payments")
    Queue.objects.filter(pk="payments").update(
        is_second_look_always=True, is_second_look_blind=True
    )


def second(made: CaseDecision, by: User, label: str, act: str) -> CaseDecision:
    effects = [SettlePayment(str(Transaction.objects.get().pk), act, "")]  # type: ignore[arg-type]
    return decision_second(
        decision_id=made.pk, seen=None, label=label, effects=effects, approver=by
    )


def test_a_blind_second_look_cannot_simply_approve(blind: None, anna: User, sam: User) -> None:
    made = decided(anna, 100)

    with pytest.raises(Refusal) as refused:
        decision_approve(decision_id=made.pk, seen=None, approver=sam)

    assert refused.value.code == "blind_second_look"


def test_a_second_look_that_says_nothing_is_no_disagreement(
    blind: None, anna: User, sam: User
) -> None:
    made = decided(anna, 100)

    with pytest.raises(Refusal) as refused:
        second(made, sam, "", "refuse")

    assert (refused.value.code, refused.value.field) == ("label_missing", "label")
    made.refresh_from_db()
    assert made.status == "awaiting_approval"


def test_two_who_agree_without_having_seen_each_other(blind: None, anna: User, sam: User) -> None:
    made = decided(anna, 100)

    assert second(made, sam, "confirmed_fraud", "refuse").status == "scheduled"


@pytest.mark.parametrize(
    ("label", "act"), [("confirmed_fraud", "release"), ("inconclusive", "refuse")]
)
def test_two_who_disagree_leave_it_to_a_third(
    blind: None, anna: User, sam: User, label: str, act: str
) -> None:
    made = decided(anna, 100)

    assert second(made, sam, label, act).status == "rejected"

    case = Case.objects.get()
    assert (case.status, case.queue_id, case.claimed_by) == ("open", "escalations", None)
    assert Transaction.objects.get().status == "held"


def test_before_a_blind_second_look_the_timeline_keeps_the_first_decision(
    blind: None, anna: User, sam: User
) -> None:
    case = decided(anna, 100).case

    def told(viewer: User) -> list[str]:
        return [one.title for one in case_timeline(case, viewer=viewer) if "Decided" in one.title]

    assert told(anna) == ["Decided: confirmed fraud"]
    assert told(sam) == ["Decided"]
    shown = [one.details for one in case_timeline(case, viewer=sam) if one.title == "Decided"]
    assert [sorted(details) for details in shown] == [["decision_id"]]
    second(case.decisions.get(), sam, "confirmed_fraud", "refuse")
    assert told(sam) == ["Decided: confirmed fraud"]
