"""Bring somebody's history into the database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraudsite.core.choices import WorkspaceKind
from transactions.importing import (
    REASONS,
    MapRefused,
    RefusalLog,
    ReportRefused,
    SourceRefused,
    read_map,
    refusal_log,
    row_noun,
)
from transactions.services.database_trouble import HistoryRefused
from transactions.services.importing import ImportReport, history_import
from transactions.services.load_progress import progress_bar
from transactions.services.reference_rates import rates_of_settings

EXIT_NOTHING_DONE, EXIT_SOME_REFUSED = 1, 3


class Command(BaseCommand):
    """Exit code 0: every row went in; 3: some were refused; 1: nothing was imported."""

    help = (
        "Import transactions and labels from a CSV or Parquet file. A map (TOML) says which column "
        "is which; docs/importing.md explains it, docs/examples holds some. Rows that are refused "
        "are named by line or row with the reason, the others are imported, in one transaction. "
        "Exit code 0 when all rows went in, 3 when some were refused, 1 when nothing was imported. "
        "Example: manage.py import_transactions history.csv --map docs/examples/handbook.toml "
        "--report refused.csv --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, its map, where it goes, and what is told."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--map", type=Path, required=True, metavar="MAP.toml")
        parser.add_argument("--workspace", choices=WorkspaceKind.values, default=WorkspaceKind.LIVE)
        parser.add_argument("--dry-run", action="store_true", help="check all rows, write nothing")
        parser.add_argument(
            "--report", type=Path, metavar="REFUSED.csv", help="write every refused row's number"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, tell, and let the exit code say how it went."""
        _demand_another_file(options["report"], (options["file"], options["map"]))
        try:
            report, refusals = _imported(options)
        except (MapRefused, SourceRefused, HistoryRefused, ReportRefused) as error:
            raise CommandError(str(error), returncode=EXIT_NOTHING_DONE) from error
        except KeyboardInterrupt:
            message = (
                "Stopped. Nothing was imported, unless the features were being built: "
                "then rebuild_features finishes."
            )
            raise CommandError(message, returncode=EXIT_NOTHING_DONE) from None
        if options["json"]:
            self.stdout.write(_as_json(report, refusals, is_dry_run=options["dry_run"]))
        else:
            self._say(report, refusals, is_dry_run=options["dry_run"])
        if report.refused:
            sys.exit(EXIT_SOME_REFUSED if report.imported else EXIT_NOTHING_DONE)

    def _say(self, report: ImportReport, refusals: RefusalLog, *, is_dry_run: bool) -> None:
        verb = "Would import" if is_dry_run else "Imported"
        self.stdout.write(
            f"{verb} {report.imported:,} of {report.rows:,} transactions and {report.labels:,} "
            f"labels in {report.duration_s:.1f} s."
        )
        if report.created:
            made = ", ".join(f"{count:,} {noun}" for noun, count in report.created.items())
            self.stdout.write(f"New: {made}.")
        if report.labels_ahead:
            self.stdout.write(f"Left out {report.labels_ahead:,} labels: not known until later.")
        for reason, count in report.refused.items():
            self.stdout.write(f"Refused {count:,}: {REASONS[reason]}")
        for row, column, reason in refusals.first:
            self.stdout.write(f"  {refusals.row_noun} {row}  {column or '(all)'}  {reason}")
        unseen = report.refused_total - len(refusals.first)
        if unseen:
            self.stdout.write(f"  and {unseen:,} more; --report FILE writes all of them.")


def _imported(options: dict[str, Any]) -> tuple[ImportReport, RefusalLog]:
    history_map = read_map(options["map"])
    with (
        refusal_log(options["report"], row_noun(options["file"])) as refusals,
        progress_bar() as progress,
    ):
        report = history_import(
            options["file"],
            history_map,
            workspace_kind=options["workspace"],
            is_dry_run=options["dry_run"],
            rates=rates_of_settings(),
            on_refused=refusals.add,
            progress=progress,
        )
    return report, refusals


def _demand_another_file(report: Path | None, inputs: tuple[Path, ...]) -> None:
    """Refuse to write the report over what is read."""
    if report is not None and any(report.resolve() == path.resolve() for path in inputs):
        message = f"{report} would be written over; name another file for --report."
        raise CommandError(message, returncode=EXIT_NOTHING_DONE)


def _as_json(report: ImportReport, refusals: RefusalLog, *, is_dry_run: bool) -> str:
    first = [
        {refusals.row_noun: row, "column": column, "reason": reason}
        for row, column, reason in refusals.first
    ]
    answer = {
        **asdict(report),
        "duration_s": round(report.duration_s, 3),
        "is_dry_run": is_dry_run,
        "first_refused": first,
    }
    return json.dumps(answer)
