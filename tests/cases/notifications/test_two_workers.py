"""Several workers at the same deliveries, in connections of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import Case, NotificationDelivery
from cases.notifications.choices import NewsKind
from cases.notifications.outcomes import SENT
from cases.services.notification_claims import CLAIM, Lane, claim_end, claim_next, claims_expire
from cases.services.notification_sending import deliveries_send_due
from tests.cases.notifications.channels import a_webhook, make_due, routed, tell
from tests.cases.notifications.http_sink import HttpSink
from tests.cases.raised import a_case
from tests.cases.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


@pytest.fixture(autouse=True)
def sinks_are_allowed(settings: object) -> None:
    settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = True


@pytest.fixture
def case() -> Case:
    return a_case()


def workers(act: Callable[[], Any]) -> list[Any]:
    return at_once([act] * WORKERS)


def test_no_delivery_is_sent_twice_and_none_is_forgotten(http: HttpSink, case: Case) -> None:
    for name in ("One", "Two", "Three"):
        routed(a_webhook(http, name=name), NewsKind.OPENED)
    for _ in range(8):
        tell(case)

    tried = workers(deliveries_send_due)
    # A worker passes by a channel that another one is at; what is left is the next run's.
    tried.append(deliveries_send_due())

    ids = Counter(posted.headers["X-Fraudsite-Delivery"] for posted in http.requests)
    assert set(ids.values()) == {1}
    assert len(ids) == sum(tried) == 24
    assert set(NotificationDelivery.objects.values_list("state", "tries")) == {("sent", 1)}


def test_workers_together_keep_to_the_limit(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http, max_messages=2), NewsKind.OPENED)
    for _ in range(12):
        tell(case)

    workers(deliveries_send_due)
    deliveries_send_due()

    assert len(http.requests) == 2
    assert sum(1 + posted.json["more"].get("opened", 0) for posted in http.requests) == 12


def test_one_worker_claims_a_message_and_the_others_find_nothing(
    http: HttpSink, case: Case
) -> None:
    channel = routed(a_webhook(http), NewsKind.OPENED)
    tell(case)
    now = timezone.now()

    claims = workers(lambda: claim_next(Lane(channel.pk, None), now))

    assert sum(claim is not None for claim in claims) == 1
    assert NotificationDelivery.objects.get().tries == 1


def test_a_worker_that_comes_back_too_late_changes_nothing(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http), NewsKind.OPENED)
    tell(case)
    lane, now = Lane(channel.pk, None), timezone.now()
    first = claim_next(lane, now)
    later = now + CLAIM + timedelta(seconds=1)
    claims_expire(later)
    make_due(later)
    second = claim_next(lane, later)
    assert first is not None
    assert second is not None

    assert claim_end(first, SENT, later) is False

    row = NotificationDelivery.objects.get()
    assert (row.state, row.tries, row.claimed_until) == ("sending", 2, second.until)
    assert claim_end(second, SENT, later) is True
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("sent", later)


def test_news_that_two_relays_tell_at_once_is_written_once(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http), NewsKind.OPENED)
    event = uuid4()

    workers(lambda: tell(case, event_id=event))

    assert NotificationDelivery.objects.count() == 1
