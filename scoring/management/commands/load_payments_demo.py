"""Make the demonstration's accounts and their history."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from transactions.services.demo import payments_demo_load


class Command(BaseCommand):
    """Run twice, it changes nothing the second time."""

    help = (
        "Give the demonstration's customers accounts with balances and four months of history. "
        "Example: manage.py load_payments_demo, after load_demo; then manage.py rebuild_features, "
        "so that scoring knows the history. Refused on a live site."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        if not getattr(settings, "IS_DEMO", False):
            message = "These are not the demo settings; made-up money is refused."
            raise CommandError(message)
        made = payments_demo_load(report=lambda line: self.stdout.write(f"demo: {line}"))
        for one in made:
            self.stdout.write(
                f"demo: {one.email} has {one.accounts} accounts and "
                f"{one.transactions} transactions now"
            )
        if not made and options["verbosity"]:
            self.stdout.write("demo: every account is there already")
