"""Judge a file of transactions without a database."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from scoring.configuration import policy_of_settings
from scoring.demo_champion import demo_champion_folder
from scoring.features import SCHEMA
from scoring.history_scoring import HistoryScorer
from scoring.ml import FraudModel, ModelDamaged, ModelMissing, SchemaMismatch, load_model
from scoring.scoring_files import FileRefused, Sources, demand_writable, read_sources, write_result
from scoring.starter_judge import starter_judge
from transactions.importing import REASONS, MapRefused, SourceRefused, row_noun
from transactions.services.reference_rates import rates_of_settings

EXIT_NOTHING_DONE, EXIT_SOME_REFUSED = 1, 3
SHOWN = 20
Show = Callable[[int, int], None]


class Command(BaseCommand):
    """Exit code 0: every row was judged; 3: some were refused; 1: nothing was written."""

    help = (
        "Judge the transactions of a CSV or Parquet file with a model and the starter rules, each "
        "knowing those before it, and write a row for each. The columns are those of "
        "generate_transactions, or what a map of import_transactions says. Needs no database. "
        "Exit code 0 when all rows were judged, 3 when some were refused, 1 when nothing was "
        "written. Example: manage.py score_file var/history/transactions.parquet "
        "--kyc var/history/kyc_profiles.parquet --out scored.csv"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What is judged, with what, and what is told."""
        parser.add_argument("file", type=Path, metavar="IN")
        parser.add_argument(
            "--out", type=Path, metavar="OUT", help="for the result: .csv or .parquet"
        )
        parser.add_argument(
            "--model", type=Path, metavar="DIR", help="a trained model; default: the demo model"
        )
        parser.add_argument("--map", type=Path, metavar="MAP.toml", help="which column is which")
        parser.add_argument("--labels", type=Path, metavar="FILE", help="what was fraud, and when")
        parser.add_argument("--kyc", type=Path, metavar="FILE", help="what verifications came to")
        parser.add_argument("--accounts", type=Path, metavar="FILE", help="when accounts opened")
        parser.add_argument(
            "--explain", action="store_true", help="give approvals their reasons too; slower"
        )
        parser.add_argument("--force", action="store_true", help="replace OUT")
        parser.add_argument("--dry-run", action="store_true", help="judge, and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge, write, tell, and let the exit code say how it went."""
        try:
            report = _report(_sources(options), options)
        except (FileRefused, MapRefused, SourceRefused) as error:
            raise CommandError(str(error), returncode=EXIT_NOTHING_DONE) from error
        except KeyboardInterrupt:
            message = "Stopped; nothing was written."
            raise CommandError(message, returncode=EXIT_NOTHING_DONE) from None
        self.stdout.write(json.dumps(report) if options["json"] else _sentences(report))
        if report["refused"]:
            sys.exit(EXIT_SOME_REFUSED if report["transactions"] else EXIT_NOTHING_DONE)


def _sources(options: dict[str, Any]) -> Sources:
    return Sources(
        transactions=options["file"],
        map=options["map"],
        labels=options["labels"],
        kyc_profiles=options["kyc"],
        accounts=options["accounts"],
    )


def _report(sources: Sources, options: dict[str, Any]) -> dict[str, Any]:
    out: Path | None = options["out"]
    if out is not None:
        demand_writable(out, sources, may_replace=options["force"])
    elif not options["dry_run"]:
        raise FileRefused("Name the file for the result: --out OUT.")
    model = _model(options["model"])
    started = time.monotonic()
    with _bar("reading") as show:
        read = read_sources(sources, rates_of_settings(), show)
    scorer = HistoryScorer(
        starter_judge(model, policy_of_settings()), explains_all=options["explain"]
    )
    with _bar("judging") as show:
        result = scorer.score(read.history, show)
    if out is not None and not options["dry_run"]:
        write_result(result, out)
    noun = row_noun(sources.transactions)
    return {
        "transactions": len(result),
        "decisions": dict(result["decision"].value_counts(sort=True).iter_rows()),
        "refused": len(read.refused),
        "first_refused": [
            {"noun": noun, "number": number, "column": column, "reason": reason}
            for number, column, reason in read.refused.head(SHOWN).iter_rows()
        ],
        "model_version": model.manifest.version,
        "is_demo_model": model.manifest.is_demo,
        "out": None if options["dry_run"] else str(out),
        "seconds": round(time.monotonic() - started, 2),
    }


def _model(folder: Path | None) -> FraudModel:
    demo = demo_champion_folder(settings.MODELS_DIR)
    if folder is None and not demo.exists():
        message = "There is no demo model here: name one with --model DIR, or run `make setup`."
        raise FileRefused(message)
    try:
        return load_model(folder or demo, SCHEMA.hash)
    except (ModelMissing, ModelDamaged, SchemaMismatch) as error:
        raise FileRefused(str(error)) from error


@contextmanager
def _bar(what: str) -> Iterator[Show]:
    with tqdm(desc=what, unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        yield show


def _sentences(report: dict[str, Any]) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in report["decisions"].items())
    where = f"Wrote {report['out']}." if report["out"] else "Nothing was written."
    judged = (
        f"Judged {report['transactions']:,} transactions in {report['seconds']} s with the model "
        f"{report['model_version']}: {counts or 'none'}. {where}"
    )
    lines = [judged]
    if report["is_demo_model"]:
        lines.append("This is the demo model: it knows generated data alone and decides nothing.")
    if report["refused"]:
        lines.append(f"Refused {report['refused']:,} rows, which are not in the result:")
    lines += [_refusal(**refusal) for refusal in report["first_refused"]]
    return "\n".join(lines)


def _refusal(*, noun: str, number: int, column: str, reason: str) -> str:
    return f"  {noun} {number}  {column or '(all)'}  {REASONS[reason]}"
