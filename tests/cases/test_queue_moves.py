"""A case is moved to another queue by a person, with a reason, and nothing else of it changes."""

from __future__ import annotations

import pytest

from cases.models import Case, CaseEvent
from cases.services.decisions import Verdict, case_decide
from cases.services.notes import note_text
from cases.services.queue_moves import case_move_queue
from fraudsite.core.models import AuditEntry, User
from kyc.models import Customer
from kyc.refusals import Refusal
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db


def moved(case: Case, user: User, queue_id: str = "screening", reason: str = "A hit.") -> Case:
    return case_move_queue(
        case_id=case.pk, seen=case.version, queue_id=queue_id, reason=reason, user=user
    )


def test_who_holds_it_moves_it_and_it_is_nobodys(anna: User) -> None:
    case = claimed_by(anna)
    Case.objects.filter(pk=case.pk).update(second_look_reason="amount")

    after = moved(case, anna)

    after.refresh_from_db()
    assert (after.queue_id, after.status, after.claimed_by) == ("screening", "open", None)
    assert (after.due_at, after.second_look_reason) == (case.due_at, "amount")
    assert after.version > case.version
    event = CaseEvent.objects.get(case=case, kind="queue_changed")
    assert (event.details["from"], event.details["to"]) == ("payments", "screening")
    assert note_text(after.notes.get()) == "A hit."
    entry = AuditEntry.objects.get(action="case.queue_changed")
    assert "A hit." not in str(entry.details)


def test_who_assigns_moves_any_open_case(sam: User) -> None:
    assert moved(a_case(), sam).queue_id == "screening"


@pytest.mark.parametrize(
    ("queue_id", "reason", "code"),
    [
        ("payments", "Wrong.", "same_queue"),
        ("nowhere", "Wrong.", "unknown_queue"),
        ("\x00", "Wrong.", "unknown_queue"),
        ("screening", "  ", "reason_missing"),
    ],
)
def test_nonsense_moves_nothing(queue_id: str, reason: str, code: str, anna: User) -> None:
    case = claimed_by(anna)

    with pytest.raises(Refusal) as refused:
        moved(case, anna, queue_id, reason)

    assert refused.value.code == code
    case.refresh_from_db()
    assert (case.queue_id, case.notes.count()) == ("payments", 0)


def test_a_colleagues_case_and_ones_own_are_left(anna: User, ben: User, sam: User) -> None:
    case = claimed_by(ben)
    with pytest.raises(Refusal, match="held_by_another"):
        moved(case, anna)

    Customer.objects.filter(pk=case.customer_id).update(user=sam)
    with pytest.raises(Refusal, match="own_case"):
        moved(case, sam)
    with pytest.raises(Refusal, match="changed_elsewhere"):
        case_move_queue(case_id=case.pk, seen=99, queue_id="screening", reason="No.", user=ben)

    case.refresh_from_db()
    assert case.queue_id == "payments"


def test_a_case_that_is_decided_or_closed_stays(anna: User, sam: User) -> None:
    case = claimed_by(anna, a_case(outcome="decline"))
    case_decide(
        case_id=case.pk,
        seen=None,
        verdict=Verdict("inconclusive", "inconclusive_evidence_missing"),
        analyst=anna,
    )
    case.refresh_from_db()
    with pytest.raises(Refusal, match="decision_under_way"):
        moved(case, sam)

    Case.objects.filter(pk=case.pk).update(status="closed")
    case.decisions.update(status="applied")
    with pytest.raises(Refusal, match="cannot_move"):
        moved(case, sam)
