"""Make a registered model the champion."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraudsite.core.actors import Actor
from fraudsite.core.transitions import TransitionRefused
from scoring.choices import ModelStatus
from scoring.models import ModelVersion
from scoring.registry import NAME
from scoring.services.models import ModelRefused, model_promote


class Command(BaseCommand):
    """Every process uses the new champion within seconds."""

    help = (
        "Make a registered model the champion; every process uses it within 5 seconds. "
        "Example: manage.py promote_model 2026-11-21.1"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", help="as train_model printed it")
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        model = ModelVersion.objects.filter(name=NAME, version=options["version"]).first()
        if model is None:
            known = ModelVersion.objects.filter(name=NAME).values_list("version", flat=True)
            listed = ", ".join(sorted(known)) or "none"
            raise CommandError(f"There is no model {options['version']}. Registered: {listed}.")
        if options["dry_run"]:
            current = ModelVersion.objects.filter(name=NAME, status=ModelStatus.CHAMPION).first()
            self._print(model, current, options, verb="would become")
            return
        try:
            replaced = model_promote(model=model, actor=Actor.system("promote_model"))
        except (ModelRefused, TransitionRefused) as refusal:
            raise CommandError(str(refusal)) from None
        self._print(model, replaced, options, verb="is")

    def _print(
        self, model: ModelVersion, replaced: ModelVersion | None, options: Any, *, verb: str
    ) -> None:
        before = replaced.version if replaced and replaced.pk != model.pk else None
        if options["json"]:
            answer = {"champion": model.version, "replaces": before, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(answer))
            return
        behind = f", in place of {before}" if before else ""
        self.stdout.write(f"{model.version} {verb} the champion{behind}.")
