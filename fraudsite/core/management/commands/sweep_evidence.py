"""Take out evidence files that no row names, and report evidence that is lost."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from fraudsite.core.services.evidence_owner import folder_adopt
from fraudsite.core.services.files import SWEEP_GRACE_S, SweepReport, files_sweep


class Command(BaseCommand):
    """Sweeps the evidence folder; exit code 1 if a row's file is missing or it is refused."""

    help = (
        "Put files in the evidence folder that no row names aside for a week, then delete them; "
        "report rows without a file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--dry-run", action="store_true", help="remove nothing")
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="first mark the evidence folder as this database's, after a move or a restore",
        )
        parser.add_argument(
            "--grace",
            type=float,
            default=SWEEP_GRACE_S,
            metavar="SECONDS",
            help="leave files younger than this alone (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and report."""
        if options["adopt"]:
            folder_adopt()
        report = files_sweep(is_dry_run=options["dry_run"], grace_s=options["grace"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), default=str))
        else:
            self._say(report, is_dry_run=options["dry_run"])
        if report.lost or report.refusal:
            raise SystemExit(1)

    def _say(self, report: SweepReport, *, is_dry_run: bool) -> None:
        if report.refusal:
            self.stdout.write(f"REFUSED: {report.refusal} Nothing was touched.")
            self.stdout.write(
                "Point DATABASE_URL and EVIDENCE_ROOT at what belongs together; if they do, run "
                "`sweep_evidence --adopt` once."
            )
        else:
            verb = "Would put" if is_dry_run else "Put"
            self.stdout.write(f"{verb} {len(report.removed)} files that no row names aside.")
            verb = "Would delete" if is_dry_run else "Deleted"
            self.stdout.write(f"{verb} {report.deleted} files for good.")
        for file_id in report.lost:
            self.stdout.write(f"LOST: the file {file_id} is missing.")
