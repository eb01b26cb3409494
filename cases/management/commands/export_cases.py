"""Write cases, or the labels that came from them, into a CSV file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.exports.export import Export, export_begin
from cases.models import Case
from fraudsite.core.actors import Actor


class Command(BaseCommand):
    """Exit code 0: the file was written; 1: nothing was."""

    help = (
        "Write all cases, or those opened on some days (UTC), into a CSV file: references, codes "
        "and numbers, no personal data. Audited. "
        "Example: manage.py export_cases --out cases.csv --from 2026-10-01 --to 2026-10-31"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What is written where, and what is told."""
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--labels",
            action="store_const",
            const="labels",
            default="cases",
            dest="what",
            help="one row for each labelled payment instead of each case",
        )
        parser.add_argument(
            "--from", type=date.fromisoformat, dest="first", metavar="DAY", help="2026-10-01"
        )
        parser.add_argument(
            "--to", type=date.fromisoformat, dest="last", metavar="DAY", help="this day too"
        )
        parser.add_argument("--force", action="store_true", help="replace FILE")
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or write, and tell."""
        out: Path = options["out"]
        export = _export(options["what"], options["first"], options["last"])
        if options["dry_run"]:
            rows = export.count()
        else:
            rows = _write(export, out, is_replacing=options["force"])
        told = {"out": str(out), "what": export.what, "rows": rows, "dry_run": options["dry_run"]}
        verb = "would be" if options["dry_run"] else "were"
        sentence = f"{rows:,} {export.what} {verb} written to {out}."
        self.stdout.write(json.dumps(told) if options["json"] else sentence)


def _export(what: Any, first: date | None, last: date | None) -> Export:
    if first and last and last < first:
        message = "--to is before --from."
        raise CommandError(message)
    cases, asked = Case.objects.all(), {}
    if first:
        cases = cases.filter(opened_at__gte=_midnight(first))
        asked["from"] = first.isoformat()
    if last:
        cases = cases.filter(opened_at__lt=_midnight(last + timedelta(days=1)))
        asked["to"] = last.isoformat()
    return Export(cases, what, asked)


def _write(export: Export, out: Path, *, is_replacing: bool) -> int:
    """Write the file whole or not at all; return its rows."""
    if out.exists() and not is_replacing:
        message = f"{out} is there already; --force replaces it."
        raise CommandError(message)
    part = out.with_name(f"{out.name}.part")
    try:
        # Lines end as the csv module ends them.
        with part.open("w", encoding="utf-8", newline="") as file:
            lines = export_begin(export=export, actor=Actor.system("export_cases"))
            rows = sum(bool(file.write(line)) for line in lines) - 1
        part.replace(out)
    except OSError as trouble:
        message = f"{out} cannot be written: {trouble.strerror}."
        raise CommandError(message) from trouble
    finally:
        part.unlink(missing_ok=True)
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
