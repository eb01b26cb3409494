"""Bring a watchlist into the database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from kyc.choices_screening import WatchlistFormat
from kyc.services.watchlist_import import ImportOrder, ImportReport, watchlist_import

EXIT_REFUSED = 1


class Command(BaseCommand):
    """Exit code 0: the list is in force; 1: it is not."""

    help = (
        "Import a watchlist: OFAC's sdn.csv (with alt.csv and add.csv beside it), "
        "OpenSanctions' targets.simple.csv, or a CSV of your own (docs/screening.md names its "
        "columns). The version comes into force at once; one that is empty, damaged or has lost "
        "too much is refused, and everybody goes to a person until a good one comes. "
        "Example: manage.py import_watchlist ofac-sdn sdn.csv --name ofac --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file in which form, and as which list."""
        parser.add_argument("format", choices=WatchlistFormat.values)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--name", required=True, help="of the list; its versions share it")
        parser.add_argument(
            "--max-age-days", type=int, metavar="N", help="how long a version holds (7 at first)"
        )
        parser.add_argument(
            "--accept-loss", action="store_true", help="although many entries are missing"
        )
        parser.add_argument("--dry-run", action="store_true", help="read all of it, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell, and let the exit code say how it went."""
        report = watchlist_import(_order(options))
        if options["json"]:
            answer = {**asdict(report), "is_dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(answer))
        else:
            self._say(report, is_dry_run=options["dry_run"])
        if report.refusal:
            raise CommandError(f"Not in force: {report.refusal}", returncode=EXIT_REFUSED)

    def _say(self, report: ImportReport, *, is_dry_run: bool) -> None:
        counts = report.counts
        verb = "Would be" if is_dry_run else "Is"
        state = "refused" if report.refusal else "in force"
        self.stdout.write(
            f"{verb} {state}: {report.name}@{report.number}, {counts.entries:,} people "
            f"({counts.added:,} new, {counts.changed:,} changed, {counts.removed:,} gone) "
            f"in {report.duration_s:.1f} s."
        )
        if counts.left_out:
            self.stdout.write(f"Left out {counts.left_out:,} that no customer can be.")
        if counts.not_spelt_out:
            self.stdout.write(
                f"Of {counts.not_spelt_out:,} people no name is in letters that a Latin spelling "
                "finds; give them Latin aliases (docs/screening.md, Scripts)."
            )
        if counts.refused:
            self.stdout.write(f"Refused {counts.refused:,} rows.")
        for row in report.refused_rows:
            self.stdout.write(f"  line {row.line}: {row.reason}")


def _order(options: dict[str, Any]) -> ImportOrder:
    name, days = options["name"], options["max_age_days"]
    try:
        validate_slug(name)
    except ValidationError:
        raise CommandError("--name takes letters, digits, - and _.") from None
    if len(name) > 50:
        raise CommandError("--name takes at most 50 characters.")
    if days is not None and not 1 <= days <= 3650:
        raise CommandError("--max-age-days takes 1 to 3650.")
    if not options["file"].is_file():
        raise CommandError(f"There is no file {options['file']}.")
    return ImportOrder(
        file=options["file"],
        format=options["format"],
        name=name,
        max_age_days=days,
        accepts_loss=options["accept_loss"],
        is_dry_run=options["dry_run"],
    )
