"""Show events that no try could deliver, and let them be tried again."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from fraudsite.core.models import OutboxEvent
from fraudsite.core.outbox import retry_dead


class Command(BaseCommand):
    """Lists dead letters, one JSON object a line; `--retry` puts all of them back."""

    help = "List outbox events that were given up, or put them back into the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--retry", action="store_true", help="try all of them again")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or put back."""
        if options["retry"]:
            self.stdout.write(f"{retry_dead()} events will be tried again.")
            return
        for event in OutboxEvent.objects.filter(dead_at__isnull=False).order_by("id").iterator():
            self.stdout.write(
                json.dumps(
                    {
                        "event_id": str(event.event_id),
                        "kind": event.kind,
                        "aggregate": f"{event.aggregate_type}:{event.aggregate_id}",
                        "attempts": event.attempts,
                        "last_error": event.last_error,
                        "dead_at": event.dead_at,
                    },
                    default=str,
                )
            )
