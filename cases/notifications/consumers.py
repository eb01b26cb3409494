"""Which events of cases are news, and whom each is about. Imported by `cases.consumers`."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from cases.choices import CaseStatus
from cases.models import Case
from cases.notifications.choices import NewsKind
from cases.services.alerts import CASE_OPENED
from cases.services.claims import CASE_ASSIGNED, CASE_ESCALATED
from cases.services.notes import CASE_MENTIONED
from cases.services.notifications import CaseNews, holder_of, notifications_announce
from cases.services.sweeping import SLA_BREACHED, SLA_WARNED
from fraudsite.core.outbox import Event, consumes

MOVED_TO_OPEN = "cases.case.open"
NEWS = {
    CASE_OPENED: NewsKind.OPENED,
    CASE_ASSIGNED: NewsKind.ASSIGNED,
    CASE_MENTIONED: NewsKind.MENTIONED,
    CASE_ESCALATED: NewsKind.ESCALATED,
    SLA_WARNED: NewsKind.SLA_WARNED,
    SLA_BREACHED: NewsKind.SLA_BREACHED,
}
ABOUT_THE_HOLDER = frozenset({NewsKind.SLA_WARNED, NewsKind.SLA_BREACHED})


@consumes(*NEWS, name="cases.announce")
def announce(event: Event) -> None:
    """Write what is to be told, and to whom; a task sends it."""
    kind = NEWS[event.kind]
    notifications_announce(_news(kind, event, _people(kind, event)))


@consumes(MOVED_TO_OPEN, name="cases.announce_reopened")
def announce_reopened(event: Event) -> None:
    """Tell of a closed case that is open again; one that was only released is no news."""
    case = Case.objects.filter(pk=event.aggregate_id).first()
    if event.payload["from"] != CaseStatus.CLOSED or case is None:
        return
    # The move's event tells where the case was before it.
    now = {"queue": case.queue_id, "severity": case.severity, "priority": case.priority}
    notifications_announce(_news(NewsKind.REOPENED, replace(event, payload=now), ()))


def _people(kind: NewsKind, event: Event) -> tuple[str, ...]:
    if kind in ABOUT_THE_HOLDER:
        return holder_of(UUID(event.aggregate_id))
    if kind == NewsKind.ASSIGNED:
        return (str(event.payload["user_id"]),)
    return tuple(str(one) for one in event.payload.get("mentioned_ids", ()))


def _news(kind: NewsKind, event: Event, people: tuple[str, ...]) -> CaseNews:
    return CaseNews(
        event_id=event.id,
        kind=kind,
        case_id=UUID(event.aggregate_id),
        queue_id=str(event.payload["queue"]),
        severity=int(event.payload["severity"]),
        priority=int(event.payload["priority"]),
        people=people,
    )
