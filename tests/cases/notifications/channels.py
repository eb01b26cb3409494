"""Channels, routes and news as an installation has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from cases.models import Case, NotificationChannel, NotificationDelivery, NotificationRoute
from cases.notifications.choices import NewsKind
from cases.services.notification_channels import NewAddress, channel_create
from cases.services.notifications import CaseNews, notifications_announce
from fraudsite.core.actors import Actor
from tests.cases.notifications.http_sink import HttpSink

TESTER = Actor.system("tests")
SECRET = "a secret of some length"


def a_webhook(http: HttpSink | str, **settings: Any) -> NotificationChannel:
    """A webhook that leads to a sink, without a limit that matters."""
    address = http if isinstance(http, str) else f"{http.url}/hook"
    chosen = {"name": "Operations", "max_messages": 1_000, **settings}
    return channel_create(
        kind="webhook", address=NewAddress(address, SECRET), actor=TESTER, **chosen
    )


def a_personal_channel(**settings: Any) -> NotificationChannel:
    """Mail to whoever the news is about."""
    chosen = {"name": "Own mail", **settings}
    return channel_create(kind="personal_email", address=NewAddress(""), actor=TESTER, **chosen)


def routed(channel: NotificationChannel, *kinds: NewsKind, **settings: Any) -> NotificationChannel:
    """The channel, with a route for each kind of news, or for all."""
    for kind in kinds or tuple(NewsKind):
        NotificationRoute.objects.create(channel=channel, news=kind, **settings)
    return channel


def tell(
    case: Case, kind: NewsKind = NewsKind.OPENED, *, event_id: UUID | None = None, **of: Any
) -> int:
    """Announce something about a case; return how many deliveries are new."""
    said = {"queue_id": case.queue_id, "severity": case.severity, "priority": 50, **of}
    return notifications_announce(
        CaseNews(event_id=event_id or uuid4(), kind=kind, case_id=case.pk, **said)
    )


def states() -> list[str]:
    """How the deliveries stand, oldest first."""
    rows = NotificationDelivery.objects.order_by("created_at", "id")
    return list(rows.values_list("state", flat=True))


def make_due(at: datetime | None = None) -> None:
    """Let everything that waits be looked at now."""
    NotificationDelivery.objects.update(due_at=at or timezone.now())
