"""Four eyes on the page of a case: approving, sending back, and deciding blind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.choices import CaseStatus, DecisionStatus
from cases.models import Case, CaseDecision, Queue
from fraudsite.core.models import User
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db
DAYS = {"block_days": "30", "snooze_days": "30"}


def page_of(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def send(client: Client, case: Case, name: str, **form: Any) -> Any:
    version = Case.objects.get(pk=case.pk).version
    address = reverse(f"admin:cases_case_{name}", args=[case.pk])
    return client.post(address, {"seen": version, **form})


def decided(analyst: User, client: Client, *, is_blind: bool) -> Case:
    """A case whose first decision, a refusal as fraud, waits for a second person."""
    Queue.objects.update(is_second_look_always=True, is_second_look_blind=is_blind)
    case = claimed_by(analyst, a_case())
    answer = send(client, case, "decide", reason="fraud_mule", note="Sure of it.", **refused(case))
    assert answer.status_code == 302
    return Case.objects.get(pk=case.pk)


def refused(case: Case) -> dict[str, str]:
    payment = case.alerts.get().transaction_id
    return {"label": "confirmed_fraud", f"payment-{payment}": "refuse:refuse_fraud", **DAYS}


def live(case: Case) -> CaseDecision:
    return CaseDecision.objects.get(case=case)


def test_a_second_person_sees_the_decision_and_approves_it(
    anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=False)

    page = as_user(sam).get(page_of(case))
    answer = send(as_user(sam), case, "approve")

    assert "Money passed on for somebody else" in page.text
    assert "Refuse the payment" in page.text
    assert "Sure of it." in page.text
    assert answer.status_code == 302
    assert (live(case).status, live(case).approved_by) == (DecisionStatus.SCHEDULED, sam)


def test_a_second_person_sends_it_back_with_a_reason(
    anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=False)

    silent = send(as_user(sam), case, "reject", reason="")
    answer = send(as_user(sam), case, "reject", reason="Ask her first.")

    assert silent.status_code == 422
    assert "Say why, for whoever reads this later." in silent.text
    assert answer.status_code == 302
    assert live(case).status == DecisionStatus.REJECTED
    assert Case.objects.get(pk=case.pk).status == CaseStatus.INVESTIGATING


@pytest.mark.parametrize("is_blind", [True, False])
def test_nobody_answers_their_own_decision(
    is_blind: bool, sam: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(sam)
    case = decided(sam, client, is_blind=is_blind)

    page = client.get(page_of(case))
    answer = send(client, case, "approve")

    assert "act-approve" not in page.text
    assert "confirm-second" not in page.text
    assert "it takes a colleague" in page.text
    assert "Money passed on for somebody else" in page.text
    assert answer.status_code == 422
    assert "Nobody approves their own decision." in answer.text
    assert live(case).status == DecisionStatus.AWAITING_APPROVAL


def test_an_analyst_is_offered_no_answer(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=False)

    page = as_user(ben).get(page_of(case))
    answer = send(as_user(ben), case, "approve")

    assert "act-approve" not in page.text
    assert answer.status_code == 422
    assert live(case).status == DecisionStatus.AWAITING_APPROVAL


def test_a_blind_second_person_learns_nothing_of_the_first_decision(
    anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=True)

    page = as_user(sam).get(page_of(case))

    assert "A colleague has decided." in page.text
    assert page.context["forms"]["second"].is_bound is False
    told = page.text.split('data-testid="second-form"')[0]
    for word in ("Money passed on", "Refuse the payment", "Sure of it.", "Decided: confirmed"):
        assert word not in told
    assert "Decided: confirmed" not in page.text
    assert "act-approve" not in page.text


@pytest.mark.parametrize(
    ("label", "act", "status", "case_status"),
    [
        ("confirmed_fraud", "refuse:refuse_not_allowed", "scheduled", "pending_approval"),
        ("false_positive", "release:release_false_alarm", "rejected", "open"),
    ],
)
def test_a_blind_second_decision_agrees_or_escalates(
    label: str,
    act: str,
    status: str,
    case_status: str,
    anna: User,
    sam: User,
    as_user: Callable[[User], Client],
) -> None:
    case = decided(anna, as_user(anna), is_blind=True)
    payment = case.alerts.get().transaction_id

    form = {"label": label, f"payment-{payment}": act, **DAYS}
    answer = send(as_user(sam), case, "second", **form)

    assert answer.status_code == 302
    assert live(case).status == status
    assert Case.objects.get(pk=case.pk).status == case_status


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [("label", "Say what it turned out to be."), ("payment", "Say what is to be done with each")],
)
def test_a_blind_decision_with_a_gap_is_no_disagreement(
    left_out: str, sentence: str, anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=True)
    form = {name: value for name, value in refused(case).items() if not name.startswith(left_out)}

    answer = send(as_user(sam), case, "second", **form)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert live(case).status == DecisionStatus.AWAITING_APPROVAL


def test_a_blind_decision_that_is_refused_stays_blind(
    anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = decided(anna, as_user(anna), is_blind=True)
    address = reverse("admin:cases_case_second", args=[case.pk])

    answer = as_user(sam).post(address, {"seen": 1, **refused(case)})

    assert answer.status_code == 409
    assert "This case has changed since you opened it." in answer.text
    assert "Sure of it." not in answer.text
    assert live(case).status == DecisionStatus.AWAITING_APPROVAL
