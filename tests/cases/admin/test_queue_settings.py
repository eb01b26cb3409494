"""Setting queues: who may, who can be a member, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Queue
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PAGE = "admin:cases_queue_change"
LIST = "admin:cases_queue_changelist"


def form_of(queue: Queue, *members: User, **changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "title": queue.title,
        "rank": queue.rank,
        "assignment": queue.assignment,
        "sla_minutes": queue.sla_minutes,
        "warning_share": queue.warning_share,
        "idle_minutes": queue.idle_minutes,
        "cooldown_minutes": queue.cooldown_minutes,
        "second_look_from_minor": queue.second_look_from_minor or "",
        "second_look_sample": queue.second_look_sample,
        "members-TOTAL_FORMS": len(members),
        "members-INITIAL_FORMS": 0,
    }
    for number, member in enumerate(members):
        form |= {f"members-{number}-user": member.pk, f"members-{number}-is_available": "on"}
    return {**form, **changes}


@pytest.fixture
def payments() -> Queue:
    return Queue.objects.get(pk="payments")


def test_a_risk_manager_sets_rules_and_members(
    payments: Queue,
    anna: User,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("rita@example.com", Role.RISK_MANAGER))
    form = form_of(payments, anna, sla_minutes=90, assignment="round_robin")

    answer = client.post(reverse(PAGE, args=["payments"]), form)

    payments.refresh_from_db()
    assert answer.status_code == 302
    assert (payments.sla_minutes, payments.assignment) == (90, "round_robin")
    assert [member.user for member in payments.members.all()] == [anna]
    entry = AuditEntry.objects.get(action="queue.changed")
    assert entry.details == {
        "fields": ["assignment", "sla_minutes"],
        "values": {"assignment": "round_robin", "sla_minutes": 90},
        "members": 1,
    }


def test_nobody_becomes_a_member_who_works_no_cases(
    payments: Queue, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    auditor = make_user("otto@example.com", Role.AUDITOR)
    client = as_user(make_user("rita@example.com", Role.RISK_MANAGER))

    answer = client.post(reverse(PAGE, args=["payments"]), form_of(payments, auditor))

    assert answer.status_code == 200
    assert not payments.members.exists()


@pytest.mark.parametrize(
    ("role", "seen", "set_to"),
    [
        (Role.ANALYST, 200, 240),
        (Role.AUDITOR, 200, 240),
        (Role.RISK_MANAGER, 200, 90),
        (Role.ADMINISTRATOR, 200, 90),
        (Role.CUSTOMER, 302, 240),
    ],
)
def test_who_sets_queues(
    payments: Queue,
    role: str,
    seen: int,
    set_to: int,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    Queue.objects.filter(pk="payments").update(sla_minutes=240)
    client = as_user(make_user("somebody@example.com", role))

    listed = client.get(reverse(LIST))
    assert listed.status_code == seen
    assert ("From 5,000.00 EUR" in listed.text) == (seen == 200)
    client.post(reverse(PAGE, args=["payments"]), form_of(payments, sla_minutes=90))

    payments.refresh_from_db()
    assert payments.sla_minutes == set_to
    assert client.post(reverse("admin:cases_queue_delete", args=["payments"])).status_code != 200
    assert Queue.objects.filter(pk="payments").exists()
