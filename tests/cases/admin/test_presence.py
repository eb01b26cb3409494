"""What an open page tells and is told: who else looks, what changed, when the case leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.admin.presence import viewing_words
from cases.models import Case, QueueMember
from cases.selectors import view_note
from fraudsite.core.models import User
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db


def beat(client: Client, case: Case, **form: str) -> Any:
    return client.post(reverse("admin:cases_case_heartbeat", args=[case.pk]), form)


def test_colleagues_see_each_other(
    anna: User, ben: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    first = beat(as_user(anna), case).json()
    second = beat(as_user(ben), case).json()
    third = beat(as_user(sam), case).json()

    assert first == {"viewing": "", "version": case.version, "leaving": ""}
    assert second["viewing"] == "Also viewing: anna"
    assert third["viewing"] == "Also viewing: anna and 1 other"
    assert viewing_words([anna, ben, sam]) == "Also viewing: anna and 2 others"


def test_the_page_learns_that_the_case_has_changed(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    claimed_by(ben, case)

    assert beat(as_user(anna), case).json()["version"] == case.version + 1


def test_an_analyst_is_told_before_an_idle_case_leaves(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        case = claimed_by(anna)
        client = as_user(anna)
        clock.shift(timedelta(minutes=26, seconds=59))
        long_before = beat(client, case).json()["leaving"]
        clock.shift(timedelta(seconds=1))
        before = beat(client, case).json()["leaving"]
        clock.shift(timedelta(minutes=2))
        just_before = beat(client, case).json()["leaving"]
        kept = beat(client, case, active="1").json()["leaving"]
        case.refresh_from_db()
        assert case.active_at == timezone.now()

    assert long_before == ""
    assert before.endswith("the case goes back to its queue in 3 minutes.")
    assert just_before.endswith("the case goes back to its queue in 1 minute.")
    assert kept == ""


def test_looking_at_a_colleagues_case_keeps_it_from_nothing(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(ben)
    touched = case.active_at

    answer = beat(as_user(anna), case, active="1").json()

    case.refresh_from_db()
    assert (case.active_at, answer["leaving"]) == (touched, "")


def test_what_may_not_be_seen_is_missing(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    QueueMember.objects.create(queue=case.queue, user=ben)
    client = as_user(anna)

    forbidden = beat(client, case)
    missing = client.post(reverse("admin:cases_case_heartbeat", args=[uuid.uuid4()]))

    assert forbidden.status_code == missing.status_code == 404
    view_note(case, ben)
    assert list(case.views.values_list("user", flat=True)) == [ben.pk]
