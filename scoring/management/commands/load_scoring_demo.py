"""Make what the demonstration's payments need: model, rules, accounts, other customers' traffic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from scoring.services.demo import demo_champion_ensure, demo_population_ensure


class Command(BaseCommand):
    """Run twice, it changes nothing the second time."""

    help = (
        "Make the demo model the champion, install the starter rules, and load accounts and a "
        "small generated population with history, where they are missing. "
        "Example: manage.py load_scoring_demo, after load_demo. Refused on a live site."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "IS_DEMO", False):
            raise CommandError("These are not the demo settings; made-up money is refused.")
        model = demo_champion_ensure()
        if model is not None:
            self.stdout.write(f"{model.version} is the champion, a demo model")
        call_command("load_starter_rules", verbosity=0, stdout=self.stdout)
        call_command("load_payments_demo", verbosity=0, stdout=self.stdout)
        loaded = demo_population_ensure()
        if loaded:
            self.stdout.write(f"loaded {loaded:,} transactions of generated customers")
