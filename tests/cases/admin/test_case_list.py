"""The list of cases: who sees it, what a row says, how it is asked, what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db
LIST = "admin:cases_case_changelist"


@pytest.mark.parametrize(
    ("role", "status", "takes"),
    [
        (None, 302, False),
        (Role.CUSTOMER, 302, False),
        (Role.ANALYST, 200, True),
        (Role.SENIOR_ANALYST, 200, True),
        (Role.RISK_MANAGER, 200, False),
        (Role.AUDITOR, 200, False),
        (Role.ADMINISTRATOR, 200, True),
    ],
)
def test_who_sees_the_list(
    role: str | None,
    status: int,
    takes: bool,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()

    page = client.get(reverse(LIST))

    assert page.status_code == status
    assert ("take-next" in page.content.decode()) is takes


def test_a_row_says_what_the_case_is_about(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(ben, a_case(amount_minor=100_00, score=0.8))

    page = as_user(anna).get(reverse(LIST)).content.decode()

    assert case.reference in page
    assert "Many payments in an hour." in page
    assert "100.00 at risk, in the reference currency." in page
    assert f"Customer {case.customer.reference}" in page
    assert re.search(r'Whose">\s*ben\s*<', page)
    assert "Claimed" in page


def test_the_number_of_queries_does_not_grow(anna: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(anna)
    a_case()
    client.get(reverse(LIST))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse(LIST))
    for _ in range(5):
        a_case()
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse(LIST))

    assert page.content.decode().count('data-testid="case-row"') == 6
    assert len(many) == len(few) == 13


@pytest.mark.parametrize(
    "query",
    ["queue=%00", "queue=nowhere", "page=%D9%A1", "page=999999999999", "severity=x", "holder=%00"],
)
def test_an_address_of_nonsense_is_answered(
    query: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    a_case()

    assert as_user(anna).get(f"{reverse(LIST)}?{query}").status_code == 200


@pytest.mark.parametrize(("role", "is_offered"), [(Role.ANALYST, False), (Role.RISK_MANAGER, True)])
def test_what_is_shown_can_be_exported_by_those_who_may(
    role: str,
    is_offered: bool,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role))

    page = client.get(reverse("admin:cases_case_changelist"), {"queue": "payments"})

    link = f"{reverse('cases_export:export')}?queue=payments"
    assert (link in page.content.decode()) is is_offered
    assert client.get(link).status_code == (200 if is_offered else 404)
