"""The staff pages of lists and snoozes: made, renewed, ended, found again, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User, Workspace
from scoring.models import EntityList, ListEntry, Rule, RuleSnooze
from scoring.services.lists import list_create, list_entry_add
from scoring.services.snoozes import rule_snooze
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGES = ("entitylist", "listentry", "rulesnooze")


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def blocked(rita: User) -> EntityList:
    return list_create(list_id="blocked", title="Blocked", kind="block", user=rita)


@pytest.fixture
def entry(rita: User, blocked: EntityList) -> ListEntry:
    return list_entry_add(
        entity_list=blocked,
        subject="ip",
        reference="203.0.113.7",
        workspace=Workspace.objects.live(),
        reason="Case 7",
        user=rita,
    )


@pytest.fixture
def snooze(rita: User) -> RuleSnooze:
    return rule_snooze(
        rule=Rule.objects.create(id="velocity", title="Velocity"),
        customer=a_customer("user-1"),
        until=timezone.now() + DAY,
        reason="Moving house",
        user=rita,
    )


def address(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:scoring_{model}_{name}", args=args)


def put(client: Client, **changes: str) -> HttpResponse:
    form = {
        "entity_list": "blocked",
        "workspace": str(Workspace.objects.live().pk),
        "subject": "device",
        "reference": "device-1",
        "reason": "Case 8",
        **changes,
    }
    return client.post(address("listentry", "add"), form, follow=True)


def quiet(client: Client, **changes: str) -> HttpResponse:
    form = {
        "rule": "velocity",
        "workspace": str(Workspace.objects.live().pk),
        "customer": "user-1",
        "until": f"{timezone.now() + DAY:%Y-%m-%dT%H:%M}",
        "reason": "Moving house",
        **changes,
    }
    return client.post(address("rulesnooze", "add"), form, follow=True)


@pytest.mark.parametrize(
    ("role", "status", "writes"),
    [
        (None, 302, False),
        (Role.CUSTOMER, 302, False),
        (Role.ANALYST, 200, False),
        (Role.SENIOR_ANALYST, 200, False),
        (Role.RISK_MANAGER, 200, True),
        (Role.AUDITOR, 200, False),
        (Role.ADMINISTRATOR, 200, True),
    ],
)
def test_who_looks_and_who_writes(
    role: str | None,
    status: int,
    writes: bool,
    blocked: EntityList,
    entry: ListEntry,
    snooze: RuleSnooze,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()

    for model, key in zip(PAGES, (blocked.pk, entry.pk, snooze.pk), strict=True):
        assert client.get(address(model, "changelist")).status_code == status
        assert client.get(address(model, "change", key)).status_code == status
        assert (client.get(address(model, "add")).status_code == 200) is writes
    client.post(address("rulesnooze", "end", snooze.pk))
    client.post(address("listentry", "delete", entry.pk), {"post": "yes"})
    client.post(address("entitylist", "change", "blocked"), {"valid_until": "2031-01-02T03:04"})
    put(client)
    quiet(client, customer=str(a_customer().pk))

    snooze.refresh_from_db()
    blocked.refresh_from_db()
    assert (snooze.until <= timezone.now()) is writes
    assert ListEntry.objects.filter(pk=entry.pk).exists() is not writes
    assert (blocked.valid_until is not None) is writes
    assert ListEntry.objects.filter(subject="device").exists() is writes
    assert (RuleSnooze.objects.count() == 2) is writes


def test_a_list_is_made_and_never_deleted(rita: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(rita)
    form = {"list_id": "mules", "title": "Mules", "kind": "block", "valid_until": ""}

    page = client.post(address("entitylist", "add"), form, follow=True)
    again = client.post(address("entitylist", "add"), form)

    assert "Mules is made." in page.content.decode()
    assert "There is a list mules already." in again.content.decode()
    assert client.post(address("entitylist", "delete", "mules")).status_code == 403
    assert EntityList.objects.get().valid_until is None


def test_a_list_past_its_time_is_marked_and_can_be_renewed(
    rita: User, blocked: EntityList, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    EntityList.objects.update(valid_until=timezone.now() - DAY)
    assert "expired" in client.get(address("entitylist", "changelist")).content.decode()

    refused = client.post(
        address("entitylist", "change", "blocked"), {"valid_until": "2020-01-01T00:00"}
    )
    page = client.post(
        address("entitylist", "change", "blocked"),
        {"valid_until": f"{timezone.now() + DAY:%Y-%m-%dT%H:%M}"},
        follow=True,
    )

    assert "This lies in the past" in refused.content.decode()
    assert "Blocked is renewed." in page.content.decode()
    assert "expired" not in client.get(address("entitylist", "changelist")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"subject": "customer", "reference": "nobody"}, "reference", "no such customer"),
        ({"subject": "ip", "reference": "x"}, "reference", "no IPv4 or IPv6 address"),
        ({"reference": "4111111111111111"}, "reference", "looks like a card number"),
        ({"reason": " "}, "reason", "required"),
        ({"expires_at": "2020-01-01T00:00"}, "expires_at", "lies in the past"),
        ({"subject": "ip", "reference": "203.0.113.7"}, "reference", "on the list already"),
    ],
)
def test_an_entry_that_cannot_be_is_said_beside_its_field(
    rita: User,
    entry: ListEntry,
    as_user: Callable[[User], Client],
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    page = put(as_user(rita), **changes)

    assert words in " ".join(page.context["form"].errors[field])
    assert page.context["form"]["entity_list"].value() == "blocked"
    assert ListEntry.objects.get() == entry


def test_an_entry_is_found_by_its_id_which_is_shown_nowhere(
    rita: User, entry: ListEntry, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    put(client)

    page = client.get(address("listentry", "changelist"), {"q": "203.0.113.7"})
    assert [one.pk for one in page.context["cl"].result_list] == [entry.pk]
    page = client.get(address("listentry", "changelist"))
    assert len(page.context["cl"].result_list) == 2
    assert "203.0.113.7" not in page.content.decode()
    assert "device-1" not in client.get(address("listentry", "change", entry.pk)).content.decode()


def test_several_entries_are_taken_off_each_with_its_trace(
    rita: User, entry: ListEntry, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    put(client)
    keys = [str(one.pk) for one in ListEntry.objects.all()]

    client.post(
        address("listentry", "changelist"),
        {"action": "delete_selected", "_selected_action": keys, "post": "yes"},
    )

    assert not ListEntry.objects.exists()
    assert AuditEntry.objects.filter(action="list.entry_removed").count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"customer": "nobody"}, "customer", "no such customer"),
        ({"until": "2020-01-01T00:00"}, "until", "a day to come"),
        ({"until": "2099-01-01T00:00"}, "until", "at most 90 days"),
        ({}, "until", "is snoozed for this customer until"),
    ],
)
def test_a_snooze_that_cannot_be_is_said_beside_its_field(
    rita: User,
    snooze: RuleSnooze,
    as_user: Callable[[User], Client],
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    page = quiet(as_user(rita), **changes)

    assert words in " ".join(page.context["form"].errors[field])
    assert RuleSnooze.objects.get() == snooze


def test_a_snooze_that_is_over_says_so(
    rita: User, snooze: RuleSnooze, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    first = client.post(address("rulesnooze", "end", snooze.pk), follow=True)
    second = client.post(address("rulesnooze", "end", snooze.pk), follow=True)

    assert "Velocity acts on this customer again." in first.content.decode()
    assert "This snooze is over already." in second.content.decode()
    page = client.get(address("rulesnooze", "change", snooze.pk))
    assert page.context["acts"] == []
    assert AuditEntry.objects.filter(action="rule.snooze_ended").count() == 1
