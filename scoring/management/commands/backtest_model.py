"""Measure the models on later weeks of any labelled history, without a database."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from scoring.backtesting.backtest import BacktestPlan, backtest, judged_weeks, usable_validation
from scoring.backtesting.baseline import baseline
from scoring.backtesting.folds import BacktestRefused, Protocol
from scoring.backtesting.grid import GRID
from scoring.backtesting.handbook_features import handbook_features
from scoring.backtesting.history import known_of, labelled_dataset
from scoring.backtesting.report import backtest_report, baseline_report, sentences
from scoring.ml.dataset import Dataset
from scoring.scoring_files import FileRefused, SourceHistory, Sources, read_sources
from transactions.importing import MapRefused, SourceRefused
from transactions.services.reference_rates import rates_of_settings

EXIT_NOTHING_DONE = 1
Show = Callable[[int, int], None]


class Command(BaseCommand):
    """Exit code 0: measured; 1: it could not be, and a sentence says why."""

    help = (
        "Measure the models on later weeks of a labelled history: everything is chosen on earlier "
        "weeks, training ends --delay-days before a test week begins, and customers known as "
        "defrauded are left out. Needs no database. Exit code 0 when it was measured, 1 when it "
        "could not be. Example: manage.py backtest_model --data transactions.parquet "
        "--map docs/examples/handbook.toml --start 2018-08-08 --folds 4 --delay-days 7 "
        "--test-days 7 --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What is measured on, which weeks, and what is told."""
        plan = Protocol(0)
        parser.add_argument("--data", type=Path, metavar="FILE", required=True)
        parser.add_argument("--map", type=Path, metavar="MAP.toml", help="which column is which")
        parser.add_argument("--labels", type=Path, metavar="FILE", help="what was fraud")
        parser.add_argument("--kyc", type=Path, metavar="FILE", help="what verifications came to")
        parser.add_argument("--accounts", type=Path, metavar="FILE", help="when accounts opened")
        parser.add_argument(
            "--start",
            type=date.fromisoformat,
            required=True,
            metavar="YYYY-MM-DD",
            help="first day of the first test week, UTC",
        )
        for name, default, words in (
            ("--folds", plan.folds, "test weeks, one after the other"),
            ("--delay-days", plan.delay_days, "days until a label is known"),
            ("--test-days", plan.test_days, "days of a test week"),
            ("--validation-folds", plan.validation_folds, "earlier weeks to choose on, at most"),
        ):
            parser.add_argument(
                name, type=int, default=default, metavar="N", help=f"{words} (default: %(default)s)"
            )
        parser.add_argument(
            "--baseline", action="store_true", help="the handbook's own XGBoost row beside it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, measure and tell; bars on the error stream show how far it is."""
        try:
            report = _report(options)
        except (BacktestRefused, FileRefused, MapRefused, SourceRefused) as error:
            raise CommandError(str(error), returncode=EXIT_NOTHING_DONE) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=EXIT_NOTHING_DONE) from None
        self.stdout.write(json.dumps(report) if options["json"] else sentences(report))


def _report(options: dict[str, Any]) -> dict[str, Any]:
    protocol = _protocol(options)
    started = time.monotonic()
    with _bar("reading") as show:
        read = read_sources(_sources(options), rates_of_settings(), show)
    dataset = _dataset(read, protocol)
    with _bar("models") as show:
        found = backtest(dataset, protocol, BacktestPlan(GRID), show)
    report = backtest_report(found)
    if options["baseline"]:
        with _bar("baseline") as show:
            report["baseline"] = _baseline(dataset, protocol, show)
    known = known_of(dataset)
    return report | {
        "transactions": known.transactions,
        "labelled": known.labelled,
        "frauds": known.frauds,
        "refused": len(read.refused),
        "seconds": round(time.monotonic() - started, 1),
    }


def _protocol(options: dict[str, Any]) -> Protocol:
    for name in ("folds", "delay_days", "test_days", "validation_folds"):
        if options[name] < 1:
            raise BacktestRefused(f"--{name.replace('_', '-')} is at least 1.")
    start = datetime.combine(options["start"], datetime.min.time(), UTC)
    return Protocol(
        start_us=int(start.timestamp()) * 1_000_000,
        folds=options["folds"],
        test_days=options["test_days"],
        delay_days=options["delay_days"],
        validation_folds=options["validation_folds"],
    )


def _sources(options: dict[str, Any]) -> Sources:
    return Sources(
        transactions=options["data"],
        map=options["map"],
        labels=options["labels"],
        kyc_profiles=options["kyc"],
        accounts=options["accounts"],
    )


def _dataset(read: SourceHistory, protocol: Protocol) -> Dataset:
    with _bar("features") as show:
        return labelled_dataset(read.history, protocol.delay_days, show)


def _baseline(dataset: Dataset, protocol: Protocol, show: Show) -> dict[str, Any]:
    tests = judged_weeks(dataset, protocol)
    found = baseline(
        dataset,
        handbook_features(dataset, protocol.delay_days),
        usable_validation(dataset, protocol),
        tests,
        threads=os.cpu_count() or 1,
        progress=show,
    )
    return baseline_report(found, [fold.test_start for fold, _ in tests])


@contextmanager
def _bar(what: str) -> Iterator[Show]:
    with tqdm(desc=what, unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        yield show
