"""Measure the verification engines on labelled material."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.module_loading import import_string
from tqdm import tqdm

from kyc.evaluating.report import MaterialRefused, Order, PartReport
from kyc.vision.weights import WeightsUnavailable

# Loaded when asked for: each brings its engine.
PARTS = {
    "documents": "kyc.evaluating.documents.evaluate",
    "visual": "kyc.evaluating.visual_zone.evaluate",
    "barcodes": "kyc.evaluating.barcodes.evaluate",
    "faces": "kyc.evaluating.faces.evaluate",
    "liveness": "kyc.evaluating.liveness.evaluate",
}


class Command(BaseCommand):
    """Needs no database; changes nothing but the file it is told to write."""

    help = (
        "Measure how well documents, bar codes, faces and liveness are read. Example: "
        "manage.py evaluate_kyc documents faces --data /path/to/material --out figures.json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to measure, on what, and where the figures go."""
        parser.add_argument(
            "parts", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS)
        )
        parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the material")
        parser.add_argument("--out", type=Path, metavar="FILE", help="figures and cases as JSON")
        parser.add_argument(
            "--engine", default="", help="by name; the part's own default if absent"
        )
        parser.add_argument(
            "--simulated", type=int, default=0, metavar="N", help="renders of each kind, besides"
        )
        parser.add_argument("--seed", type=int, default=1, help="of the renders")
        parser.add_argument(
            "--today", type=date.fromisoformat, metavar="DATE", help="for the century of dates"
        )
        parser.add_argument("--json", action="store_true", help="figures as JSON on the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each part, show it as soon as it is done, write them all."""
        if not options["data"].is_dir():
            raise CommandError(f"There is no folder {options['data']}.")
        order = Order(
            folder=options["data"],
            today=options["today"] or timezone.now().date(),
            simulated=options["simulated"],
            seed=options["seed"],
            engine=options["engine"],
        )
        measured = {part: self._measured(part, order) for part in dict.fromkeys(options["parts"])}
        if options["json"]:
            figures = {part: dict(report.figures) for part, report in measured.items()}
            self.stdout.write(json.dumps(figures, indent=2))
        else:
            for part, report in measured.items():
                self._show(part, report)
        if options["out"]:
            _write(options["out"], measured)

    def _measured(self, part: str, order: Order) -> PartReport:
        with tqdm(desc=part, file=self.stderr, leave=False) as bar:

            def progress(sentence: str, done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.set_postfix_str(sentence)

            try:
                report: PartReport = import_string(PARTS[part])(order, progress)
            except (MaterialRefused, WeightsUnavailable) as error:
                raise CommandError(str(error)) from error
        return report

    def _show(self, part: str, report: PartReport) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(part))
        width = max((len(label) for label, _ in report.table), default=0)
        for label, value in report.table:
            self.stdout.write(f"  {label:{width}}  {value}")


def _write(path: Path, measured: dict[str, PartReport]) -> None:
    whole = {
        part: {**report.figures, "rows": list(report.rows)} for part, report in measured.items()
    }
    part_file = path.with_name(path.name + ".part")
    part_file.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    part_file.replace(path)
