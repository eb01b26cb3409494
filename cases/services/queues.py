"""Queues: found or made, who works them, and who gets the next case."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.choices import HELD_BY_ANALYST, Assignment, CaseStatus
from cases.models import Case, Queue, QueueMember
from cases.queue_defaults import SHIPPED_QUEUES
from fraudsite.core.models import User

SHIPPED = {str(defaults.name): defaults for defaults in SHIPPED_QUEUES}


def queue_ensure(queue_id: str) -> Queue:
    """Return one of the queues every installation has; a missing one is made again."""
    queue, _ = Queue.objects.get_or_create(pk=queue_id, defaults=SHIPPED[queue_id].columns())
    return queue


def assignee_pick(queue: Queue) -> User | None:
    """Return whom the queue's rule gives the next case; None where whoever takes it gets it.

    Called within the transaction that assigns: the queue's row is locked, so that two cases at
    once do not go to the same person's turn.
    """
    if queue.assignment == Assignment.MANUAL:
        return None
    Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    for member in _in_turn(queue):
        # A role can change after somebody joined a queue.
        if member.user.has_perm("cases.work_case"):
            QueueMember.objects.filter(pk=member.pk).update(last_assigned_at=timezone.now())
            return member.user
    return None


def works_queue(user: User, queue: Queue) -> bool:
    """Whether a person may work a queue: its members, all where it has none, and who assigns."""
    if not user.has_perm("cases.work_case"):
        return False
    members = set(queue.members.values_list("user_id", flat=True))
    return not members or user.pk in members or user.has_perm("cases.assign_case")


def _in_turn(queue: Queue) -> QuerySet[QueueMember]:
    """Return those who can get a case, whose turn it is first."""
    available = QueueMember.objects.filter(queue=queue, is_available=True, user__is_active=True)
    turn = F("last_assigned_at").asc(nulls_first=True)
    members = available.select_related("user")
    if queue.assignment == Assignment.ROUND_ROBIN:
        return members.order_by(turn, "pk")
    return members.annotate(load=Coalesce(Subquery(_loads()), 0)).order_by("load", turn, "pk")


def _loads() -> QuerySet[Case, Any]:
    """Return how many unfinished cases a member has, assigned or claimed."""
    waiting = Q(status=CaseStatus.OPEN, assigned_to=OuterRef("user"))
    held = Q(status__in=HELD_BY_ANALYST, claimed_by=OuterRef("user"))
    unfinished = Case.objects.filter(waiting | held).order_by().annotate(one=Value(1))
    return unfinished.values("one").annotate(count=Count("pk")).values("count")
