from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from cases.models import NotificationChannel, NotificationDelivery, NotificationRoute
from cases.services.notification_channels import channel_address
from cases.services.notification_sending import deliveries_send_due
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from tests.cases.notifications.channels import SECRET, a_webhook, make_due, routed, tell
from tests.cases.notifications.http_sink import HttpSink
from tests.cases.raised import a_case

pytestmark = pytest.mark.django_db
ADDRESS = "https://siem.example.com/unseen-path"
NO_ROUTES = {
    "routes-TOTAL_FORMS": "0",
    "routes-INITIAL_FORMS": "0",
    "routes-MIN_NUM_FORMS": "0",
    "routes-MAX_NUM_FORMS": "1000",
}
FORM = {
    "name": "Operations",
    "kind": "webhook",
    "address": ADDRESS,
    "secret": SECRET,
    "max_messages": "10",
    "window_minutes": "10",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "time_zone": "Europe/Vienna",
    "is_active": "on",
    **NO_ROUTES,
}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = True


@pytest.fixture
def root(make_user: Callable[..., User]) -> User:
    return make_user("root@example.com", Role.ADMINISTRATOR)


@pytest.fixture
def admin(root: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(root)


def page(name: str, *args: object) -> str:
    return reverse(f"admin:cases_notification{name}", args=args)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


READERS = {"analyst", "senior_analyst", "risk_manager", "auditor", "administrator"}
# page: who reads it, who writes to it
ROUTES = {
    "channel_changelist": (READERS, set()),
    "channel_add": ({"administrator"}, {"administrator"}),
    "channel_change": (READERS, {"administrator"}),
    "channel_send_test": ({"administrator"}, {"administrator"}),
    "delivery_changelist": (READERS, set()),
    "delivery_change": (READERS, set()),
    "delivery_add": (set(), set()),
    "delivery_delete": (set(), set()),
    "channel_delete": (set(), set()),
}


@pytest.mark.parametrize("role", [*Role.values, "anonymous"])
def test_each_page_opens_to_those_who_may(
    role: str, http: HttpSink, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    channel = routed(a_webhook(http))
    tell(a_case())
    rows = {"channel": channel.pk, "delivery": NotificationDelivery.objects.get().pk}
    anonymous = role == "anonymous"
    client = Client() if anonymous else as_user(make_user(f"{role}@example.com", role))
    refusals = {302, 403} if role in {"anonymous", "customer"} else {302, 403, 404}

    for name, (readers, writers) in ROUTES.items():
        has_object = not name.endswith(("_changelist", "_add"))
        address = page(name, *([rows[name.partition("_")[0]]] if has_object else []))

        read = client.get(address)
        assert read.status_code == 200 if role in readers else read.status_code in refusals, name
        if role not in writers:
            client.post(address, {"name": "Mine", "action": "send_again"})

    if role != "administrator":
        assert http.requests == []
    assert list(NotificationChannel.objects.values_list("name", flat=True)) == ["Operations"]
    assert list(NotificationDelivery.objects.values_list("state", flat=True)) == ["pending"]


def test_a_channel_is_made_and_its_address_is_never_shown(admin: Client) -> None:
    response = admin.post(page("channel_add"), FORM)

    assert response.status_code == 302
    channel = NotificationChannel.objects.get()
    assert channel_address(channel).text == ADDRESS
    assert str(channel.quiet_from), channel.time_zone == ("22:00:00", "Europe/Vienna")
    for shown in ("channel_changelist", "channel_change"):
        args = [channel.pk] if shown == "channel_change" else []
        html = admin.get(page(shown, *args)).content.decode()
        assert "siem.example.com/…" in html
        assert "unseen-path" not in html
        assert SECRET not in html
    assert AuditEntry.objects.filter(action="notification_channel.created").count() == 1


def test_an_empty_address_keeps_the_old_one_and_a_new_one_replaces_it(admin: Client) -> None:
    channel = a_webhook(ADDRESS)
    address = page("channel_change", channel.pk)

    admin.post(address, {**FORM, "address": "", "secret": "", "name": "Renamed"})
    channel.refresh_from_db()
    assert (channel.name, channel_address(channel).text) == ("Renamed", ADDRESS)

    admin.post(address, {**FORM, "address": "https://new.example.com/"})
    channel.refresh_from_db()
    assert channel_address(channel).text == "https://new.example.com/"
    assert channel.address_hint == "https://new.example.com/…"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("address", "", "This is no address for Webhook."),
        ("address", "syslog://localhost", "This is no address for Webhook."),
        ("secret", "short", "A secret that signs has at least 16 characters."),
        ("quiet_until", "", "Quiet hours need a beginning and an end, or neither."),
        ("quiet_until", "22:00", "Quiet hours need a beginning and another time for their end."),
        ("time_zone", "Mars/Olympus", "There is no time zone"),
    ],
)
def test_what_cannot_work_is_said_at_its_field_and_nothing_is_made(
    admin: Client, field: str, value: str, sentence: str
) -> None:
    response = admin.post(page("channel_add"), {**FORM, field: value})

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert NotificationChannel.objects.count() == 0


