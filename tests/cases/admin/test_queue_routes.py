"""Every address of the queue, by who asks; forbidden looks like missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, QueueMember
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from tests.cases.raised import a_case

pytestmark = pytest.mark.django_db

# What each address answers to: a visitor, a customer, an analyst of another queue, an analyst of
# the case's own queue, an auditor. All of staff may look and keep settings of their own.
ADDRESSES = {
    "changelist": (302, 302, 200, 200, 200),
    "next": (302, 302, 302, 302, 404),
    "bulk": (302, 302, 200, 200, 404),
    "undo": (302, 302, 302, 302, 302),
    "filter": (302, 302, 302, 302, 302),
    "settings": (302, 302, 200, 200, 200),
    "heartbeat": (302, 302, 404, 200, 200),
}
WHO = ("visitor", "customer", "wrong analyst", "right analyst", "auditor")


def client_of(
    who: str, case: Case, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> Client:
    role = {"customer": Role.CUSTOMER, "auditor": Role.AUDITOR}.get(who, Role.ANALYST)
    user = make_user("somebody@example.com", role)
    member = user if who == "right analyst" else make_user("member@example.com", Role.ANALYST)
    QueueMember.objects.create(queue=case.queue, user=member)
    return Client() if who == "visitor" else as_user(user)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", ADDRESSES)
def test_who_gets_what(
    name: str, who: str, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    client = client_of(who, case, make_user, as_user)
    address = reverse(f"admin:cases_case_{name}", args=[case.pk] if name == "heartbeat" else [])
    form = {"act": "release", "case": f"{case.pk}:{case.version}"}

    answer = client.get(address) if name == "changelist" else client.post(address, form)

    assert answer.status_code == ADDRESSES[name][WHO.index(who)]
    sees = who in {"right analyst", "auditor"}
    if name in {"changelist", "bulk"} and answer.status_code == 200:
        assert (case.reference in answer.content.decode()) is sees


@pytest.mark.parametrize("name", ["next", "bulk", "undo", "filter"])
def test_an_address_that_acts_only_leads_back_when_it_is_opened(
    name: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    answer = as_user(anna).get(reverse(f"admin:cases_case_{name}"))

    case.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("admin:cases_case_changelist"),
    )
    assert (case.status, case.version) == ("open", 1)
