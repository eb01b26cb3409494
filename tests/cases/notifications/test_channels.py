from __future__ import annotations

import json
from datetime import time

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from cases.models import NotificationChannel, NotificationDelivery
from cases.notifications.addresses import AddressInvalid
from cases.services.notification_channels import (
    NewAddress,
    channel_address,
    channel_change,
    channel_create,
)
from fraudsite.core.models import AuditEntry
from kyc.refusals import Refusal
from tests.cases.notifications.channels import SECRET, TESTER, a_personal_channel, a_webhook
from tests.cases.notifications.http_sink import HttpSink
from tests.cases.notifications.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db
ADDRESS = "https://siem.example.com/hidden-path?key=hidden"


@pytest.fixture(autouse=True)
def sinks_are_allowed(settings: object) -> None:
    settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = True


def stored() -> bytes:
    return bytes(NotificationChannel.objects.values_list("address_sealed", flat=True).get())


def test_an_address_is_sealed_and_opens_only_for_its_own_channel() -> None:
    channel = a_webhook(ADDRESS)

    assert b"hidden" not in stored()
    assert SECRET.encode() not in stored()
    assert channel.address_hint == "https://siem.example.com/…"
    opened = channel_address(NotificationChannel.objects.get())
    assert (opened.text, opened.secret) == (ADDRESS, SECRET)

    other = a_webhook("https://other.example.com/", name="Other")
    other.address_sealed = channel.address_sealed
    with pytest.raises(AddressInvalid, match="cannot be opened"):
        channel_address(other)


def test_no_trace_of_an_address_is_in_the_audit_trail() -> None:
    channel = a_webhook(ADDRESS)
    channel_change(channel=channel, actor=TESTER, address=NewAddress(ADDRESS + "2", SECRET))

    entries = AuditEntry.objects.filter(target_id=str(channel.pk)).order_by("id")

    assert [entry.action for entry in entries] == [
        "notification_channel.created",
        "notification_channel.changed",
    ]
    said = json.dumps([entry.details for entry in entries])
    assert "hidden" not in said
    assert SECRET not in said
    assert entries[1].details["is_moved"] is True


def test_a_channel_keeps_its_address_when_other_things_change() -> None:
    channel = a_webhook(ADDRESS)
    before = stored()

    channel_change(channel=channel, actor=TESTER, name="Renamed", max_messages=3)

    assert stored() == before
    assert NotificationChannel.objects.get().name == "Renamed"


@pytest.mark.parametrize(
    ("kind", "text", "chosen", "code", "field"),
    [
        ("webhook", "file:///etc/passwd", {}, "bad_address", "address"),
        ("slack", "https://example.com", {}, "bad_address", "address"),
        ("webhook", ADDRESS, {"quiet_from": time(22)}, "bad_quiet_hours", "quiet_until"),
        (
            "webhook",
            ADDRESS,
            {"quiet_from": time(22), "quiet_until": time(7), "time_zone": "Mars/Olympus"},
            "bad_quiet_hours",
            "quiet_until",
        ),
    ],
)
def test_what_could_never_work_is_refused_and_nothing_is_kept(
    kind: str, text: str, chosen: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        channel_create(kind=kind, address=NewAddress(text), actor=TESTER, name="Team", **chosen)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert NotificationChannel.objects.count() == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "broken",
    [{"max_messages": 0}, {"window_minutes": 0}, {"quiet_from": time(1)},
     {"quiet_from": time(1), "quiet_until": time(1)}],
)  # fmt: skip
def test_the_database_refuses_what_the_form_would(broken: dict[str, object]) -> None:
    a_webhook(ADDRESS)

    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationChannel.objects.update(**broken)


def test_the_command_sends_and_reports_as_json(
    http: HttpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = a_webhook(http)

    call_command("send_test_notification", "Operations", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "channel": "Operations",
        "kind": "webhook",
        "address": f"http://127.0.0.1:{http.port}/…",
        "is_sent": True,
        "code": "sent",
        "sentence": "",
    }
    assert http.requests[0].json["kind"] == "test"
    row = NotificationDelivery.objects.get()
    assert (row.channel, row.news, row.state, row.case) == (channel, "test", "sent", None)
    assert AuditEntry.objects.filter(action="notification_channel.tested").count() == 1


def test_the_command_takes_an_id_as_well(
    http: HttpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = a_webhook(http)

    call_command("send_test_notification", str(channel.pk))

    assert capsys.readouterr().out.endswith("took the message.\n")


def test_a_message_that_is_not_taken_ends_with_one(
    http: HttpSink, capsys: pytest.CaptureFixture[str]
) -> None:
    a_webhook(http)
    http.status = 500

    with pytest.raises(CommandError, match="answered 500") as ended:
        call_command("send_test_notification", "Operations", "--json")

    assert ended.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["code"] == "http_500"
    assert NotificationDelivery.objects.get().state == "given_up"


def test_a_channel_nobody_knows_ends_with_two(http: HttpSink) -> None:
    a_webhook(http)

    with pytest.raises(CommandError, match="There are: Operations") as ended:
        call_command("send_test_notification", "Operation")

    assert ended.value.returncode == 2
    assert http.requests == []


def test_a_personal_channel_is_tried_on_whoever_asks(site_mail: SmtpSink) -> None:
    a_personal_channel()

    with pytest.raises(CommandError, match="whom to write to") as ended:
        call_command("send_test_notification", "Own mail")
    call_command("send_test_notification", "Own mail", "--to=ada@example.com")

    assert ended.value.returncode == 2
    assert [one.recipients for one in site_mail.received] == [("ada@example.com",)]
    assert site_mail.received[0].mail["Subject"] == "Test message from Fraudsite"


def test_a_private_address_is_refused_unless_the_operator_allows_it(
    http: HttpSink, settings: object
) -> None:
    settings.NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES = False
    a_webhook(http)

    with pytest.raises(CommandError, match="private network"):
        call_command("send_test_notification", "Operations")

    assert http.requests == []
