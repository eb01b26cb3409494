"""What pages, the API and services ask about cases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.choices import HELD_BY_ANALYST, CaseStatus, DecisionStatus
from cases.models import Case, CaseDecision, CaseView, Queue, QueueMember
from fraudsite.core.models import User
from kyc.models import Customer

# A page tells that it is still open every 15 s; one that missed two of them is closed.
VIEWING = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; what is left out does not matter.

    Attributes
    ----------
    statuses : sequence of str
        Of `CaseStatus`; empty: all that are not closed.
    holder : str
        "me", "nobody" or "colleague": who has it, or whom it was given to.
    """

    queue_id: str = ""
    statuses: Sequence[str] = ()
    holder: str = ""
    min_severity: int = 0
    label: str = ""
    is_breached: bool = False
    customer_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How a queue stands."""

    queue_id: str
    title: str
    open: int
    held: int
    pending_approval: int
    suspended: int
    breached: int
    oldest_opened_at: datetime | None


def queues_worked_by(user: User) -> set[str]:
    """Return the queues a person may take cases from: theirs, and those without members."""
    if not user.has_perm("cases.work_case"):
        return set()
    queues = Queue.objects.all()
    if not user.has_perm("cases.assign_case"):
        members = QueueMember.objects.filter(queue=OuterRef("pk"))
        own = Q(Exists(members.filter(user=user)))
        queues = queues.filter(own | ~Exists(members))
    return set(queues.values_list("pk", flat=True))


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Return the cases a person may look at: none about themselves.

    Who works cases sees those of their queues, and what they hold, were given or are mentioned
    in; who assigns, audits or manages risk sees all.
    """
    if not user.has_perm("cases.view_case"):
        return Case.objects.none()
    # A list that is looked up once, where a join would be made with every customer.
    visible = Case.objects.exclude(customer__in=Customer.objects.filter(user=user))
    if not user.has_perm("cases.work_case") or user.has_perm("cases.assign_case"):
        return visible
    own = Q(claimed_by=user) | Q(assigned_to=user) | Q(pk__in=_cases_mentioning(user))
    return visible.filter(Q(queue_id__in=sorted(queues_worked_by(user))) | own)


def cases_listed(user: User, wanted: CaseFilter) -> QuerySet[Case]:
    """Return visible cases, the most urgent first, with what a list shows of each."""
    found = cases_visible_to(user).filter(_asked(wanted), _of_holder(user, wanted.holder))
    rows = found.select_related("queue", "customer", "card", "device", "claimed_by", "assigned_to")
    return rows.order_by("-priority", "due_at", "id")


def cases_page(user: User, wanted: CaseFilter, *, first: int, count: int) -> list[Case]:
    """Return some of `cases_listed`, from the `first`-th on.

    Found by their ids, in an index alone, and only then read: otherwise all before them would be
    read too. Uses indexes: cases_case_unclosed_list, cases_case_closed_list.
    """
    listed = cases_listed(user, wanted)
    ids = list(listed.select_related(None).values_list("pk", flat=True)[first : first + count])
    return list(listed.filter(pk__in=ids))


def case_visible(user: User, case_id: uuid.UUID) -> Case | None:
    """Return one case as a person may see it, None if they may not or there is none."""
    rows = cases_visible_to(user).select_related(
        "queue", "customer__data_key", "card", "device", "claimed_by", "assigned_to", "workspace"
    )
    return rows.filter(pk=case_id).first()


def queue_counts(user: User) -> list[QueueCount]:
    """Return how each queue that a person may see stands, by rank. One query each for both."""
    unclosed = cases_visible_to(user).exclude(status=CaseStatus.CLOSED)
    counted = {
        row["queue_id"]: row
        for row in unclosed.order_by()
        .values("queue_id")
        .annotate(
            open=Count("pk", filter=Q(status=CaseStatus.OPEN)),
            held=Count("pk", filter=Q(status__in=HELD_BY_ANALYST)),
            pending_approval=Count("pk", filter=Q(status=CaseStatus.PENDING_APPROVAL)),
            suspended=Count("pk", filter=Q(status=CaseStatus.SUSPENDED)),
            breached=Count("pk", filter=Q(breached_at__isnull=False)),
            oldest_opened_at=Min("opened_at"),
        )
    }
    return [_count_of(queue, counted.get(queue.pk)) for queue in _queues_seen_by(user)]


