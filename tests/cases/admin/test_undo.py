"""Taking a decision back within its ten seconds."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.admin.case_rows import case_url
from cases.selectors_undo import undo_offer_for
from cases.services.applying import decisions_apply_due
from fraudsite.core.models import User
from tests.cases.admin.asked import said, target
from tests.cases.raised import claimed_by
from tests.cases.test_decisions import decide, pay_out, refuse

pytestmark = pytest.mark.django_db
UNDO = "admin:cases_case_undo"
LIST = "admin:cases_case_changelist"


def test_the_page_offers_an_undo_with_the_seconds_that_are_left(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        made = decide(case, refuse(case), anna)
        clock.shift(timedelta(seconds=3.5))
        offer = undo_offer_for(anna)
        page = as_user(anna).get(reverse(LIST)).content.decode()
        others = as_user(ben).get(reverse(LIST)).content.decode()
        clock.shift(timedelta(seconds=6.5))
        too_late = undo_offer_for(anna)

    assert offer is not None
    assert (offer.decision_ids, offer.seconds) == ((made.pk,), 7)
    assert offer.sentence == f"Case {case.reference} is decided: confirmed fraud."
    assert 'data-undo="7"' in page
    assert "data-undo=" not in others
    assert too_late is None


def test_an_undone_decision_never_takes_effect(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        case = claimed_by(anna)
        made = decide(case, refuse(case), anna)
        answer = as_user(anna).post(reverse(UNDO), {"decision": str(made.pk)})
        clock.shift(timedelta(seconds=11))
        assert decisions_apply_due() == 0

    case.refresh_from_db()
    made.refresh_from_db()
    assert target(answer) == case_url(case.pk)
    assert said(answer) == [f"The decision on case {case.reference} is undone."]
    assert (made.status, case.status, case.claimed_by) == ("undone", "investigating", anna)
    assert pay_out(case) == [("held", [])]


def test_too_late_is_said(anna: User, as_user: Callable[[User], Client]) -> None:
    case = claimed_by(anna)
    made = decide(case, refuse(case), anna, is_immediate=True)

    answer = as_user(anna).post(reverse(UNDO), {"decision": str(made.pk)})

    made.refresh_from_db()
    words = f"Case {case.reference}: This decision cannot be undone any more."
    assert (said(answer), made.status) == ([words], "applied")


def test_several_are_taken_back_together(anna: User, as_user: Callable[[User], Client]) -> None:
    cases = [claimed_by(anna) for _ in range(3)]
    made = [decide(case, refuse(case), anna) for case in cases]

    offer = undo_offer_for(anna)
    page = as_user(anna).get(reverse(LIST)).content.decode()
    answer = as_user(anna).post(reverse(UNDO), {"decision": [str(one.pk) for one in made]})

    for one in made:
        one.refresh_from_db()
    assert offer is not None
    words = (
        f"Case {cases[-1].reference} is decided: confirmed fraud. 2 more take effect in a moment."
    )
    assert (offer.sentence, offer.others) == (words, 2)
    assert "Undo all 3" in page
    assert said(answer) == ["3 decisions are undone."]
    assert {one.status for one in made} == {"undone"}


def test_the_key_takes_back_the_last_decision_alone(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    earlier, last = claimed_by(anna), claimed_by(anna)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        stays = decide(earlier, refuse(earlier), anna)
        clock.shift(timedelta(seconds=4))
        taken_back = decide(last, refuse(last), anna)
        client = as_user(anna)
        (form,) = re.findall(
            r'<form class="undo__last".*?</form>', client.get(reverse(LIST)).text, re.S
        )

        client.post(
            reverse(UNDO), {"decision": re.findall(r'name="decision" value="([^"]+)"', form)}
        )

    stays.refresh_from_db()
    taken_back.refresh_from_db()
    assert 'data-key="u"' in form
    assert (stays.status, taken_back.status) == ("scheduled", "undone")


def test_somebody_elses_decision_stays(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)
    made = decide(case, refuse(case), anna)

    answer = as_user(ben).post(reverse(UNDO), {"decision": str(made.pk)})
    missing = as_user(ben).post(reverse(UNDO), {"decision": str(uuid.uuid4())})

    made.refresh_from_db()
    words = f"Case {case.reference}: Only who made or approved a decision can undo it."
    assert (said(answer), made.status) == ([words], "scheduled")
    assert missing.status_code == 404
