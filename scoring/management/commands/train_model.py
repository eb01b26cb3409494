"""Train a model on the labelled transactions of the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from fraudsite.core.actors import Actor
from scoring.ml.ensemble_weights import WeightPlan, WeightWay
from scoring.ml.honest_rows import TooFewHonestRows
from scoring.ml.manifest import Manifest
from scoring.ml.sampling import SamplingPlan, SamplingWay
from scoring.ml.splits import TooFewLabels
from scoring.ml.trainers import TRAINERS, UnknownKind, default_plans
from scoring.ml.training_plan import TrainingPlan
from scoring.services.training import TrainingReport, model_train

WORDS = {
    "replay": "replaying history",
    "split": "splitting",
    "try": "trying",
    "weigh": "weighing members",
    "fit": "fitting",
    "measure": "measuring",
}


class Command(BaseCommand):
    """Registers a candidate; `promote_model` makes it the champion."""

    help = (
        "Train a model on the labelled transactions of the database, measure it on the newest of "
        "them, and register it as a candidate. Examples: manage.py train_model --until 2026-10-01; "
        "manage.py train_model --members xgboost,lightgbm --sampling smote --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", help="use only labels known by this day (YYYY-MM-DD, UTC)")
        parser.add_argument("--seed", type=int, default=1, help="default 1")
        parser.add_argument(
            "--members",
            metavar="A,B",
            default=",".join(TRAINERS),
            help="which members are tried (default: %(default)s)",
        )
        parser.add_argument(
            "--sampling",
            choices=get_args(SamplingWay),
            default="weights",
            help="what is made of frauds being rare: rows weighed (default), honest ones left out, "
            "or frauds invented between known ones",
        )
        parser.add_argument(
            "--smote-ratio",
            type=float,
            default=settings.SMOTE_RATIO,
            help="with --sampling smote: frauds are raised to this share of the honest rows, above "
            "0 up to 1 (default: SMOTE_RATIO, %(default)s)",
        )
        parser.add_argument(
            "--weights",
            choices=get_args(WeightWay),
            default="validation",
            help="validation (default) chooses each member's weight; fixed lets all of them speak",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="train and measure, keep nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = _plan(options)
        with tqdm(total=100, unit="%", disable=None, leave=False) as bar:

            def progress(what: str, part: float) -> None:
                bar.set_description(_progress_words(what))
                bar.update(round(part * 100) - bar.n)

            try:
                report = model_train(
                    actor=Actor.system("train_model"),
                    until=_day(options["until"]),
                    plan=plan,
                    is_dry_run=options["dry_run"],
                    progress=progress,
                )
            except (TooFewLabels, TooFewHonestRows) as trouble:
                raise CommandError(f"{trouble} Label more transactions, then try again.") from None
        self.stdout.write(json.dumps(_record(report)) if options["json"] else _words(report))


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f"--until {text}: write the day as YYYY-MM-DD.") from None


def _plan(options: dict[str, Any]) -> TrainingPlan:
    if options["sampling"] == "smote" and not 0 < options["smote_ratio"] <= 1:
        raise CommandError("--smote-ratio: above 0 and at most 1, such as 0.1.")
    try:
        members = default_plans([kind.strip() for kind in options["members"].split(",")])
    except UnknownKind as trouble:
        raise CommandError(f"--members: {trouble}") from None
    return TrainingPlan(
        seed=options["seed"],
        members=members,
        sampling=SamplingPlan(options["sampling"], smote_ratio=options["smote_ratio"]),
        weights=WeightPlan(options["weights"]),
    )


def _progress_words(what: str) -> str:
    act, _, member = what.partition(" ")
    return f"{WORDS.get(act, act)} {member}".strip()


def _record(report: TrainingReport) -> dict[str, Any]:
    manifest = report.manifest
    return {
        "version": manifest.version,
        "registered": report.model is not None,
        "transactions": report.transactions,
        "labelled": report.labelled,
        "trained_on": asdict(manifest.trained_on),
        "members": {entry.file: entry.weight for entry in manifest.members},
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
    lines += ["", "Weights:", *_weights(manifest)]
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


def _weights(manifest: Manifest) -> Iterator[str]:
    """Yield each member that was tried; what was left out did not raise average precision."""
    for name, tried in manifest.plan["members"].items():
        yield f"{name:<24} {tried['weight']:.4f}" if tried["weight"] else f"{name:<24} left out"


def _row(name: str, found: dict[str, Any]) -> str:
    figures = "  ".join(
        f"{key} {value:.4f}" for key, value in found.items() if isinstance(value, float)
    )
    return f"{name:<24} {figures}"
