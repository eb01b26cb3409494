"""Try a rule's version on stored decisions."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from kyc.refusals import Refusal
from scoring.models import RuleVersion
from scoring.services.rule_backtests import (
    BACKTEST_WORDS,
    BacktestPlan,
    backtest_result,
    rule_backtest,
)


class Command(BaseCommand):
    """Keeps the result with the version, which may go into shadow then."""

    help = (
        "Evaluate a version of a rule on the features that stored decisions kept, and keep the "
        "result with it. Example: manage.py backtest_rule velocity@2 --days 90"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the version and the options."""
        plan = BacktestPlan()
        parser.add_argument("version", metavar="RULE@N", help="such as velocity@2")
        parser.add_argument(
            "--days", type=int, default=plan.days, help="how far back (default: %(default)s)"
        )
        parser.add_argument(
            "--limit",
            type=int,
            default=plan.limit,
            help="at most so many decisions, the newest (default: %(default)s)",
        )
        parser.add_argument("--dry-run", action="store_true", help="do not keep the result")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report; a bar on the error stream shows how far it is."""
        if options["days"] < 1 or options["limit"] < 1:
            raise CommandError("--days and --limit are at least 1.")
        version = _version(options["version"])
        plan = BacktestPlan(options["days"], options["limit"])
        try:
            result = self._run(version, plan, is_dry_run=options["dry_run"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if options["json"]:
            self.stdout.write(json.dumps({"rule": str(version), **result}))
            return
        for name, words in BACKTEST_WORDS:
            self.stdout.write(f"{words:<45} {result[name]:>12,}")

    def _run(self, version: RuleVersion, plan: BacktestPlan, *, is_dry_run: bool) -> dict[str, Any]:
        with tqdm(unit=" decisions", file=self.stderr, leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            if is_dry_run:
                return backtest_result(version, plan, progress)
            return rule_backtest(version=version, plan=plan, progress=progress)


def _version(text: str) -> RuleVersion:
    rule_id, _, number = text.rpartition("@")
    if not rule_id or not number.isdecimal():
        raise CommandError("Name a version as RULE@N, such as velocity@2.")
    version = RuleVersion.objects.filter(rule_id=rule_id, number=int(number)).first()
    if version is None:
        known = RuleVersion.objects.filter(rule_id=rule_id).order_by("number")
        listed = ", ".join(str(one) for one in known) or "none"
        raise CommandError(f"There is no version {text}. Of this rule there are: {listed}.")
    return version
