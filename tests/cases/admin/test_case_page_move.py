"""A case is moved to another queue on its page: who is offered it, and what a refusal keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Queue, QueueMember
from cases.services.notes import note_text
from cases.services.pauses import case_suspend
from fraudsite.core.models import User
from tests.cases.admin.asked import said, target
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db


def page_of(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def move(client: Client, case: Case, **form: Any) -> Any:
    version = Case.objects.get(pk=case.pk).version
    address = reverse("admin:cases_case_move", args=[case.pk])
    return client.post(address, {"seen": version, **form})


def is_offered(client: Client, case: Case) -> bool:
    return 'data-testid="act-move"' in client.get(page_of(case)).text


def test_it_is_put_into_the_queue_that_was_chosen(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = claimed_by(anna), as_user(anna)

    answer = move(client, case, queue="screening", reason="A name on a list.")

    case.refresh_from_db()
    assert said(answer) == [f"The case is in the queue {case.queue.title}."]
    assert target(answer) == page_of(case)
    assert (case.queue_id, case.status, case.claimed_by) == ("screening", "open", None)
    assert note_text(case.notes.get()) == "A name on a list."


def test_every_queue_but_its_own_can_be_chosen(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)

    form = as_user(anna).get(page_of(case)).context["forms"]["move"]

    others = Queue.objects.exclude(pk="payments").order_by("rank", "id")
    offered = [value for value, _ in form.fields["queue"].choices]
    assert offered == ["", *others.values_list("pk", flat=True)]


def test_whoever_sees_the_other_queue_not_is_led_to_the_list(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)
    QueueMember.objects.create(queue_id="screening", user=ben)

    answer = move(as_user(anna), case, queue="screening", reason="A name on a list.")

    assert target(answer) == reverse("admin:cases_case_changelist")


def test_it_is_offered_to_who_holds_the_case_and_who_assigns(
    anna: User, ben: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    clients = [as_user(user) for user in (anna, ben, sam)]

    unclaimed = [is_offered(client, case) for client in clients]
    claimed_by(anna, case)
    held = [is_offered(client, case) for client in clients]
    case_suspend(
        case_id=case.pk,
        seen=None,
        until=timezone.now() + timedelta(days=2),
        reason="Waits.",
        analyst=anna,
    )
    suspended = [is_offered(client, case) for client in clients]

    assert unclaimed == [False, False, True]
    assert held == [True, False, True]
    assert suspended == [False, False, True]


@pytest.mark.parametrize(
    ("queue", "reason", "sentence"),
    [
        ("", "A name on a list.", "Choose a queue."),
        ("payments", "A name on a list.", "payments is not one of the available choices."),
        ("nowhere", "A name on a list.", "nowhere is not one of the available choices."),
        ("screening", "", "Say why"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    queue: str, reason: str, sentence: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)

    answer = move(as_user(anna), case, queue=queue, reason=reason)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f"{reason}</textarea>" in answer.text
    case.refresh_from_db()
    assert (case.queue_id, case.claimed_by, case.notes.count()) == ("payments", anna, 0)


def test_a_stale_form_moves_nothing_and_is_not_lost(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)

    answer = move(as_user(anna), case, queue="screening", reason="A name on a list.", seen=1)

    assert answer.status_code == 409
    assert "This case has changed since you opened it." in answer.text
    assert "A name on a list.</textarea>" in answer.text
    assert Case.objects.get(pk=case.pk).queue_id == "payments"
