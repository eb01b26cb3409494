"""Raise alerts for what waits for a person and has none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.services.catching_up import alerts_catch_up


class Command(BaseCommand):
    """`manage.py open_missing_alerts`: once after an upgrade; any further run finds nothing."""

    help = (
        "Raise an alert for each held payment and each verification in review that has none, "
        "such as those from before this version. Example: manage.py open_missing_alerts --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        raised = alerts_catch_up(is_dry_run=options["dry_run"])
        words = "would be raised" if options["dry_run"] else "raised"
        self.stdout.write(f"{raised} alerts {words}.")
