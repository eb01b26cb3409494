"""How many statements each page and address of cases takes, whatever the number of rows.

The baseline is query_counts.json. A change that is meant is written into it by

    FRAUDSITE_QUERY_COUNTS=write .venv/bin/python -m pytest tests/cases/test_query_counts.py -n 0

and looked at in the diff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from cases.services.claims import case_begin
from cases.services.notes import note_add
from cases.services.reports import report_draft
from fraudsite.core.actors import Actor
from fraudsite.core.api.authentication import known_keys
from fraudsite.core.models import User, Workspace
from fraudsite.core.services.api_keys import api_key_create
from tests.cases.raised import (
    a_case,
    a_payment,
    a_verification_case,
    claimed_by,
    raised_by,
)
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
BASELINE = Path(__file__).parent / "query_counts.json"
IS_WRITTEN = os.environ.get("FRAUDSITE_QUERY_COUNTS") == "write"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Desk:
    """A senior analyst at a browser and with a key, with two cases in hand."""

    browser: Client
    program: Client
    payment: Case
    verification: Case
    waiting: Case
    user: User


Ask = Callable[[Desk], Any]


def page(name: str, **query: str) -> Ask:
    return lambda desk: desk.browser.get(reverse(f"admin:cases_{name}"), query)


def case_page(kind: str) -> Ask:
    """Open a case with its first alert, whatever was raised since."""

    def ask(desk: Desk) -> Any:
        case: Case = getattr(desk, kind)
        alert = case.alerts.order_by("id").first()
        assert alert is not None
        address = reverse("admin:cases_case_change", args=[case.pk])
        return desk.browser.get(address, {"alert": str(alert.pk)})

    return ask


def api(name: str, *of: str) -> Ask:
    return lambda desk: desk.program.get(
        reverse(f"cases_api:{name}", args=[getattr(desk, kind).pk for kind in of])
    )


def command(name: str, kind: str, **body: Any) -> Ask:
    def ask(desk: Desk) -> Any:
        case = Case.objects.get(pk=getattr(desk, kind).pk)
        address = reverse(f"cases_api:{name}", args=[case.pk])
        return desk.program.post(address, {"seen": case.version, **body}, content_type=JSON)

    return ask


def heartbeat(desk: Desk) -> Any:
    address = reverse("admin:cases_case_heartbeat", args=[desk.payment.pk])
    return desk.browser.post(address, {"active": "1"})


def decision(desk: Desk) -> Any:
    """Decide the first alert of the case, whatever else it has."""
    alert = desk.payment.alerts.order_by("id").first()
    assert alert is not None
    payment = str(alert.transaction_id)
    effect = {"kind": "payment", "transaction_id": payment, "act": "refuse"}
    return command(
        "decisions",
        "payment",
        label="confirmed_fraud",
        reason="fraud_mule",
        effects=[{**effect, "reason": "refuse_fraud"}],
        alert_ids=[str(alert.pk)],
    )(desk)


ASKED: dict[str, Ask] = {
    "list": page("case_changelist"),
    "list, filtered": page("case_changelist", queue="payments", holder="me", severity="2"),
    "list, page 2": page("case_changelist", page="2"),
    "next": lambda desk: desk.browser.post(reverse("admin:cases_case_next")),
    "case about a payment": case_page("payment"),
    "case about a verification": case_page("verification"),
    "heartbeat": heartbeat,
    "reports": lambda desk: desk.browser.get("/admin/cases/reports/"),
    "dashboard": page("dashboard"),
    "API, cases": api("cases"),
    "API, case": api("case", "payment"),
    "API, events": lambda desk: desk.program.get(reverse("cases_api:events")),
    "API, claim": command("claim", "waiting"),
    "API, comment": command("comments", "payment", text="Called twice."),
    "API, decision": decision,
}


@pytest.fixture
def desk(sam: User, as_user: Callable[[User], Client], settings: Any) -> Desk:
    settings.STAFF_MFA_REQUIRED = False
    key = api_key_create(
        name="Tester",
        scopes=("cases:read", "cases:work", "events:read"),
        workspace=Workspace.objects.live(),
        actor=Actor.of_user(sam),
    )
    return Desk(
        browser=as_user(sam),
        program=Client(headers={"authorization": f"Bearer {key.text}"}),
        payment=begun(sam, a_case()),
        verification=begun(sam, with_a_payment(a_verification_case())),
        waiting=a_case(),
        user=sam,
    )


def begun(analyst: User, case: Case) -> Case:
    """A case in hand, of which the first touch was long ago."""
    return case_begin(case_id=claimed_by(analyst, case).pk, seen=None, analyst=analyst)


def with_a_payment(case: Case) -> Case:
    """The case with an alert about a payment too: what a case has none of is not asked for."""
    assert case.customer is not None
    return raised_by(a_payment(case.customer)).case


def grow(desk: Desk) -> None:
    """Add cases, and to those in hand alerts, notes and a report each."""
    for case in (desk.payment, desk.verification):
        assert case.customer is not None
        for _ in range(3):
            raised_by(a_payment(case.customer))
            note_add(case_id=case.pk, seen=None, text="Called.", author=desk.user)
        report_draft(case_id=case.pk, authority="FIU", narrative="So.", author=desk.user)
    for _ in range(4):
        a_case(a_customer())


def statements(ask: Ask, desk: Desk) -> int:
    """Return how many statements an answer takes; nothing of it is kept.

    Keys are remembered for two seconds, which may end at any moment: here they never are.
    """
    known_keys.clear()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as captured:
            answer: HttpResponse = ask(desk)
        transaction.set_rollback(True)
    assert answer.status_code < 400
    return len(captured)


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_takes_as_many_statements_as_written_down(name: str, desk: Desk) -> None:
    statements(ASKED[name], desk)  # what a process remembers it asks for once

    few = statements(ASKED[name], desk)
    grow(desk)
    many = statements(ASKED[name], desk)

    assert many == few
    if IS_WRITTEN:
        _write(name, few)
    assert few == _baseline()[name]


def test_the_baseline_holds_nothing_else() -> None:
    assert set(_baseline()) == set(ASKED)


def _baseline() -> dict[str, int]:
    return dict(json.loads(BASELINE.read_text())) if BASELINE.exists() else {}


def _write(name: str, count: int) -> None:
    known = {**_baseline(), name: count}
    BASELINE.write_text(
        json.dumps({one: known[one] for one in ASKED if one in known}, indent=2) + "\n"
    )
