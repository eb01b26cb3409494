"""Saved filters and the switches of the cheat-sheet: each person's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import SavedFilter
from cases.services import workplace
from cases.services.workplace import filter_save, settings_of
from fraudsite.core.models import User
from kyc.refusals import Refusal
from tests.cases.admin.asked import said, target

pytestmark = pytest.mark.django_db
LIST = "admin:cases_case_changelist"
SAVE = "admin:cases_case_filter"


def test_a_filter_is_saved_by_what_the_list_understands(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)
    query = "status=open&holder=nobody&breached=1&next=//evil.example&severity=9"

    answer = client.post(reverse(SAVE), {"name": "  Late  ones ", "query": query})

    saved = SavedFilter.objects.get()
    assert (saved.user, saved.name) == (anna, "Late ones")
    assert saved.query == "status=open&holder=nobody&breached=1"
    assert target(answer) == f"{reverse(LIST)}?{saved.query}"
    assert said(answer) == ["“Late ones” is saved."]
    assert "Late ones" in client.get(reverse(LIST)).content.decode()
    assert "Late ones" not in as_user(ben).get(reverse(LIST)).content.decode()


def test_the_same_name_replaces(anna: User) -> None:
    filter_save(user=anna, name="Mine", query="holder=me")
    filter_save(user=anna, name="Mine", query="holder=me&status=claimed")

    assert SavedFilter.objects.get().query == "holder=me&status=claimed"


@pytest.mark.parametrize("name", ["", "   ", "n" * 61, "a\0b"])
def test_a_name_that_is_none_is_refused(
    name: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    answer = as_user(anna).post(reverse(SAVE), {"name": name, "query": "status=open"})

    assert said(answer) == ["Give it a name of at most 60 characters."]
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_saving(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace, "MAX_FILTERS", 1)
    filter_save(user=anna, name="One", query="status=open")

    with pytest.raises(Refusal) as refused:
        filter_save(user=anna, name="Two", query="status=open")

    assert refused.value.code == "too_many_filters"
    filter_save(user=anna, name="One", query="status=closed")


def test_nobody_removes_a_colleagues_filter(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    saved = filter_save(user=anna, name="Mine", query="holder=me")
    address = reverse("admin:cases_case_filter_remove", args=[saved.pk])

    as_user(ben).post(address)
    as_user(anna).get(address)
    assert SavedFilter.objects.exists()
    as_user(anna).post(address)
    assert not SavedFilter.objects.exists()


def test_single_keys_stay_switched_off(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)

    answer = client.post(reverse("admin:cases_case_settings"), {"takes_next_by_itself": "on"})

    own = settings_of(anna)
    assert answer.json() == {"saved": True}
    assert (own.has_single_keys, own.takes_next_by_itself) == (False, True)
    assert settings_of(ben).has_single_keys is True
