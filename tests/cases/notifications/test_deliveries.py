"""From news to a message that arrived, one worker at a time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case, NotificationChannel, NotificationDelivery
from cases.notifications.choices import NewsKind
from cases.notifications.retries import MAX_TRIES
from cases.services.notification_channels import NewAddress, channel_change
from cases.services.notification_claims import CLAIM, Lane, claim_next, claims_expire
from cases.services.notification_sending import KEPT, deliveries_purge, deliveries_send_due
from cases.tasks_notifications import SENDING, send_notifications
from fraudsite.core.models import User
from tests.cases.notifications.channels import (
    TESTER,
    a_personal_channel,
    a_webhook,
    make_due,
    routed,
    states,
    tell,
)
from tests.cases.notifications.http_sink import HttpSink
from tests.cases.notifications.smtp_sink import SmtpSink
from tests.cases.raised import a_case

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sinks_are_allowed(settings: object) -> None:
    settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = True
    settings.PUBLIC_URL = "https://fraud.example.com/"


@pytest.fixture
def case() -> Case:
    return a_case()


def the_delivery() -> NotificationDelivery:
    return NotificationDelivery.objects.get()


def test_news_reaches_the_channel_and_the_log_says_so(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http))
    tell(case, NewsKind.SLA_BREACHED, severity=3)

    assert deliveries_send_due() == 1

    (posted,) = http.requests
    said = posted.json
    assert said["kind"] == "sla_breached"
    assert said["case"]["reference"] == case.reference
    assert said["case"]["url"].startswith("https://fraud.example.com/")
    row = the_delivery()
    assert posted.headers["X-Fraudsite-Delivery"] == str(row.pk)
    assert (row.state, row.tries, row.last_error, row.claimed_until) == ("sent", 1, "", None)
    assert row.sent_at is not None
    channel.refresh_from_db()
    assert (channel.failures, channel.last_sent_at is not None) == (0, True)
    assert deliveries_send_due() == 0
    assert len(http.requests) == 1


def test_nothing_in_a_message_says_whom_a_case_is_about(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http))
    tell(case)
    deliveries_send_due()

    said = http.requests[0].body.decode()
    customer = case.customer
    assert customer is not None
    assert str(customer.pk) not in said
    assert str(case.amount_minor) not in said
    assert set(http.requests[0].json) == {"title", "text", "kind", "case", "more"}


def test_news_told_twice_is_one_message(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http))
    event = uuid4()

    assert tell(case, event_id=event) == 1
    assert tell(case, event_id=event) == 0
    deliveries_send_due()

    assert len(http.requests) == 1


def test_only_routes_that_are_on_and_fit_take_the_news(http: HttpSink, case: Case) -> None:
    channel = a_webhook(http)
    routed(channel, NewsKind.OPENED, min_severity=4)
    routed(channel, NewsKind.ESCALATED, is_active=False)
    routed(channel, NewsKind.SLA_WARNED, queue_id="onboarding")

    assert tell(case, NewsKind.OPENED, severity=3) == 0
    assert tell(case, NewsKind.ESCALATED, severity=4) == 0
    assert tell(case, NewsKind.SLA_WARNED, severity=4) == 0
    assert tell(case, NewsKind.OPENED, severity=4) == 1
    assert tell(case, NewsKind.SLA_WARNED, queue_id="onboarding") == 1


def test_a_channel_that_is_off_takes_no_news_and_sends_none(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http))
    tell(case)
    channel_change(channel=channel, actor=TESTER, is_active=False)

    assert tell(case) == 0
    assert deliveries_send_due() == 0
    assert http.requests == []
    assert states() == ["pending"]


def test_personal_mail_goes_to_the_person_and_to_nobody_who_left(
    site_mail: SmtpSink, case: Case, anna: User, ben: User, carla: User
) -> None:
    routed(a_personal_channel(), NewsKind.MENTIONED)
    User.objects.filter(pk=ben.pk).update(is_active=False)

    made = tell(case, NewsKind.MENTIONED, people=(str(anna.pk), str(ben.pk), str(carla.pk)))

    assert made == 1
    assert deliveries_send_due() == 1
    (received,) = site_mail.received
    assert received.recipients == (anna.email,)
    assert received.mail["Subject"] == f"Case {case.reference}: you are mentioned in a note"


def test_who_left_after_the_news_was_written_gets_no_mail(
    site_mail: SmtpSink, case: Case, anna: User
) -> None:
    routed(a_personal_channel())
    tell(case, NewsKind.ASSIGNED, people=(str(anna.pk),))
    User.objects.filter(pk=anna.pk).update(is_active=False)

    deliveries_send_due()

    assert site_mail.received == []
    assert the_delivery().last_error == "The person works here no more."


def test_a_failure_pauses_the_lane_and_is_tried_again(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http))
    http.status = 503
    tell(case, NewsKind.OPENED)

    assert deliveries_send_due() == 1

    row = the_delivery()
    assert (row.state, row.tries) == ("failed", 1)
    assert row.last_error == "The server answered 503 Service Unavailable."
    wait = row.due_at - timezone.now()
    assert timedelta(seconds=29) < wait < timedelta(seconds=38)
    channel.refresh_from_db()
    assert (channel.failures, channel.last_error) == (1, row.last_error)

    # What comes meanwhile waits too: what failed a moment ago would fail again.
    tell(case, NewsKind.ESCALATED)
    assert deliveries_send_due() == 0
    assert len(http.requests) == 1

    http.status = 200
    make_due()
    assert deliveries_send_due() == 2
    assert states() == ["sent", "sent"]
    channel.refresh_from_db()
    assert (channel.failures, channel.last_error) == (0, "")


def test_after_eight_tries_it_is_given_up_and_the_next_news_is_tried(
    http: HttpSink, case: Case
) -> None:
    channel = routed(a_webhook(http))
    http.status = 500
    tell(case)
    for _ in range(MAX_TRIES + 2):
        make_due()
        deliveries_send_due()

    assert len(http.requests) == MAX_TRIES
    row = the_delivery()
    assert (row.state, row.tries) == ("given_up", MAX_TRIES)
    channel.refresh_from_db()
    assert channel.failures == MAX_TRIES

    tell(case, NewsKind.ESCALATED)
    assert deliveries_send_due() == 1


def test_one_failing_channel_keeps_no_other_waiting(
    http: HttpSink, case: Case, closed_port: int
) -> None:
    routed(a_webhook(f"http://127.0.0.1:{closed_port}/", name="Away"))
    routed(a_webhook(http, name="There"))
    tell(case)

    assert deliveries_send_due() == 2

    assert len(http.requests) == 1
    rows = NotificationDelivery.objects.order_by("channel__name")
    assert [(row.channel.name, row.state) for row in rows] == [
        ("Away", "failed"),
        ("There", "sent"),
    ]


def test_a_person_whose_mail_is_refused_keeps_no_colleague_waiting(
    site_mail: SmtpSink, case: Case, anna: User, ben: User
) -> None:
    routed(a_personal_channel())
    site_mail.refused = {anna.email}
    tell(case, NewsKind.MENTIONED, people=(str(anna.pk), str(ben.pk)))
    deliveries_send_due()

    tell(case, NewsKind.MENTIONED, people=(str(anna.pk), str(ben.pk)))
    deliveries_send_due()

    assert [one.recipients for one in site_mail.received] == [(ben.email,), (ben.email,)]
    of_anna = NotificationDelivery.objects.filter(recipient=anna)
    assert sorted(of_anna.values_list("state", flat=True)) == ["failed", "pending"]


def test_more_than_the_limit_becomes_one_message_about_the_most_urgent(
    http: HttpSink, case: Case
) -> None:
    routed(a_webhook(http, max_messages=3, window_minutes=10))
    for priority in range(10, 25):
        tell(case, NewsKind.OPENED, priority=priority)
    tell(case, NewsKind.SLA_BREACHED, priority=5, severity=4)

    assert deliveries_send_due() == 3

    told = [posted.json for posted in http.requests]
    assert [(one["kind"], one["case"]["priority"]) for one in told] == [
        ("sla_breached", 5),
        ("opened", 24),
        ("opened", 23),
    ]
    assert [one["more"] for one in told] == [{}, {}, {"opened": 13}]
    assert "and 13 more: new case 13" in told[2]["text"]
    assert set(states()) == {"sent"}
    lead = NotificationDelivery.objects.get(merged__isnull=False, priority=23, merged__priority=10)
    assert lead.merged.count() == 13


def test_what_comes_when_the_limit_is_reached_waits_and_then_goes_at_once(
    http: HttpSink, case: Case
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        routed(a_webhook(http, max_messages=2, window_minutes=10))
        for minute in range(5):
            clock.move_to(NOON + timedelta(minutes=minute))
            tell(case, priority=minute)
            deliveries_send_due()
        assert len(http.requests) == 2
        due = NotificationDelivery.objects.filter(state="pending").values_list("due_at", flat=True)
        assert set(due) == {NOON + timedelta(minutes=10)}

        clock.move_to(NOON + timedelta(minutes=10))
        assert deliveries_send_due() == 1

    assert [posted.json["more"] for posted in http.requests] == [{}, {}, {"opened": 2}]
    assert set(states()) == {"sent"}


def test_a_digest_that_fails_is_tried_again_as_a_whole(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http, max_messages=1))
    http.status = 502
    for _ in range(3):
        tell(case)
    deliveries_send_due()
    assert states() == ["failed"] * 3
    assert NotificationDelivery.objects.exclude(merged_into=None).count() == 0

    http.status = 200
    make_due()
    deliveries_send_due()

    assert [posted.json["more"] for posted in http.requests] == [{"opened": 2}] * 2
    assert states() == ["sent"] * 3


def test_quiet_hours_hold_what_is_not_urgent(http: HttpSink, case: Case) -> None:
    with time_machine.travel(datetime(2026, 11, 21, 22, 30, tzinfo=UTC), tick=False) as clock:
        channel = a_webhook(
            http, quiet_from=time(22), quiet_until=time(7), time_zone="Europe/Vienna"
        )
        routed(channel, NewsKind.OPENED)
        routed(channel, NewsKind.SLA_BREACHED, is_urgent=True)
        tell(case, NewsKind.OPENED)
        tell(case, NewsKind.SLA_BREACHED)

        assert deliveries_send_due() == 1

        assert [posted.json["kind"] for posted in http.requests] == ["sla_breached"]
        held = NotificationDelivery.objects.get(state="held")
        assert held.due_at == datetime(2026, 11, 22, 6, tzinfo=UTC)

        clock.move_to(datetime(2026, 11, 22, 5, 59, 59, tzinfo=UTC))
        assert deliveries_send_due() == 0
        clock.move_to(datetime(2026, 11, 22, 6, tzinfo=UTC))
        assert deliveries_send_due() == 1

    assert [posted.json["kind"] for posted in http.requests] == ["sla_breached", "opened"]


def test_what_is_held_follows_new_quiet_hours(http: HttpSink, case: Case) -> None:
    with time_machine.travel(datetime(2026, 11, 21, 23, tzinfo=UTC), tick=False):
        channel = routed(a_webhook(http, quiet_from=time(22), quiet_until=time(7)))
        tell(case)
        deliveries_send_due()
        assert states() == ["held"]

        channel_change(channel=channel, actor=TESTER, quiet_from=None, quiet_until=None)

        assert deliveries_send_due() == 1


def test_a_mended_address_is_used_without_waiting_for_the_next_try(
    http: HttpSink, case: Case, closed_port: int
) -> None:
    channel = routed(a_webhook(f"http://127.0.0.1:{closed_port}/"))
    tell(case)
    deliveries_send_due()
    assert states() == ["failed"]

    channel_change(channel=channel, actor=TESTER, address=NewAddress(f"{http.url}/mended"))

    assert deliveries_send_due() == 1
    assert [posted.path for posted in http.requests] == ["/mended"]


def test_old_news_is_given_up_when_a_channel_comes_back(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http))
    tell(case)
    channel_change(channel=channel, actor=TESTER, is_active=False)
    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        channel_change(channel=channel, actor=TESTER, is_active=True)
        assert deliveries_send_due() == 0

    assert http.requests == []
    assert the_delivery().state == "given_up"
    assert "news to nobody" in the_delivery().last_error


def test_what_a_worker_that_died_had_claimed_is_sent_by_another(http: HttpSink, case: Case) -> None:
    channel = routed(a_webhook(http))
    tell(case)
    now = timezone.now()
    assert claim_next(Lane(channel.pk, None), now) is not None
    assert deliveries_send_due() == 0

    assert claims_expire(now + CLAIM + timedelta(seconds=1)) == 1

    row = the_delivery()
    assert (row.state, row.tries) == ("failed", 1)
    assert "may have arrived" in row.last_error
    make_due()
    assert deliveries_send_due() == 1
    assert the_delivery().tries == 2


def test_the_budget_of_a_run_ends_it_and_the_next_run_goes_on(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http))
    tell(case)

    assert deliveries_send_due(budget_s=0.0) == 0
    assert deliveries_send_due() == 1


def test_an_address_whose_key_is_gone_fails_without_stopping_the_others(
    http: HttpSink, case: Case
) -> None:
    broken = routed(a_webhook(http, name="Broken"))
    NotificationChannel.objects.filter(pk=broken.pk).update(address_sealed=b"not sealed")
    routed(a_webhook(http, name="Sound"))
    tell(case)

    assert deliveries_send_due() == 2

    row = NotificationDelivery.objects.get(channel=broken)
    assert (row.state, row.last_error) == (
        "failed",
        "The channel's address cannot be read; enter it again.",
    )
    assert len(http.requests) == 1


def test_the_log_is_kept_for_ninety_days(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http))
    tell(case, NewsKind.OPENED)
    deliveries_send_due()
    tell(case, NewsKind.ESCALATED)
    long_ago = timezone.now() - KEPT - timedelta(days=1)
    NotificationDelivery.objects.update(created_at=long_ago)
    tell(case, NewsKind.SLA_WARNED)

    assert deliveries_purge() == 1

    assert sorted(states()) == ["pending", "pending"]


def test_one_thread_of_a_worker_sends_at_a_time(http: HttpSink, case: Case) -> None:
    routed(a_webhook(http))
    tell(case)

    with SENDING:
        assert send_notifications() == 0
    assert states() == ["pending"]
    assert send_notifications() == 1
    assert states() == ["sent"]
