"""The next case by a button, and the way on after a decision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.admin.case_rows import case_url
from cases.admin.next_case import LIST, NOTHING_IN_QUEUE, NOTHING_LEFT, next_after_decision
from cases.models import Case
from cases.services import claims
from cases.services.workplace import settings_save
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from tests.cases.admin.asked import said, target
from tests.cases.raised import a_case, a_verification_case, claimed_by
from tests.cases.test_decisions import decide, refuse

pytestmark = pytest.mark.django_db
NEXT = "admin:cases_case_next"


def after(user: User, decided: Case) -> str:
    request = RequestFactory().post("/")
    request.user = user
    request.session = {}  # type: ignore[assignment]  # all that is asked of it is a key
    return target(next_after_decision(request, decided))


def test_the_button_leads_to_the_most_urgent_case_in_hand(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    a_case(amount_minor=1_00, score=0.1)
    urgent = a_case(amount_minor=90_000_00, score=0.99)

    answer = as_user(anna).post(reverse(NEXT))

    urgent.refresh_from_db()
    assert target(answer) == case_url(urgent.pk)
    assert (urgent.status, urgent.claimed_by) == ("claimed", anna)


def test_the_next_case_comes_from_the_queue_that_is_shown(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    a_case(amount_minor=90_000_00, score=0.99)
    onboarding = a_verification_case()

    answer = as_user(anna).post(reverse(NEXT), {"queue": "onboarding"})

    assert target(answer) == case_url(onboarding.pk)


def test_an_empty_queue_gets_a_sentence(anna: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(anna)

    of_all = client.post(reverse(NEXT))
    assert (target(of_all), said(of_all)) == (reverse(LIST), [NOTHING_LEFT])
    of_one = client.post(reverse(NEXT), {"queue": "screening"})
    assert target(of_one) == f"{reverse(LIST)}?queue=screening"
    assert said(of_one)[-1] == NOTHING_IN_QUEUE


def test_too_many_in_hand_is_said_and_nothing_is_taken(
    anna: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MAX_HELD", 1)
    claimed_by(anna)
    waiting = a_case()

    answer = as_user(anna).post(reverse(NEXT))

    waiting.refresh_from_db()
    assert said(answer) == ["You have 1 cases in hand. Close or release one first."]
    assert waiting.status == "open"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.RISK_MANAGER])
def test_who_works_no_cases_finds_no_such_page(
    role: str, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    waiting = a_case()

    answer = as_user(make_user("otto@example.com", role)).post(reverse(NEXT))

    waiting.refresh_from_db()
    assert (answer.status_code, waiting.status) == (404, "open")


def test_after_a_decision_comes_what_is_in_hand_and_undecided(anna: User) -> None:
    decided, also_decided, waiting = claimed_by(anna), claimed_by(anna), claimed_by(anna)
    decide(decided, refuse(decided), anna)
    decide(also_decided, refuse(also_decided), anna)

    assert after(anna, decided) == case_url(waiting.pk)


def test_after_a_decision_the_next_case_is_taken(anna: User) -> None:
    decided = claimed_by(anna)
    waiting = a_case()
    decide(decided, refuse(decided), anna)

    assert after(anna, decided) == case_url(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.claimed_by == anna


def test_who_wants_no_next_case_stays_with_the_decided_one(anna: User) -> None:
    settings_save(user=anna, has_single_keys=True, takes_next_by_itself=False)
    decided, waiting = claimed_by(anna), a_case()

    assert after(anna, decided) == case_url(decided.pk)
    waiting.refresh_from_db()
    assert waiting.status == "open"
