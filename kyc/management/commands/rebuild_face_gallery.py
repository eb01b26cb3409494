"""Describe anew the faces of customers approved or in review that the engine in use has not."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.services.face_rebuilding import Rebuilt, faces_missing, faces_rebuild
from kyc.vision.weights import WeightsUnavailable

REPORT_EVERY = 50
WORDS = {
    Rebuilt.KEPT: "described",
    Rebuilt.NO_CONSENT: "without consent to the present text",
    Rebuilt.NO_SELFIE: "without a selfie",
    Rebuilt.NO_FACE: "without one clear face on the selfie",
}


class Command(BaseCommand):
    """Run it after an update that changes the face engine; it may be stopped and run again."""

    help = (
        "Describe the kept selfies of customers approved or in review with the present face "
        "engine, so that they can be searched for duplicates. Faces that are described already "
        "are passed over. "
        "Example: manage.py rebuild_face_gallery --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether anything is written, and the form of the answer."""
        parser.add_argument("--dry-run", action="store_true", help="only count what is missing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or describe and count."""
        try:
            missing = faces_missing().count()
            counts = Counter[Rebuilt]()
            if not options["dry_run"]:
                counts = self._rebuild(missing, is_quiet=options["json"])
        except WeightsUnavailable as unavailable:
            raise CommandError(str(unavailable)) from unavailable
        if options["json"]:
            found = {outcome.value: counts[outcome] for outcome in Rebuilt}
            self.stdout.write(json.dumps({"missing": missing, **found}))
        else:
            self._print(missing, counts)

    def _rebuild(self, missing: int, *, is_quiet: bool) -> Counter[Rebuilt]:
        counts = Counter[Rebuilt]()
        for nth, (_, outcome) in enumerate(faces_rebuild(), start=1):
            counts[outcome] += 1
            if nth % REPORT_EVERY == 0 and not is_quiet:
                self.stdout.write(f"{nth} of {missing}")
        return counts

    def _print(self, missing: int, counts: Counter[Rebuilt]) -> None:
        self.stdout.write(f"Faces that the engine in use has not described: {missing}.")
        for outcome, count in counts.items():
            self.stdout.write(f"{count} {WORDS[outcome]}.")
