"""Remove evidence files that no row names, and report evidence that is lost."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from fraudsite.core.services.files import SWEEP_GRACE_S, files_sweep


class Command(BaseCommand):
    """Sweeps the evidence folder; exit code 1 if a row's file is missing."""

    help = "Remove files in the evidence folder that no row names; report rows without a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--dry-run", action="store_true", help="remove nothing")
        parser.add_argument(
            "--grace",
            type=float,
            default=SWEEP_GRACE_S,
            metavar="SECONDS",
            help="leave files younger than this alone (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and report."""
        report = files_sweep(is_dry_run=options["dry_run"], grace_s=options["grace"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), default=str))
        else:
            verb = "Would remove" if options["dry_run"] else "Removed"
            self.stdout.write(f"{verb} {len(report.removed)} files that no row names.")
            for file_id in report.lost:
                self.stdout.write(f"LOST: the file {file_id} is missing.")
        if report.lost:
            raise SystemExit(1)
