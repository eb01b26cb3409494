"""Train a model on the labelled transactions of the database."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from fraudsite.core.actors import Actor
from scoring.ml.splits import TooFewLabels
from scoring.ml.training import TrainingPlan
from scoring.services.training import TrainingReport, model_train

WORDS = {"replay": "replaying history", "split": "splitting", "fit": "growing trees"}


class Command(BaseCommand):
    """Registers a candidate; `promote_model` makes it the champion."""

    help = (
        "Train a model on the labelled transactions of the database, measure it on the newest of "
        "them, and register it as a candidate. Example: manage.py train_model --until 2026-10-01"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", help="use only labels known by this day (YYYY-MM-DD, UTC)")
        parser.add_argument("--seed", type=int, default=1, help="default 1")
        parser.add_argument(
            "--dry-run", action="store_true", help="train and measure, keep nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=100, unit="%", disable=None, leave=False) as bar:

            def progress(what: str, part: float) -> None:
                bar.set_description(WORDS.get(what, what))
                bar.update(round(part * 100) - bar.n)

            try:
                report = model_train(
                    actor=Actor.system("train_model"),
                    until=_day(options["until"]),
                    plan=replace(TrainingPlan(), seed=options["seed"]),
                    is_dry_run=options["dry_run"],
                    progress=progress,
                )
            except TooFewLabels as trouble:
                raise CommandError(f"{trouble} Label more transactions, then try again.") from None
        self.stdout.write(json.dumps(_record(report)) if options["json"] else _words(report))


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f"--until {text}: write the day as YYYY-MM-DD.") from None


def _record(report: TrainingReport) -> dict[str, Any]:
    manifest = report.manifest
    return {
        "version": manifest.version,
        "registered": report.model is not None,
        "transactions": report.transactions,
        "labelled": report.labelled,
        "trained_on": asdict(manifest.trained_on),
        "metrics": {name: asdict(found) for name, found in manifest.metrics.items()},
        "thresholds": asdict(manifest.thresholds),
    }


def _words(report: TrainingReport) -> str:
    manifest = report.manifest
    lines = [
        (
            f"{report.labelled:,} of {report.transactions:,} transactions are labelled; trained on "
            f"{manifest.trained_on.rows:,}, of them {manifest.trained_on.frauds:,} frauds."
        ),
        "",
    ]
    lines += [_row(name, asdict(found)) for name, found in manifest.metrics.items()]
    if report.model is None:
        lines += ["", "Nothing was kept (--dry-run)."]
    else:
        lines += [
            "",
            (
                f"Registered {manifest.version} as a candidate. Next: "
                f"manage.py promote_model {manifest.version}"
            ),
        ]
    return "\n".join(lines)


def _row(name: str, found: dict[str, Any]) -> str:
    figures = "  ".join(
        f"{key} {value:.4f}" for key, value in found.items() if isinstance(value, float)
    )
    return f"{name:<12} {figures}"