def test_a_secret_without_its_address_is_not_lost_unseen(admin: Client) -> None:
    channel = a_webhook(ADDRESS)

    response = admin.post(page("channel_change", channel.pk), {**FORM, "address": ""})

    assert "Enter the address again with its secret." in response.content.decode()


def test_routes_are_saved_with_their_channel_and_audited(admin: Client) -> None:
    route = {
        "routes-TOTAL_FORMS": "1",
        "routes-0-news": "sla_breached",
        "routes-0-queue": "payments",
        "routes-0-min_severity": "3",
        "routes-0-is_urgent": "on",
        "routes-0-is_active": "on",
    }

    assert admin.post(page("channel_add"), {**FORM, **route}).status_code == 302

    made = NotificationRoute.objects.get()
    assert (made.channel.name, made.news, made.queue_id, made.min_severity, made.is_urgent) == (
        "Operations",
        "sla_breached",
        "payments",
        3,
        True,
    )
    entry = AuditEntry.objects.get(action="notification_channel.routes_changed")
    assert entry.target_id == str(made.channel_id)


def test_the_button_sends_a_test_message_and_says_how_that_went(
    admin: Client, http: HttpSink
) -> None:
    channel = a_webhook(http)
    address = page("channel_send_test", channel.pk)
    assert b"Send it" in admin.get(address).content
    assert http.requests == []

    assert said(admin.post(address))[-1] == "Operations took the message."
    http.status = 503
    sentence = "Not sent. The server answered 503 Service Unavailable."
    assert said(admin.post(address))[-1] == sentence

    assert len(http.requests) == 2


def test_a_test_over_a_channel_that_is_not_there_is_a_404(admin: Client) -> None:
    response = admin.post(page("channel_send_test", uuid4()))

    assert response.status_code in {302, 404}
    assert NotificationDelivery.objects.count() == 0


def test_a_failing_channel_is_seen_in_the_list(admin: Client, http: HttpSink) -> None:
    routed(a_webhook(http))
    http.status = 410
    tell(a_case())
    deliveries_send_due()

    html = admin.get(page("channel_changelist")).content.decode()

    assert "Failing" in html
    assert "The server answered 410 Gone." in html


def test_what_was_given_up_is_sent_again_on_request(admin: Client, http: HttpSink) -> None:
    routed(a_webhook(http))
    http.status = 500
    tell(a_case())
    for _ in range(8):
        make_due()
        deliveries_send_due()
    row = NotificationDelivery.objects.get()
    assert row.state == "given_up"
    http.status = 200

    response = admin.post(
        page("delivery_changelist"), {"action": "send_again", "_selected_action": [str(row.pk)]}
    )

    assert said(response) == ["1 will be tried again."]
    assert deliveries_send_due() == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == ("sent", 1)
    assert AuditEntry.objects.filter(action="notifications.sent_again").count() == 1
