"""Which queues there are, and who gets the next case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.models import Queue, QueueMember
from cases.queue_defaults import SHIPPED_QUEUES
from cases.services.queues import assignee_pick, queue_ensure, works_queue
from fraudsite.core.choices import Role
from fraudsite.core.models import User

pytestmark = pytest.mark.django_db


def test_every_installation_has_the_shipped_queues() -> None:
    there = Queue.objects.values_list(
        "id", "title", "rank", "sla_minutes", "second_look_from_minor"
    )

    shipped = [
        (str(one.name), one.name.label, one.rank, one.sla_minutes, one.second_look_from_minor)
        for one in SHIPPED_QUEUES
    ]
    assert list(there) == shipped


def test_a_queue_that_is_gone_is_made_again() -> None:
    Queue.objects.filter(pk="payments").delete()

    assert queue_ensure("payments").sla_minutes == 240


def test_in_turn_everybody_gets_one(make_user: Callable[..., User], anna: User) -> None:
    queue = queue_ensure("payments")
    queue.assignment = "round_robin"
    ben = make_user("ben@example.com", Role.ANALYST)
    for user in (anna, ben):
        QueueMember.objects.create(queue=queue, user=user)

    assert [assignee_pick(queue) for _ in range(4)] == [anna, ben, anna, ben]


def test_nobody_who_is_away_or_no_analyst_any_more_is_given_one(
    make_user: Callable[..., User], anna: User
) -> None:
    queue = queue_ensure("payments")
    queue.assignment = "least_loaded"
    QueueMember.objects.create(queue=queue, user=anna, is_available=False)
    QueueMember.objects.create(queue=queue, user=make_user("ada@example.com", Role.AUDITOR))

    assert assignee_pick(queue) is None


def test_a_queue_with_members_is_theirs(make_user: Callable[..., User], anna: User) -> None:
    queue = queue_ensure("payments")
    ben = make_user("ben@example.com", Role.ANALYST)
    assert works_queue(ben, queue)

    QueueMember.objects.create(queue=queue, user=anna)

    assert works_queue(anna, queue)
    assert not works_queue(ben, queue)
    assert works_queue(make_user("sam@example.com", Role.SENIOR_ANALYST), queue)
