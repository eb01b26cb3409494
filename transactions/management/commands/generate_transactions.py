"""Generate a payment history, honest and fraudulent, into a folder of Parquet files."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from transactions.columns import FILES
from transactions.simulation import FRAUD_TYPES, STEPS, History, PlanRefused, SimulationPlan
from transactions.simulation import generate as simulate
from transactions.simulation.files import FolderRefused, demand_room, expected_bytes, write

EXIT_REFUSED = 2


class Command(BaseCommand):
    """Needs no database unless `--load` is given. Exit code 0: written, 2: refused, and why."""

    help = (
        "Generate customers, accounts, devices, merchants, transactions and labels with eight "
        "kinds of fraud and honest look-alikes, as Parquet files. The same options give the same "
        "rows. Exit code 0 when written, 2 when refused. "
        "Example: manage.py generate_transactions --users 50000 --transactions 5000000 "
        "--fraud-rate 0.04 --seed 1 --out var/history"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of what, where to, and the form of the answer."""
        _add_plan_arguments(parser)
        parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the files")
        parser.add_argument("--force", action="store_true", help="replace a history in DIR")
        parser.add_argument(
            "--load", action="store_true", help="put the history into the database as well"
        )
        parser.add_argument("--dry-run", action="store_true", help="check, and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all that can be refused first, then generate, write and, if asked, load."""
        if options["out"] is None and not options["dry_run"]:
            raise CommandError("Name the folder for the files: --out DIR.", returncode=EXIT_REFUSED)
        try:
            plan = _plan(options)
            if options["out"] is not None:
                demand_room(options["out"], plan, may_replace=options["force"])
            report = _dry_report(plan) if options["dry_run"] else self._written(plan, options)
        except (PlanRefused, FolderRefused) as refused:
            raise CommandError(str(refused), returncode=EXIT_REFUSED) from refused
        self.stdout.write(json.dumps(report) if options["json"] else _sentences(report))

    def _written(self, plan: SimulationPlan, options: dict[str, Any]) -> dict[str, object]:
        begun = time.monotonic()
        steps = len(STEPS) + len(FILES)
        with tqdm(total=steps, unit="step", disable=not sys.stderr.isatty()) as bar:
            told = _teller(bar)
            history = simulate(plan, told)
            frauds = _frauds_by_type(history)
            rows = write(history, options["out"], told)
        report: dict[str, object] = {
            "folder": str(options["out"]),
            "rows": rows,
            "frauds": frauds,
            "seconds": round(time.monotonic() - begun, 1),
        }
        if options["load"]:
            del history  # the loader reads the files, and needs the memory
            report["loaded"] = _loaded(options["out"])
        return report


def _add_plan_arguments(parser: CommandParser) -> None:
    known = SimulationPlan()
    parser.add_argument("--users", type=int, default=known.users, help="default: %(default)s")
    parser.add_argument(
        "--transactions", type=int, default=known.transactions, help="default: %(default)s"
    )
    parser.add_argument(
        "--fraud-rate",
        type=float,
        default=known.fraud_rate,
        help="share of the transactions, 0 to 0.3; default: %(default)s",
    )
    parser.add_argument("--seed", type=int, default=known.seed, help="default: %(default)s")
    parser.add_argument(
        "--start",
        type=_day,
        default=known.start,
        metavar="YYYY-MM-DD",
        help="first day, UTC; default: %(default)s",
    )
    parser.add_argument("--days", type=int, default=known.days, help="default: %(default)s")
    parser.add_argument(
        "--novel-fraud",
        metavar="TYPE",
        help=f"a type that appears only from --novel-from on: {', '.join(FRAUD_TYPES)}",
    )
    parser.add_argument(
        "--novel-from", type=int, default=0, metavar="DAY", help="its first day; 0 is --start"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write YYYY-MM-DD.") from error


def _plan(options: dict[str, Any]) -> SimulationPlan:
    return SimulationPlan(
        users=options["users"],
        transactions=options["transactions"],
        fraud_rate=options["fraud_rate"],
        seed=options["seed"],
        start=options["start"],
        days=options["days"],
        novel_fraud=options["novel_fraud"],
        novel_from=options["novel_from"],
    )


def _teller(bar: tqdm[Any]) -> Callable[[str], None]:
    def told(step: str) -> None:
        bar.set_description(step)
        bar.update()

    return told


def _frauds_by_type(history: History) -> dict[str, int]:
    counts = history.labels["fraud_type"].drop_nulls().value_counts(sort=True)
    return dict(counts.iter_rows())


def _dry_report(plan: SimulationPlan) -> dict[str, object]:
    return {
        "folder": None,
        "rows": {"customers": plan.users, "transactions": plan.transactions},
        "frauds": {"all": plan.frauds},
        "megabytes_expected": round(expected_bytes(plan) / 1e6),
    }


def _loaded(folder: Path) -> dict[str, Any]:
    # Only here: without --load the command runs where there is no database.
    from transactions.services.load_progress import progress_bar  # noqa: PLC0415
    from transactions.services.loading import HistoryRefused, history_load  # noqa: PLC0415

    try:
        with progress_bar() as progress:
            return asdict(history_load(folder, progress=progress))
    except HistoryRefused as refused:
        raise CommandError(str(refused), returncode=EXIT_REFUSED) from refused


def _sentences(report: dict[str, Any]) -> str:
    rows = ", ".join(f"{count:,} {name}" for name, count in report["rows"].items())
    frauds = ", ".join(f"{count:,} {name}" for name, count in report["frauds"].items())
    if report["folder"] is None:
        return (
            f"The plan is possible: {rows}, frauds: {frauds}, about "
            f"{report['megabytes_expected']:,} MB. Nothing was written."
        )
    lines = [
        f"Wrote {rows} to {report['folder']} in {report['seconds']} s.",
        f"Frauds: {frauds or 'none'}.",
    ]
    if "loaded" in report:
        loaded = report["loaded"]
        lines.append(
            f"Loaded {loaded['transactions']:,} transactions and {loaded['labels']:,} labels in "
            f"{loaded['duration_s']:.1f} s."
        )
    return "\n".join(lines)
