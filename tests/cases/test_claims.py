"""Who works a case: taken, given, released, escalated, put off, opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.choices import CaseStatus
from cases.models import Case, CaseEvent, Note, Queue, QueueMember
from cases.services import claims
from cases.services.applying import decision_apply
from cases.services.claims import (
    case_assign,
    case_claim,
    case_escalate,
    case_next,
    case_release,
)
from cases.services.decisions import case_decide
from cases.services.notes import note_text
from cases.services.pauses import case_reopen, case_resume, case_suspend
from fraudsite.core.choices import Role
from fraudsite.core.models import OutboxEvent, StatusChange, User
from kyc.models import Customer
from kyc.refusals import ChangedElsewhere, Refusal
from tests.cases.raised import a_case, a_payment, a_verification_case, claimed_by, raised_by
from tests.cases.test_decisions import refuse
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db


def version(case: Case) -> int:
    return Case.objects.get(pk=case.pk).version


def test_next_is_the_most_urgent_case_of_ones_queues(anna: User) -> None:
    small, large = a_case(amount_minor=10_00), a_case(amount_minor=90_000_00, score=0.95)
    onboarding = a_verification_case()

    taken = [case_next(analyst=anna) for _ in range(4)]

    assert [case.pk for case in taken if case] == [large.pk, small.pk, onboarding.pk]
    assert taken[3] is None
    first = Case.objects.get(pk=large.pk)
    assert (first.status, first.claimed_by) == ("claimed", anna)
    assert StatusChange.objects.filter(target_id=str(large.pk)).get().actor_id == str(anna.pk)


def test_next_may_be_asked_of_one_queue(anna: User) -> None:
    a_case()
    onboarding = a_verification_case()

    assert case_next(analyst=anna, queue_ids=["onboarding"]) == onboarding
    assert case_next(analyst=anna, queue_ids=["screening"]) is None


def test_next_is_first_what_one_was_given_and_never_what_another_was(anna: User, ben: User) -> None:
    urgent, given = a_case(amount_minor=90_000_00), a_case(amount_minor=1_00)
    Case.objects.filter(pk=given.pk).update(assigned_to=anna)
    Case.objects.filter(pk=urgent.pk).update(assigned_to=ben)

    assert case_next(analyst=anna) == given
    assert case_next(analyst=anna) is None


def test_nobody_gets_a_case_about_themselves(anna: User) -> None:
    case = a_case(a_customer(user=anna))

    assert case_next(analyst=anna) is None
    with pytest.raises(Refusal) as refused:
        case_claim(case_id=case.pk, seen=case.version, analyst=anna)
    assert refused.value.code == "own_case"


def test_a_queue_with_members_gives_its_cases_to_them(anna: User, ben: User) -> None:
    case = a_case()
    QueueMember.objects.create(queue=Queue.objects.get(pk="payments"), user=anna)

    assert case_next(analyst=ben) is None
    with pytest.raises(Refusal) as refused:
        case_claim(case_id=case.pk, seen=None, analyst=ben)
    assert refused.value.code == "not_your_queue"
    assert case_next(analyst=anna) == case


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AUDITOR, Role.RISK_MANAGER])
def test_only_analysts_take_cases(make_user: Callable[..., User], role: str) -> None:
    case = a_case()
    rita = make_user("rita@example.com", role)

    for take in (
        lambda: case_next(analyst=rita),
        lambda: case_claim(case_id=case.pk, seen=None, analyst=rita),
    ):
        with pytest.raises(Refusal) as refused:
            take()
        assert refused.value.code == "may_not_work"


def test_nobody_hoards_cases(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MAX_HELD", 1)
    a_case()
    a_case()
    case_next(analyst=anna)

    with pytest.raises(Refusal) as refused:
        case_next(analyst=anna)

    assert refused.value.code == "too_many_held"


def test_a_colleague_was_faster(anna: User, ben: User) -> None:
    case = a_case()
    seen = case.version
    claimed_by(ben, case)

    with pytest.raises(Refusal) as refused:
        case_claim(case_id=case.pk, seen=seen, analyst=anna)

    assert refused.value.code == "held_by_another"
    assert Case.objects.get().claimed_by == ben


def test_taking_ones_own_again_changes_nothing(anna: User) -> None:
    case = claimed_by(anna)

    again = case_claim(case_id=case.pk, seen=1, analyst=anna)

    assert again.version == version(case) == case.version


def test_a_released_case_is_everybodys(anna: User, ben: User) -> None:
    case = claimed_by(anna)

    case_release(case_id=case.pk, seen=case.version, user=anna)

    assert case_next(analyst=ben) == case


def test_a_senior_takes_a_case_back_and_a_colleague_does_not(
    anna: User, ben: User, sam: User
) -> None:
    case = claimed_by(anna)
    with pytest.raises(Refusal):
        case_release(case_id=case.pk, seen=case.version, user=ben)

    case_release(case_id=case.pk, seen=case.version, user=sam)

    assert Case.objects.get().status == "open"


def test_a_case_is_given_to_somebody(anna: User, ben: User, sam: User) -> None:
    case = claimed_by(anna)

    case_assign(case_id=case.pk, seen=case.version, to=ben, user=sam)

    given = Case.objects.get()
    assert (given.status, given.claimed_by, given.assigned_to) == ("open", None, ben)
    assert case_next(analyst=anna) is None
    assert case_next(analyst=ben) == case
    told = OutboxEvent.objects.get(kind="cases.case.assigned").payload
    assert told["user_id"] == str(ben.pk)


def test_only_who_may_assign_does(anna: User, ben: User) -> None:
    case = a_case()

    with pytest.raises(Refusal) as refused:
        case_assign(case_id=case.pk, seen=case.version, to=ben, user=anna)

    assert refused.value.code == "may_not_assign"


def test_an_escalated_case_is_in_that_queue_and_nobodys(anna: User, sam: User) -> None:
    case = claimed_by(anna)

    case_escalate(case_id=case.pk, seen=case.version, reason="A ring of mules?", analyst=anna)

    escalated = Case.objects.get()
    assert (escalated.queue_id, escalated.status) == ("escalations", "open")
    event = CaseEvent.objects.get(kind="escalated")
    note = Note.objects.get()
    assert event.details == {"from": "payments", "to": "escalations", "note_id": str(note.pk)}
    assert note_text(note) == "A ring of mules?"
    assert case_next(analyst=sam, queue_ids=["escalations"]) == case
    with pytest.raises(Refusal) as refused:
        case_escalate(case_id=case.pk, seen=None, reason="Again", analyst=sam)
    assert refused.value.code == "escalated_already"


def test_next_gives_nobody_back_what_they_escalated(anna: User, sam: User) -> None:
    case, other = claimed_by(anna, a_case(amount_minor=90_000_00)), a_case(amount_minor=10_00)

    case_escalate(case_id=case.pk, seen=case.version, reason="A ring of mules?", analyst=anna)

    assert [case_next(analyst=anna), case_next(analyst=anna)] == [other, None]
    case_claim(case_id=case.pk, seen=None, analyst=anna)
    case_release(case_id=case.pk, seen=None, user=anna)
    case_assign(case_id=case.pk, seen=None, to=anna, user=sam)
    assert case_next(analyst=anna) == case


def test_a_suspended_case_stops_its_clock_and_comes_back_to_who_knows_it(anna: User) -> None:
    case = claimed_by(anna)
    due_at = Case.objects.get().due_at
    until = timezone.now() + timedelta(days=3)

    case_suspend(
        case_id=case.pk, seen=case.version, until=until, reason="Waits for papers", analyst=anna
    )
    Case.objects.update(suspended_at=timezone.now() - timedelta(hours=5))
    case_resume(case_id=case.pk, seen=None, analyst=anna)

    resumed = Case.objects.get()
    assert (resumed.status, resumed.claimed_by) == ("claimed", anna)
    assert resumed.suspended_until is None
    assert note_text(Note.objects.get()) == "Waits for papers"
    assert (resumed.due_at - due_at) / timedelta(hours=5) == pytest.approx(1, rel=0.001)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_suspension_ends_within_reason(anna: User, days: int) -> None:
    case = claimed_by(anna)

    with pytest.raises(Refusal) as refused:
        case_suspend(
            case_id=case.pk,
            seen=case.version,
            until=timezone.now() + timedelta(days=days),
            reason="Waits for papers",
            analyst=anna,
        )

    assert (refused.value.code, refused.value.field) == ("bad_day", "until")


def test_a_payment_that_waits_ends_a_suspension(anna: User) -> None:
    customer = a_customer()
    case = claimed_by(anna, a_case(customer))
    until = timezone.now() + timedelta(days=3)
    case_suspend(case_id=case.pk, seen=None, until=until, reason="Waits", analyst=anna)

    raised_by(a_payment(customer))

    case.refresh_from_db()
    assert (case.status, case.assigned_to, case.suspended_until) == ("open", anna, None)


def close(case: Case, analyst: User) -> None:
    made = case_decide(
        case_id=case.pk, seen=None, verdict=refuse(case), analyst=analyst, is_immediate=True
    )
    assert made.status == "applied"


def test_a_closed_case_is_opened_again_by_a_senior(anna: User, sam: User) -> None:
    case = claimed_by(anna)
    close(case, anna)
    with pytest.raises(Refusal) as refused:
        case_reopen(case_id=case.pk, seen=None, reason="New evidence", user=anna)
    assert refused.value.code == "may_not_reopen"

    case_reopen(case_id=case.pk, seen=version(case), reason="New evidence", user=sam)

    case.refresh_from_db()
    assert (case.status, case.queue_id, case.label) == ("open", "escalations", "")
    assert case.decisions.get().status == "applied"


def test_a_subject_with_an_open_case_has_no_second_one(anna: User, sam: User) -> None:
    customer: Customer = a_customer()
    case = claimed_by(anna, a_case(customer))
    close(case, anna)
    Case.objects.update(closed_at=timezone.now() - timedelta(days=3))
    raised_by(a_payment(customer))

    with pytest.raises(Refusal) as refused:
        case_reopen(case_id=case.pk, seen=None, reason="New evidence", user=sam)

    assert refused.value.code == "other_case_open"


def test_a_case_under_decision_is_neither_released_nor_escalated(anna: User, sam: User) -> None:
    case = claimed_by(anna)
    made = case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna)

    for act in (
        lambda: case_release(case_id=case.pk, seen=None, user=sam),
        lambda: case_escalate(case_id=case.pk, seen=None, reason="Help", analyst=anna),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "decision_under_way"
    assert decision_apply(decision_id=made.pk, is_due=True) == "applied"


def test_every_command_refuses_a_stale_form(anna: User, sam: User) -> None:
    case = claimed_by(anna)
    stale = case.version - 1
    until = timezone.now() + timedelta(days=1)
    commands = [
        lambda: case_release(case_id=case.pk, seen=stale, user=anna),
        lambda: case_escalate(case_id=case.pk, seen=stale, reason="Help", analyst=anna),
        lambda: case_assign(case_id=case.pk, seen=stale, to=anna, user=sam),
        lambda: case_suspend(case_id=case.pk, seen=stale, until=until, reason="Wait", analyst=anna),
        lambda: case_decide(case_id=case.pk, seen=stale, verdict=refuse(case), analyst=anna),
    ]

    for command in commands:
        with pytest.raises(ChangedElsewhere):
            command()

    assert version(case) == case.version
    assert Case.objects.get().status == CaseStatus.CLAIMED
