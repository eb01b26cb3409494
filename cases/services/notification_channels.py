"""Channels: made, changed and tried out; their addresses sealed, and shown to nobody again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import NotificationChannel, NotificationDelivery
from cases.notifications.addresses import Address, AddressInvalid, address_read, masked
from cases.notifications.choices import TEST, WAITING, ChannelKind, DeliveryState
from cases.notifications.configuration import is_private_allowed
from cases.notifications.outcomes import Outcome
from cases.notifications.quiet_hours import QuietHoursInvalid
from cases.notifications.rendering import Story, words_for
from cases.notifications.sending import send
from fraudsite.core.actors import Actor
from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.crypto.keyring import KeyRingError
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import (
    DataKeyDestroyed,
    open_json,
    platform_key,
    seal_json,
)
from kyc.refusals import Refusal

HINT_LENGTH = 200
SETTINGS = (
    "name",
    "max_messages",
    "window_minutes",
    "quiet_from",
    "quiet_until",
    "time_zone",
    "is_active",
)


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address as somebody typed it in."""

    text: str = field(repr=False)
    secret: str = field(default="", repr=False)


def channel_create(
    *, kind: str, address: NewAddress, actor: Actor, **settings: Any
) -> NotificationChannel:
    """Make a channel. Raises `Refusal` for an address or quiet hours that cannot be used."""
    channel = NotificationChannel(kind=kind)
    _apply(channel, settings)
    _seal(channel, _read(kind, address))
    with transaction.atomic():
        channel.save(force_insert=True)
        audit_record(
            actor=actor,
            action="notification_channel.created",
            target=channel,
            details={"kind": kind, **_told(settings)},
        )
    return channel


def channel_change(
    *,
    channel: NotificationChannel,
    actor: Actor,
    address: NewAddress | None = None,
    **settings: Any,
) -> None:
    """Change settings, and the address if a new one is given; what waits is looked at again.

    Raises `Refusal` as `channel_create` does.
    """
    _apply(channel, settings)
    fields = list(settings)
    if address is not None:
        _seal(channel, _read(channel.kind, address))
        channel.failures, channel.last_error = 0, ""
        fields += ["address_sealed", "address_hint", "failures", "last_error"]
    with transaction.atomic():
        channel.save(update_fields=fields)
        _look_again(channel)
        audit_record(
            actor=actor,
            action="notification_channel.changed",
            target=channel,
            details={"is_moved": address is not None, **_told(settings)},
        )


def channel_address(channel: NotificationChannel) -> Address:
    """Return where a channel leads, opened for sending.

    Raises `AddressInvalid` when its key is gone or the row was altered.
    """
    try:
        kept = open_json(
            data_key=platform_key(), sealed=channel.address_sealed, context=channel.context
        )
    except (SealBroken, DataKeyDestroyed, KeyRingError):
        message = "The channel's address cannot be opened; enter it again."
        raise AddressInvalid(message) from None
    return Address(ChannelKind(channel.kind), kept["text"], kept["secret"])


def channel_test(*, channel: NotificationChannel, actor: Actor, own_address: str = "") -> Outcome:
    """Send a test message at once, whatever the hour and the throttle, and log how that went.

    It takes up to ten seconds. A personal channel writes to `own_address`. Raises `Refusal` for
    one without it, and when the channel's address cannot be opened.
    """
    address = _personal(own_address) if channel.is_personal else _openable(channel)
    delivery = _test_delivery(channel)
    words = words_for(channel.kind, Story(news=TEST))
    outcome = send(
        address, words, delivery_id=str(delivery.pk), is_private_allowed=is_private_allowed()
    )
    _log_test(delivery, outcome, actor)
    return outcome


def _apply(channel: NotificationChannel, settings: Mapping[str, Any]) -> None:
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        message = f"A channel has no setting {', '.join(unknown)}."
        raise TypeError(message)
    for name, value in settings.items():
        setattr(channel, name, value)
    if (channel.quiet_from is None) != (channel.quiet_until is None):
        sentence = "Quiet hours need a beginning and an end, or neither."
        raise Refusal("bad_quiet_hours", sentence, field="quiet_until")
    try:
        _ = channel.quiet_hours
    except QuietHoursInvalid as invalid:
        raise Refusal("bad_quiet_hours", str(invalid), field="quiet_until") from None


def _read(kind: str, address: NewAddress) -> Address:
    try:
        return address_read(kind, address.text, address.secret)
    except AddressInvalid as invalid:
        raise Refusal("bad_address", str(invalid), field="address") from None


def _seal(channel: NotificationChannel, address: Address) -> None:
    kept = {"text": address.text, "secret": address.secret}
    channel.address_sealed = seal_json(data_key=platform_key(), value=kept, context=channel.context)
    channel.address_hint = masked(address)[:HINT_LENGTH]


def _look_again(channel: NotificationChannel) -> None:
    """Have what waits follow the new settings: held or put off under the old ones, it may go."""
    rows = NotificationDelivery.objects.filter(channel=channel, state__in=WAITING)
    rows.update(due_at=timezone.now())


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, bool | int) else str(value)
        for name, value in settings.items()
    }


def _openable(channel: NotificationChannel) -> Address:
    try:
        return channel_address(channel)
    except AddressInvalid as invalid:
        raise Refusal("bad_address", str(invalid), field="address") from None


def _personal(own_address: str) -> Address:
    if not own_address:
        sentence = "A personal channel needs to be told whom to write to."
        raise Refusal("no_address", sentence, field="address")
    return Address(ChannelKind.PERSONAL_EMAIL, own_address)


def _test_delivery(channel: NotificationChannel) -> NotificationDelivery:
    now = timezone.now()
    return NotificationDelivery(channel=channel, news=TEST, tries=1, due_at=now, created_at=now)


def _log_test(delivery: NotificationDelivery, outcome: Outcome, actor: Actor) -> None:
    """Write the row once its end is known, so that no worker ever takes it up."""
    now = timezone.now()
    delivery.state = DeliveryState.SENT if outcome.is_sent else DeliveryState.GIVEN_UP
    delivery.sent_at = now if outcome.is_sent else None
    delivery.last_error = outcome.sentence
    channel = NotificationChannel.objects.filter(pk=delivery.channel_id)
    with transaction.atomic():
        delivery.save(force_insert=True)
        if outcome.is_sent:
            channel.update(failures=0, last_error="", last_sent_at=now)
        audit_record(
            actor=actor,
            action="notification_channel.tested",
            target=delivery.channel,
            details={"outcome": outcome.code},
        )
