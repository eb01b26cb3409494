"""The page of one case: what it shows to whom, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from cases.services.notes import note_add
from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.data_keys import data_key_destroy, seal_json
from kyc.models import Customer
from tests.cases.raised import a_case, a_payment, a_verification_case, claimed_by, raised_by
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
MARIA = {
    "surname": "Silva",
    "given_names": "Maria",
    "birth_date": "1990-02-03",
    "nationality": "PRT",
}


def page_of(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def declared(customer: Customer) -> None:
    customer.details_sealed = seal_json(
        data_key=customer.data_key, value=MARIA, context=f"customer:{customer.id}:details"
    )
    customer.save(update_fields=["details_sealed"])


def queries_of(client: Client, case: Case) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(page_of(case)).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("role", "status", "takes", "writes", "reveals"),
    [
        (None, 302, False, False, False),
        (Role.CUSTOMER, 302, False, False, False),
        (Role.ANALYST, 200, True, True, True),
        (Role.SENIOR_ANALYST, 200, True, True, True),
        (Role.RISK_MANAGER, 200, False, False, False),
        (Role.AUDITOR, 200, False, False, False),
        (Role.ADMINISTRATOR, 200, True, True, True),
    ],
)
def test_who_sees_a_case_and_what_they_are_offered(
    role: str | None,
    status: int,
    takes: bool,
    writes: bool,
    reveals: bool,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    case = a_case()
    client = as_user(make_user("somebody@example.com", role)) if role else Client()

    page = client.get(page_of(case))

    assert page.status_code == status
    offered = [mark in page.text for mark in ("act-claim", "confirm-note", '"reveal"')]
    assert offered == [takes, writes, reveals]


@pytest.mark.parametrize("address", ["no-uuid", "0193c7d8-0000-7000-8000-000000000000"])
def test_a_case_that_is_not_there_is_a_404(
    address: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    assert as_user(anna).get(f"/admin/cases/case/{address}/change/").status_code == 404


def test_nobody_sees_a_case_about_themselves(anna: User, as_user: Callable[[User], Client]) -> None:
    case = a_case(a_customer("anna", user=anna))

    assert as_user(anna).get(page_of(case)).status_code == 404


def test_a_payment_is_shown_with_what_raised_it(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case(amount_minor=1_499_00, device_reference="device-77-abcdef", country="PT")

    page = as_user(anna).get(page_of(case))

    assert "1,499.00" in page.text
    assert "Many payments in an hour." in page.text
    assert [part["points"] for part in page.context["case"]["parts"]] == [
        part["points"] for part in case.priority_parts
    ]
    assert page.context["payments"]["devices"][0]["name"] == "…cdef"
    assert "device-77-abcdef" not in page.text


def test_a_verification_is_shown_with_its_checks_and_that_is_audited(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_verification_case()

    page = as_user(anna).get(page_of(case))

    assert "The faces differ." in page.text
    entry = AuditEntry.objects.get(action="evidence.viewed")
    assert entry.target_id == str(case.alerts.get().verification_id)


def test_of_several_alerts_the_one_that_is_asked_for_is_shown(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()
    case = a_case(customer, amount_minor=11_00)
    second = raised_by(a_payment(customer, amount_minor=22_00))

    page = as_user(anna).get(page_of(case), {"alert": str(second.pk)})

    assert [tab["is_shown"] for tab in page.context["tabs"]].count(True) == 1
    assert page.context["panel"]["transaction"]["amount"] == "22.00 EUR"


def test_who_the_customer_is_shows_on_asking_and_is_written_down(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    declared(case.customer)
    client = as_user(anna)

    before = client.get(page_of(case))
    after = client.post(reverse("admin:cases_case_reveal", args=[case.pk]))

    assert "Silva" not in before.text
    assert "Silva" in after.text
    entry = AuditEntry.objects.get(action="customer.revealed")
    assert (entry.target_id, entry.actor_id) == (str(case.customer_id), str(anna.pk))
    assert entry.details == {"case_id": str(case.pk)}


def test_who_may_not_reveal_learns_nothing(
    make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    declared(case.customer)
    auditor = make_user("ida@example.com", Role.AUDITOR)

    answer = as_user(auditor).post(reverse("admin:cases_case_reveal", args=[case.pk]), follow=True)

    assert "Silva" not in answer.text
    assert "You may not see who this customer is." in answer.text
    assert not AuditEntry.objects.filter(action="customer.revealed").exists()


@pytest.mark.parametrize("make", [a_case, a_verification_case])
def test_a_case_of_an_erased_customer_still_shows(
    make: Callable[..., Case], anna: User, as_user: Callable[[User], Client]
) -> None:
    case = make()
    declared(case.customer)
    note_add(case_id=case.pk, seen=None, text="She called.", author=anna)
    data_key_destroy(data_key=case.customer.data_key, actor=Actor.system("tests"))

    page = as_user(anna).get(page_of(case))
    revealed = as_user(anna).post(reverse("admin:cases_case_reveal", args=[case.pk]), follow=True)

    assert page.status_code == 200
    assert "What was written here went with its customer." in page.text
    assert "This customer was erased" in revealed.text


def test_the_queries_of_a_page_do_not_rise_with_what_there_is(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)
    small, customer = a_case(), a_customer()
    large = a_case(customer)
    for number in range(6):
        row = a_payment(customer, device_reference=f"device-{number}", ip_address="203.0.113.9")
        raised_by(row)
    case = claimed_by(anna, Case.objects.get(pk=large.pk))
    small = claimed_by(anna, small)
    for text in ("One.", "Two.", "Three."):
        note_add(case_id=case.pk, seen=None, text=text, author=anna)
    note_add(case_id=small.pk, seen=None, text="One.", author=anna)
    queries_of(client, small)

    assert queries_of(client, large) == queries_of(client, small)


def test_notes_are_text_and_no_markup(anna: User, as_user: Callable[[User], Client]) -> None:
    case = claimed_by(anna)
    note_add(case_id=case.pk, seen=None, text="<script>alert(1)</script>", author=anna)

    page = as_user(anna).get(page_of(case))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert(1)" not in page.text


def test_an_auditor_reads_no_notes(
    anna: User, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)
    note_add(case_id=case.pk, seen=None, text="She sounded frightened.", author=anna)

    page = as_user(make_user("ida@example.com", Role.AUDITOR)).get(page_of(case))

    assert "Note written" in page.text
    assert "frightened" not in page.text


def test_earlier_cases_are_linked(anna: User, as_user: Callable[[User], Client]) -> None:
    customer = a_customer()
    first = a_case(customer)
    Case.objects.filter(pk=first.pk).update(
        status="closed", label="false_positive", closed_at=first.opened_at
    )
    second: Any = a_case(customer, cause="rule.other@1")

    page = as_user(anna).get(page_of(second))

    assert page_of(first) in page.text
    assert "Closed: false positive" in " ".join(page.text.split())


@pytest.mark.parametrize(
    ("role", "is_shown", "begins"),
    [
        (Role.ANALYST, False, False),
        (Role.AUDITOR, False, False),
        (Role.RISK_MANAGER, True, True),
        (Role.SENIOR_ANALYST, True, True),
    ],
)
def test_reports_of_a_case_are_shown_to_those_who_may_know(
    role: str,
    is_shown: bool,
    begins: bool,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    case = a_case()

    page = as_user(make_user("somebody@example.com", role)).get(page_of(case)).content.decode()

    assert ('data-testid="reports"' in page) is is_shown
    assert (reverse("cases_reports:new", args=[case.pk]) in page) is begins


def test_of_many_alerts_the_one_with_most_money_is_shown_and_each_is_named_once(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()
    case = raised_by(a_payment(customer, amount_minor=2_00)).case
    raised_by(a_payment(customer, amount_minor=900_00))
    raised_by(a_payment(customer, amount_minor=3_00))
    claimed_by(anna, Case.objects.get(pk=case.pk))

    context = as_user(anna).get(page_of(case)).context

    amounts = [alert.transaction.amount_minor for alert in context["forms"]["decide"].alerts]
    assert amounts == [900_00, 3_00, 2_00]
    assert "900.00 EUR" in context["tabs"][0]["words"]
    assert context["tabs"][0]["is_shown"] is True
    chosen = [words for _, words in context["forms"]["decide"].fields["alert_ids"].choices]
    assert all(words.endswith(" EUR") for words in chosen)


def test_what_a_decision_does_to_many_is_said_once(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()
    case = raised_by(a_payment(customer)).case
    raised_by(a_payment(customer))
    claimed_by(anna, Case.objects.get(pk=case.pk))
    refused = {
        f"payment-{alert.transaction_id}": "refuse:refuse_fraud" for alert in case.alerts.all()
    }
    about = [str(alert.pk) for alert in case.alerts.all()]
    form = {"label": "confirmed_fraud", "reason": "fraud_mule", "alert_ids": about, **refused}
    days = {"block_days": "30", "snooze_days": "30"}
    seen = Case.objects.get(pk=case.pk).version

    address = reverse("admin:cases_case_decide", args=[case.pk])
    as_user(anna).post(address, {"seen": seen, **form, **days})
    page = as_user(anna).get(page_of(case))

    assert "Refuse the payment, 2 times" in page.text
