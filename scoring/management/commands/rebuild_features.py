"""Make the feature state anew from the records."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from fraudsite.core.actors import Actor
from scoring.services.rebuild import (
    RebuildReport,
    features_check,
    features_rebuild,
    is_rebuild_needed,
)


class Command(BaseCommand):
    """Replays transactions, labels and verification changes in the order they were applied."""

    help = (
        "Make the feature state anew by replaying what was recorded, and give loaded history its "
        "place in the order. Example: manage.py rebuild_features --check"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            "--dry-run",
            action="store_true",
            dest="check",
            help="change nothing; exit code 1 if a stored state differs from the records",
        )
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only if history waits for its place, or another version wrote the states",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_needed"] and not is_rebuild_needed():
            return
        with tqdm(unit="place", disable=None, leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            if options["check"]:
                report = features_check(progress=progress)
            else:
                report = features_rebuild(actor=Actor.system("rebuild_features"), progress=progress)
        self.stdout.write(
            json.dumps(asdict(report)) if options["json"] else _words(report, options)
        )
        if report.differing:
            raise SystemExit(1)


def _words(report: RebuildReport, options: dict[str, Any]) -> str:
    replayed = f"{report.events:,} events of {report.entities:,} entities replayed"
    if options["check"]:
        found = f"{report.differing:,} stored states differ" if report.differing else "all agree"
        return f"{replayed}: {found}."
    return f"{replayed}; {report.newly_ordered:,} of them were new to the order."
