"""Install the shipped rules and lists."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.refusals import Refusal
from scoring.services.starter_rules import Installed, starter_rules_install


class Command(BaseCommand):
    """May be run again at any time: what is there is left as it is."""

    help = (
        "Install the shipped rules as active version 1, and the lists `blocked` and `trusted`; "
        "rules and lists that are there already are left as they are. "
        "Example: manage.py load_starter_rules --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be installed")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install and report."""
        try:
            installed = starter_rules_install(is_dry_run=options["dry_run"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["json"]:
            answer = {**asdict(installed), "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(answer))
        else:
            self._say(installed, is_dry_run=options["dry_run"])

    def _say(self, installed: Installed, *, is_dry_run: bool) -> None:
        verb = "Would install" if is_dry_run else "Installed"
        for kind, ids in (("rules", installed.rules), ("lists", installed.lists)):
            named = f": {', '.join(ids)}" if ids else ""
            self.stdout.write(f"{verb} {len(ids)} {kind}{named}.")