def held_by(user: User) -> list[Case]:
    """Return what a person has in hand, the most urgent first."""
    held = Case.objects.filter(claimed_by=user, status__in=HELD_BY_ANALYST)
    return list(held.select_related("queue", "customer").order_by("-priority", "due_at", "id"))


def decisions_to_approve(user: User) -> QuerySet[CaseDecision]:
    """Return decisions that wait for this person's second look, the oldest first."""
    if not user.has_perm("cases.approve_case"):
        return CaseDecision.objects.none()
    waiting = CaseDecision.objects.filter(
        status=DecisionStatus.AWAITING_APPROVAL, case__in=cases_visible_to(user)
    )
    rows = waiting.exclude(decided_by=user).select_related("case__queue", "case__customer")
    return rows.order_by("created_at", "id")


def earlier_cases(case: Case, *, limit: int) -> list[Case]:
    """Return other cases about the same subject, the newest first."""
    subject = {
        name: getattr(case, name)
        for name in ("customer_id", "card_id", "device_id")
        if getattr(case, name) is not None
    }
    others = Case.objects.filter(**subject).exclude(pk=case.pk)
    return list(others.select_related("queue").order_by("-opened_at", "-id")[:limit])


def others_viewing(case: Case, user: User) -> list[User]:
    """Return colleagues who have this case open in front of them now."""
    views = CaseView.objects.filter(case=case, seen_at__gte=timezone.now() - VIEWING)
    return [view.user for view in views.exclude(user=user).select_related("user").order_by("pk")]


def view_note(case: Case, user: User) -> None:
    """Note that somebody has a case open in front of them; pages call it again and again."""
    now = timezone.now()
    CaseView.objects.bulk_create(
        [CaseView(case=case, user=user, seen_at=now)],
        update_conflicts=True,
        unique_fields=["case", "user"],
        update_fields=["seen_at"],
    )


def _cases_mentioning(user: User) -> QuerySet[Case, Any]:
    return Case.objects.filter(notes__mentioned=user).values("pk")


def _asked(wanted: CaseFilter) -> Q:
    asked = Q(status__in=wanted.statuses) if wanted.statuses else ~Q(status=CaseStatus.CLOSED)
    if wanted.queue_id:
        asked &= Q(queue_id=wanted.queue_id)
    if wanted.min_severity:
        asked &= Q(severity__gte=wanted.min_severity)
    if wanted.label:
        asked &= Q(label=wanted.label)
    if wanted.is_breached:
        asked &= Q(breached_at__isnull=False)
    if wanted.customer_id:
        asked &= Q(customer_id=wanted.customer_id)
    return asked


def _of_holder(user: User, holder: str) -> Q:
    if holder == "me":
        return Q(claimed_by=user) | Q(assigned_to=user)
    if holder == "nobody":
        return Q(claimed_by=None, assigned_to=None)
    if holder == "colleague":
        return Q(claimed_by__isnull=False) & ~Q(claimed_by=user)
    return Q()


def _queues_seen_by(user: User) -> QuerySet[Queue]:
    queues = Queue.objects.order_by("rank", "id")
    if not user.has_perm("cases.view_case"):
        return queues.none()
    if user.has_perm("cases.work_case"):
        return queues.filter(pk__in=queues_worked_by(user))
    return queues


def _count_of(queue: Queue, row: Mapping[str, Any] | None) -> QueueCount:
    counts = {name: value for name, value in (row or {}).items() if name != "queue_id"}
    empty: dict[str, Any] = {
        "open": 0,
        "held": 0,
        "pending_approval": 0,
        "suspended": 0,
        "breached": 0,
        "oldest_opened_at": None,
    }
    return QueueCount(queue.pk, queue.title, **{**empty, **counts})
