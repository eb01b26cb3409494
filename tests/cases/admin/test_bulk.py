"""One act on many cases: the preview says what the act would, and each case is by itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.admin import bulk
from cases.models import Case, CaseDecision
from cases.services.applying import decisions_apply_due
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, User
from scoring.choices import DecisionOutcome
from tests.cases.admin.asked import said
from tests.cases.raised import (
    a_case,
    a_payment,
    a_verification_case,
    claimed_by,
    raised_by,
)
from tests.cases.test_decisions import pay_out
from tests.scoring.decided import a_customer, an_account

pytestmark = pytest.mark.django_db
BULK = "admin:cases_case_bulk"
HONEST = {"reason": "honest_checked", "release_reason": "release_false_alarm"}


def chosen(*cases: Case) -> list[str]:
    return [f"{case.pk}:{case.version}" for case in cases]


def send(client: Client, act: str, cases: list[str], step: str = "", **form: Any) -> Any:
    return client.post(reverse(BULK), {"act": act, "case": cases, "step": step, **form})


def told(answer: Any) -> list[tuple[str, str]]:
    """Return each case's code and sentence, by the page's own context."""
    return [(row.outcome.code, row.outcome.sentence) for row in answer.context["rows"]]


def a_declined_case() -> Case:
    return raised_by(a_payment(a_customer(), DecisionOutcome.DECLINE)).case


def status_of(*cases: Case) -> list[str]:
    return [Case.objects.get(pk=case.pk).status for case in cases]


def test_a_preview_changes_nothing_and_says_what_will_not_be_done(
    sam: User, anna: User, as_user: Callable[[User], Client]
) -> None:
    mine, nobodys = claimed_by(sam), a_case()
    before = AuditEntry.objects.count(), OutboxEvent.objects.count()

    answer = send(as_user(sam), "release", chosen(mine, nobodys))

    outcomes = {row.case.pk: row.outcome for row in answer.context["rows"]}
    assert outcomes[mine.pk].is_done
    assert outcomes[nobodys.pk].sentence == "This case is open; take it first."
    assert "1 of 2 cases will be released" in " ".join(answer.content.decode().split())
    assert status_of(mine, nobodys) == ["claimed", "open"]
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before


def test_each_case_is_done_or_refused_by_itself(
    sam: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    good, stale, gone = a_case(), a_case(), uuid.uuid4()
    boxes = [*chosen(good), f"{stale.pk}:{stale.version + 1}", f"{gone}:1", "nonsense"]

    answer = send(as_user(sam), "assign", boxes, "do", to=ben.pk)

    good.refresh_from_db()
    stale.refresh_from_db()
    assert {row.case.pk: row.outcome.code for row in answer.context["rows"]} == {
        good.pk: "",
        stale.pk: "changed_elsewhere",
    }
    assert answer.context["unknown"] == 1
    assert (good.assigned_to, stale.assigned_to) == (ben, None)
    assert "1 of 2 cases is assigned" in " ".join(answer.content.decode().split())


def test_false_positives_release_what_they_hold_ten_seconds_later(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer("carla")
    account = an_account(customer, 1_000_00)
    held = raised_by(a_payment(customer, account=account)).case
    declined = a_declined_case()
    client = as_user(anna)

    preview = send(client, "false_positive", chosen(held, declined), "preview", **HONEST)
    assert told(preview) == [("", ""), ("", "")]
    assert status_of(held, declined) == ["open", "open"]
    assert not CaseDecision.objects.exists()

    done = send(client, "false_positive", chosen(held, declined), "do", **HONEST)
    assert told(done) == [("", ""), ("", "")]
    assert 'data-testid="undo"' in done.content.decode()
    assert pay_out(held) == [("held", [])]
    CaseDecision.objects.update(takes_effect_at=timezone.now())
    assert decisions_apply_due() == 2

    assert status_of(held, declined) == ["closed", "closed"]
    assert pay_out(held) == [("released", [False])]


def test_a_case_for_two_people_says_so_and_waits(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, other = a_declined_case(), a_declined_case()
    Case.objects.filter(pk=case.pk).update(second_look_reason="amount")

    answer = send(as_user(anna), "false_positive", chosen(case, other), "do", **HONEST)

    assert {row.case.pk: row.is_for_two for row in answer.context["rows"]} == {
        case.pk: True,
        other.pk: False,
    }
    assert answer.content.decode().count('data-testid="for-two"') == 1
    assert status_of(case, other) == ["pending_approval", "investigating"]


def test_a_case_that_cannot_be_closed_stays_nobodys(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_verification_case()

    answer = send(as_user(anna), "false_positive", chosen(case), "do", **HONEST)

    sentence = "The verification waits for a person: approve, decline or send it back too."
    assert told(answer) == [("verification_left_waiting", sentence)]
    case.refresh_from_db()
    assert (case.status, case.claimed_by, case.version) == ("open", None, 1)


def test_only_as_many_as_fit_in_one_hand_are_foreseen(
    anna: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MAX_HELD", 2)
    mine = claimed_by(anna, a_declined_case())
    cases = [mine, a_declined_case(), a_declined_case()]

    answer = send(as_user(anna), "false_positive", chosen(*cases), "preview", **HONEST)

    assert sorted(code for code, _ in told(answer)) == ["", "", "no_room"]
    assert {row.case.pk: row.outcome.code for row in answer.context["rows"]}[mine.pk] == ""


def test_a_stale_case_in_hand_is_refused(anna: User, as_user: Callable[[User], Client]) -> None:
    case = a_case()
    boxes = chosen(case)
    claimed_by(anna, case)

    answer = send(as_user(anna), "escalate", boxes, "do", reason="Too big for me")

    assert [code for code, _ in told(answer)] == ["changed_elsewhere"]
    assert status_of(case) == ["claimed"]


def test_cases_are_suspended_until_a_day(anna: User, as_user: Callable[[User], Client]) -> None:
    case = a_case()
    day = (timezone.now() + timedelta(days=7)).date()

    answer = send(
        as_user(anna), "suspend", chosen(case), "do", until=day.isoformat(), reason="On holiday"
    )

    case.refresh_from_db()
    assert told(answer) == [("", "")]
    assert (case.status, case.assigned_to) == ("suspended", anna)
    assert case.suspended_until is not None
    assert case.suspended_until.date() == day


def test_what_is_missing_is_asked_for_and_nothing_is_done(
    sam: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    answer = send(as_user(sam), "assign", chosen(case), "do")

    assert answer.context["is_done"] is False
    assert answer.context["form"].errors["to"] == ["This field is required."]
    assert Case.objects.get(pk=case.pk).assigned_to is None


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        (Role.ANALYST, "assign", 404),
        (Role.ANALYST, "release", 200),
        (Role.SENIOR_ANALYST, "assign", 200),
        (Role.RISK_MANAGER, "release", 404),
        (Role.AUDITOR, "release", 404),
        (Role.AUDITOR, "nonsense", 404),
        (Role.CUSTOMER, "release", 302),
    ],
)
def test_who_has_which_act(
    role: str,
    act: str,
    status: int,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role))

    assert send(client, act, chosen(a_case())).status_code == status


@pytest.mark.parametrize("count", [0, 101])
def test_none_or_too_many_are_refused(
    count: int, anna: User, as_user: Callable[[User], Client]
) -> None:
    boxes = [f"{uuid.uuid4()}:1" for _ in range(count)]

    answer = send(as_user(anna), "release", boxes)

    assert said(answer) == ["Choose at least one case, and at most 100."]


def test_the_page_before_the_preview_costs_no_more_for_more_cases(
    sam: User, as_user: Callable[[User], Client]
) -> None:
    client, cases = as_user(sam), [a_case() for _ in range(4)]
    send(client, "assign", chosen(*cases))
    with CaptureQueriesContext(connection) as few:
        send(client, "assign", chosen(cases[0]))
    with CaptureQueriesContext(connection) as many:
        send(client, "assign", chosen(*cases))

    assert len(many) == len(few)
