"""Many cases at once, and what waited before cases existed."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.management import call_command

from cases.models import Alert, Case
from cases.services import bulk
from cases.services.bulk import cases_do
from cases.services.claims import case_assign
from fraudsite.core.models import User
from fraudsite.core.transitions import move
from kyc.models import Verification
from kyc.refusals import Refusal
from scoring.choices import DecisionOutcome as O
from tests.cases.raised import TESTER, a_case, a_payment, a_verification
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db


def test_one_that_is_refused_stops_no_other(ben: User, sam: User) -> None:
    good, stale = a_case(), a_case()
    nobodys = uuid.UUID(int=5)
    seen: dict[uuid.UUID, int | None] = {good.pk: 1, stale.pk: 7, nobodys: 1}

    outcomes = cases_do(
        seen=seen,
        act=lambda pk, version: case_assign(case_id=pk, seen=version, to=ben, user=sam),
    )

    assert [(one.case_id, one.code) for one in outcomes] == [
        (good.pk, ""),
        (stale.pk, "changed_elsewhere"),
        (nobodys, "not_found"),
    ]
    assert [one.is_done for one in outcomes] == [True, False, False]
    assert list(Case.objects.filter(assigned_to=ben)) == [good]


def test_more_than_a_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_CASES", 1)

    with pytest.raises(Refusal) as refused:
        cases_do(seen={uuid.UUID(int=n): 1 for n in range(2)}, act=lambda *_: None)

    assert refused.value.code == "too_many_cases"


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("open_missing_alerts", *options, stdout=out)
    return out.getvalue()


def test_what_waited_before_is_raised_once() -> None:
    held = a_payment(a_customer())
    a_payment(a_customer(), O.DECLINE)
    reviewed = a_verification(a_customer())
    asked = Verification.objects.create(customer=a_customer(), status="declined")
    move(asked, to="in_review", actor=TESTER, reason_code="human_review_requested")
    a_case()

    assert run("--dry-run") == "3 alerts would be raised.\n"
    assert run() == "3 alerts raised.\n"
    assert run() == "0 alerts raised.\n"

    assert Alert.objects.get(transaction=held).case.queue_id == "payments"
    assert Alert.objects.get(verification=reviewed).case.queue_id == "onboarding"
    assert Alert.objects.get(verification=asked).case.queue_id == "human_review"
