"""What the addresses of the queue show; who gets which is in tests/cases/test_routes.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import QueueMember
from fraudsite.core.models import User
from tests.cases.raised import a_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["changelist", "bulk"])
@pytest.mark.parametrize("is_member", [True, False])
def test_only_who_works_the_queue_finds_its_case(
    name: str, *, is_member: bool, anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    QueueMember.objects.create(queue=case.queue, user=anna if is_member else ben)
    form = {"act": "release", "case": f"{case.pk}:{case.version}"}
    address = reverse(f"admin:cases_case_{name}")
    client = as_user(anna)

    answer = client.get(address) if name == "changelist" else client.post(address, form)

    assert (case.reference in answer.content.decode()) is is_member


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
