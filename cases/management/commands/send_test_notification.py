"""Send a test message over a channel, and say how that went."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from cases.models import NotificationChannel
from cases.notifications.outcomes import Outcome
from cases.services.notification_channels import channel_test
from fraudsite.core.actors import Actor
from kyc.refusals import Refusal

NOT_SENT, NOT_TRIED = 1, 2


class Command(BaseCommand):
    """Tries at once, whatever the hour and the throttle; the address is never printed."""

    help = (
        "Send a test message over a notification channel, by its name or id. Exit code 0: the "
        "other side took it; 1: it did not; 2: nothing was tried. "
        "Example: manage.py send_test_notification Operations --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the channel, the form of the output, and whom a personal channel writes to."""
        parser.add_argument("channel", metavar="CHANNEL", help="name or id")
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--to", default="", metavar="ADDRESS", help="for a personal channel")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and report."""
        channel = _channel_named(options["channel"])
        try:
            outcome = channel_test(
                channel=channel, actor=Actor.system("command"), own_address=options["to"]
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=NOT_TRIED) from None
        if options["json"]:
            self.stdout.write(json.dumps(_report(channel, outcome), ensure_ascii=False))
        elif outcome.is_sent:
            self.stdout.write(f"{channel} ({channel.address_hint}) took the message.")
        if not outcome.is_sent:
            raise CommandError(f"Not sent. {outcome.sentence}", returncode=NOT_SENT)


def _channel_named(name: str) -> NotificationChannel:
    wanted = Q(name=name)
    with suppress(ValueError):
        wanted |= Q(pk=UUID(name))
    channel = NotificationChannel.objects.filter(wanted).first()
    if channel is None:
        names = ", ".join(NotificationChannel.objects.values_list("name", flat=True))
        known = f"There are: {names}." if names else "There is none yet."
        raise CommandError(f"There is no channel {name!r}. {known}", returncode=NOT_TRIED)
    return channel


def _report(channel: NotificationChannel, outcome: Outcome) -> dict[str, Any]:
    return {
        "channel": channel.name,
        "kind": channel.kind,
        "address": channel.address_hint,
        "is_sent": outcome.is_sent,
        "code": outcome.code,
        "sentence": outcome.sentence,
    }
