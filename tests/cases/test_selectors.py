"""Who sees which cases, how queues stand, and what happened around a case."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.gates import attachment_or_404, case_or_404, decision_or_404
from cases.models import Case, CaseView, Queue, QueueMember
from cases.selectors import (
    CaseFilter,
    cases_listed,
    cases_visible_to,
    decisions_to_approve,
    earlier_cases,
    held_by,
    others_viewing,
    queue_counts,
    view_note,
)
from cases.services.attachments import attachment_add
from cases.services.claims import case_next
from cases.services.decisions import case_decide
from cases.services.notes import note_add
from cases.timeline import case_timeline
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.outbox import relay_batch
from tests.cases.raised import (
    a_case,
    a_payment,
    a_verification,
    a_verification_case,
    claimed_by,
    raised_by,
)
from tests.cases.test_decisions import refuse
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user: Callable[..., User], anna: User, ben: User, sam: User) -> dict[str, User]:
    """Anna works payments, Ben onboarding; both queues have members."""
    for user, queue in ((anna, "payments"), (ben, "onboarding")):
        QueueMember.objects.create(queue=Queue.objects.get(pk=queue), user=user)
    return {
        "right analyst": anna,
        "wrong analyst": ben,
        "senior": sam,
        "customer": make_user("c@example.com", Role.CUSTOMER),
        "auditor": make_user("ada@example.com", Role.AUDITOR),
        "risk manager": make_user("rita@example.com", Role.RISK_MANAGER),
        "administrator": make_user("adam@example.com", Role.ADMINISTRATOR),
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("right analyst", True),
        ("wrong analyst", False),
        ("senior", True),
        ("customer", False),
        ("auditor", True),
        ("risk manager", True),
        ("administrator", True),
    ],
)
def test_the_gate(people: dict[str, User], who: str, sees: bool) -> None:
    case = a_case()

    assert list(cases_visible_to(people[who])) == ([case] if sees else [])
    if sees:
        assert case_or_404(people[who], str(case.pk)) == case
    else:
        with pytest.raises(Http404):
            case_or_404(people[who], str(case.pk))


@pytest.mark.parametrize("case_id", ["", "nonsense", str(uuid.UUID(int=3))])
def test_what_is_not_there_looks_like_what_is_forbidden(anna: User, case_id: str) -> None:
    with pytest.raises(Http404):
        case_or_404(anna, case_id)


def test_nobody_sees_a_case_about_themselves(sam: User) -> None:
    case = a_case(a_customer(user=sam))

    with pytest.raises(Http404):
        case_or_404(sam, case.pk)


def test_who_is_mentioned_sees_the_case(people: dict[str, User]) -> None:
    case = claimed_by(people["right analyst"])

    note_add(case_id=case.pk, seen=None, text="@ben, your view?", author=case.claimed_by)

    assert case_or_404(people["wrong analyst"], case.pk) == case


def test_files_are_for_who_works_cases(people: dict[str, User]) -> None:
    anna = people["right analyst"]
    case = claimed_by(anna)
    file = attachment_add(case_id=case.pk, seen=None, name="a.txt", data=b"Text", user=anna)

    assert attachment_or_404(anna, file.pk) == file
    for who in ("auditor", "wrong analyst", "risk manager"):
        with pytest.raises(Http404):
            attachment_or_404(people[who], file.pk)


def test_decisions_pass_the_same_gate(people: dict[str, User]) -> None:
    anna = people["right analyst"]
    case = claimed_by(anna)
    made = case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna)

    assert decision_or_404(people["senior"], made.pk, "cases.approve_case") == made
    with pytest.raises(Http404):
        decision_or_404(people["right analyst"], made.pk, "cases.approve_case")
    with pytest.raises(Http404):
        decision_or_404(people["wrong analyst"], made.pk)


def test_lists_are_filtered_and_most_urgent_first(anna: User, ben: User) -> None:
    small, large = a_case(amount_minor=10_00), a_case(amount_minor=90_000_00)
    onboarding = a_verification_case()
    taken = claimed_by(ben)
    Case.objects.filter(pk=large.pk).update(breached_at=timezone.now(), severity=4)

    def listed(**wanted: object) -> list[Case]:
        return list(cases_listed(anna, CaseFilter(**wanted)))  # type: ignore[arg-type]

    assert listed(queue_id="payments", holder="nobody") == [large, small]
    assert listed(queue_id="onboarding") == [onboarding]
    assert listed(holder="colleague") == [taken]
    assert listed(holder="me") == []
    assert listed(is_breached=True) == listed(min_severity=4) == [large]
    assert listed(statuses=["claimed"]) == [taken]
    assert listed(customer_id=small.customer_id) == [small]
    assert {case.pk for case in listed()} == {small.pk, large.pk, onboarding.pk, taken.pk}


def test_counts_of_queues(anna: User, ben: User) -> None:
    a_case()
    claimed_by(ben)
    case = a_verification_case()
    Case.objects.filter(pk=case.pk).update(breached_at=timezone.now())

    counts = {count.queue_id: count for count in queue_counts(anna)}

    assert list(counts) == ["onboarding", "payments", "screening", "human_review", "escalations"]
    assert (counts["payments"].open, counts["payments"].held) == (1, 1)
    assert (counts["onboarding"].open, counts["onboarding"].breached) == (1, 1)
    assert counts["onboarding"].oldest_opened_at == case.opened_at
    assert counts["screening"].oldest_opened_at is None


def test_what_waits_for_a_second_look_is_shown_to_others(anna: User, sam: User) -> None:
    case = claimed_by(sam, a_case(amount_minor=500_000))
    made = case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=sam)

    assert list(decisions_to_approve(sam)) == []
    assert list(decisions_to_approve(anna)) == []
    sid = User.objects.create_user("sid@example.com", "x", role=Role.SENIOR_ANALYST)
    assert list(decisions_to_approve(sid)) == [made]


def test_who_else_looks_at_a_case(anna: User, ben: User) -> None:
    case = a_case()
    view_note(case, anna)
    view_note(case, ben)
    view_note(case, ben)

    assert others_viewing(case, anna) == [ben]
    CaseView.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert others_viewing(case, anna) == []


def test_what_one_holds_and_what_was_before(anna: User) -> None:
    customer = a_customer()
    case = claimed_by(anna, a_case(customer))
    made = case_decide(
        case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna, is_immediate=True
    )
    assert made.status == "applied"
    Case.objects.update(closed_at=timezone.now() - timedelta(days=3))
    raised_by(a_payment(customer))
    later = case_next(analyst=anna)

    assert later is not None
    assert held_by(anna) == [later]
    assert earlier_cases(later, limit=5) == [case]
    assert later.priority_parts[-1]["sentence"] == "Fraud was confirmed in an earlier case."


def test_the_timeline_holds_what_machines_and_people_did_in_order(anna: User) -> None:
    customer = a_customer()
    case = a_case(customer)
    claimed_by(anna, case)
    note = note_add(case_id=case.pk, seen=None, text="Called them.", author=anna)
    case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna, is_immediate=True)

    timeline = case_timeline(Case.objects.get())

    assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)
    titles = [entry.title for entry in timeline]
    for expected in (
        "Payment judged: review",
        "Alert: judged transaction",
        "Case: claimed",
        "Note written",
        "Decided: confirmed fraud",
        "Transaction: refused",
        "Labelled fraud (analyst)",
        "Case: closed",
    ):
        assert titles.count(expected) == 1, expected
    by_note = next(entry for entry in timeline if entry.kind == "note")
    assert (by_note.note_id, by_note.actor_id) == (str(note.pk), str(anna.pk))
    judged = next(entry for entry in timeline if entry.kind == "judged")
    assert judged.is_by_machine
    assert judged.details["causes"] == ["rule.velocity@3"]


def test_a_longer_history_takes_no_more_queries(anna: User) -> None:
    customer = a_customer()
    a_verification(customer)
    relay_batch()
    case = a_case(customer)
    assert case.alerts.count() == 2

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            case_timeline(case)
        return len(captured)

    before = queries()
    for _ in range(3):
        raised_by(a_payment(customer))
    assert queries() == before == 8
