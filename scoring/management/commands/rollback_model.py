"""Bring the champion before the present one back."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraudsite.core.actors import Actor
from fraudsite.core.transitions import TransitionRefused
from scoring.services.models import ModelRefused, champion_before, model_rollback


class Command(BaseCommand):
    """One step back; once more, and one is where one was."""

    help = (
        "Make the champion before the present one the champion again; every process uses it "
        "within 5 seconds. Example: manage.py rollback_model --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                model, verb = champion_before(), "would become"
            else:
                model, verb = model_rollback(actor=Actor.system("rollback_model")), "is"
        except (ModelRefused, TransitionRefused) as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            answer = {"champion": model.version, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{model.version} {verb} the champion again.")
