"""Make the demonstration's logins and customers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kyc.services.demo import demo_load


class Command(BaseCommand):
    """Run twice, it changes nothing the second time."""

    help = (
        "Make the demonstration's logins and customers. Example: manage.py load_demo. "
        "Refused on a live site."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        if not getattr(settings, "IS_DEMO", False):
            message = "These are not the demo settings; accounts with a known password are refused."
            raise CommandError(message)
        made = demo_load(report=lambda line: self.stdout.write(f"demo: {line}"))
        if made:
            self.stdout.write(f"demo: made {made} accounts and customers")
