"""Train on generated payments, and measure on others."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from scoring.evaluating import (
    Bars,
    EvaluationPlan,
    EvaluationRefused,
    Report,
    evaluate_models,
)
from scoring.evaluating.markdown import report_markdown
from scoring.evaluating.plan import SPLIT
from scoring.ml.ranking import OneClassOnly
from scoring.ml.sampling import SamplingPlan, SamplingWay
from scoring.ml.splits import TooFewLabels
from scoring.ml.trainers import TRAINERS, UnknownKind, default_plans
from scoring.ml.training import TrainingPlan
from transactions.simulation import FRAUD_TYPES, PlanRefused

EXIT_BAR_MISSED, EXIT_REFUSED = 1, 2


class Command(BaseCommand):
    """Exit code 0: measured; 1: measured, and a bar is missed (`--check`); 2: refused."""

    help = (
        "Train the models on the earlier weeks of one generated history and measure them on the "
        "later weeks of another, of a seed of its own. Needs no database and keeps nothing. Exit "
        "code 0 when measured, 1 when --check was given and a bar is missed, 2 when refused. "
        "Example: manage.py evaluate_models --users 20000 --transactions 1000000 "
        "--fraud-rate 0.04 --seed 1 --test-seed 2 --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what is generated, what is left out, and the form of the answer."""
        known = EvaluationPlan()
        for name, kind, words in (
            ("users", int, "customers of each history"),
            ("transactions", int, "rows of each history"),
            ("fraud-rate", float, "share of the transactions, 0 to 0.3"),
            ("seed", int, "of the history to learn from"),
            ("test-seed", int, "of the history to measure on"),
            ("days", int, "length of both histories"),
            ("days-learned", int, "the day of training; what is measured begins on it"),
        ):
            default = getattr(known, name.replace("-", "_"))
            text = f"{words}; default: %(default)s"
            parser.add_argument(f"--{name}", type=kind, default=default, metavar="N", help=text)
        parser.add_argument(
            "--novel-fraud",
            metavar="TYPE",
            help=f"begins on the day of training, so that no model has seen it: one of "
            f"{', '.join(FRAUD_TYPES)}",
        )
        parser.add_argument(
            "--members",
            metavar="A,B",
            default=",".join(TRAINERS),
            help="which members are tried; default: %(default)s",
        )
        parser.add_argument(
            "--sampling",
            choices=get_args(SamplingWay),
            default="weights",
            help="what is made of frauds being rare, as for train_model; default: %(default)s",
        )
        parser.add_argument("--check", action="store_true", help="exit code 1 when a bar is missed")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON object")
        form.add_argument(
            "--markdown", action="store_true", help="print the tables of docs/models.md"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, and let the exit code say how it went."""
        bars = Bars()
        begun = time.monotonic()
        report = _report(options, bars)
        seconds = round(time.monotonic() - begun, 1)
        if options["json"]:
            self.stdout.write(json.dumps(report.record(bars) | {"seconds": seconds}))
        else:
            self.stdout.write(report_markdown(report, bars))
        if options["check"] and not all(verdict.is_met for verdict in report.verdicts(bars)):
            sys.exit(EXIT_BAR_MISSED)


def _report(options: dict[str, Any], bars: Bars) -> Report:
    try:
        plan = _plan(options)
        if options["check"] and not bars.are_of(plan):
            message = f"--check: the bars are of {bars.fraud_rate:.0%} fraud of known types."
            raise EvaluationRefused(message)
        with tqdm(total=100, unit="%", disable=not sys.stderr.isatty(), leave=False) as bar:

            def progress(what: str, part: float) -> None:
                bar.set_description(what)
                bar.update(round(part * 100) - bar.n)

            return evaluate_models(plan, progress)
    except (EvaluationRefused, PlanRefused, UnknownKind) as refused:
        raise CommandError(str(refused), returncode=EXIT_REFUSED) from None
    except (TooFewLabels, OneClassOnly) as refused:
        message = f"{refused} Generate more transactions, or a higher fraud rate."
        raise CommandError(message, returncode=EXIT_REFUSED) from None


def _plan(options: dict[str, Any]) -> EvaluationPlan:
    return EvaluationPlan(
        users=options["users"],
        transactions=options["transactions"],
        fraud_rate=options["fraud_rate"],
        seed=options["seed"],
        test_seed=options["test_seed"],
        days=options["days"],
        days_learned=options["days_learned"],
        novel_fraud=options["novel_fraud"],
        training=TrainingPlan(
            split=SPLIT,
            members=default_plans(options["members"].split(",")),
            sampling=SamplingPlan(way=options["sampling"]),
        ),
    )
