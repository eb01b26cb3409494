"""News of cases becomes deliveries, one a place; sending them is another module's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import Case, NotificationDelivery, NotificationRoute, Queue
from cases.notifications.choices import DeliveryState, NewsKind
from cases.notifications.routing import Destination, News, Route, destinations
from cases.tasks_notifications import send_notifications
from fraudsite.core.actors import Actor
from fraudsite.core.base_task import enqueue_on_commit
from fraudsite.core.models import User
from fraudsite.core.roles import STAFF_ROLES
from fraudsite.core.services.audit import audit_record


@dataclass(frozen=True, slots=True)
class CaseNews:
    """What happened to a case, as its event told it.

    `people` holds the ids of those it is about; nothing in here says anything about a customer.
    """

    event_id: UUID
    kind: NewsKind
    case_id: UUID
    queue_id: str
    severity: int
    priority: int
    people: tuple[str, ...] = ()


def notifications_announce(news: CaseNews) -> int:
    """Write a delivery for each place the news goes to; return how many are new.

    Told twice, it is written once: the second time the unique constraint leaves it out.
    """
    asked = News(news.kind, news.queue_id, news.severity, _still_here(news.people))
    places = destinations(asked, _routes(news.kind))
    if not places:
        return 0
    title = _title_of(news.queue_id)
    rows = [_delivery(news, place, title) for place in places]
    before = NotificationDelivery.objects.filter(event_id=news.event_id).count()
    NotificationDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    enqueue_on_commit(send_notifications)
    return NotificationDelivery.objects.filter(event_id=news.event_id).count() - before


def deliveries_send_again(*, ids: Sequence[UUID], actor: Actor) -> int:
    """Let deliveries that were given up be tried from the start; return how many there were."""
    now = timezone.now()
    with transaction.atomic():
        given_up = NotificationDelivery.objects.filter(
            pk__in=ids, state=DeliveryState.GIVEN_UP, case__isnull=False
        )
        # As old as the wish to have it told, or it would be given up again for its age.
        count = given_up.update(
            state=DeliveryState.PENDING, tries=0, last_error="", due_at=now, created_at=now
        )
        if count:
            details = {"count": count}
            audit_record(
                actor=actor, action="notifications.sent_again", target=None, details=details
            )
            enqueue_on_commit(send_notifications)
    return count


def holder_of(case_id: UUID) -> tuple[str, ...]:
    """Return whose work a case is at this moment: the analyst who holds it or was given it."""
    held = Case.objects.filter(pk=case_id).values_list("claimed_by_id", "assigned_to_id").first()
    found = next((one for one in held or () if one is not None), None)
    return () if found is None else (str(found),)


def _still_here(people: Sequence[str]) -> tuple[str, ...]:
    """Return those who work here; whoever left is told nothing."""
    known = User.objects.filter(pk__in=people, is_active=True, role__in=STAFF_ROLES)
    return tuple(str(pk) for pk in known.values_list("pk", flat=True))


def _routes(kind: str) -> list[Route]:
    rows = NotificationRoute.objects.filter(news=kind, is_active=True, channel__is_active=True)
    return [
        Route(
            kind=row.news,
            queue=row.queue_id or "",
            min_severity=row.min_severity,
            channel=str(row.channel_id),
            is_personal=row.channel.is_personal,
            is_urgent=row.is_urgent,
        )
        for row in rows.select_related("channel")
    ]


def _delivery(news: CaseNews, place: Destination, queue_title: str) -> NotificationDelivery:
    now = timezone.now()
    return NotificationDelivery(
        event_id=news.event_id,
        channel_id=UUID(place.channel),
        recipient_id=UUID(place.person) if place.person else None,
        case_id=news.case_id,
        news=news.kind,
        queue_title=queue_title,
        severity=news.severity,
        priority=news.priority,
        is_urgent=place.is_urgent,
        due_at=now,
        created_at=now,
    )


def _title_of(queue_id: str) -> str:
    """Return what a queue is called now; its id if it is gone."""
    return Queue.objects.filter(pk=queue_id).values_list("title", flat=True).first() or queue_id
