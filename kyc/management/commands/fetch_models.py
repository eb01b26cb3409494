"""Fetch the pinned model files, or check the ones that are there."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.vision.weight_files import MODEL_FILES, OPTIONAL_FILES
from kyc.vision.weights import (
    FileReport,
    WeightsUnavailable,
    fetch,
    model_file,
    verify_file,
)


class Command(BaseCommand):
    """Needs no database; a second run finds everything in place and changes nothing."""

    help = (
        "Fetch the model files of the engines, each with its sha256 checked. "
        "Example: manage.py fetch_models mrz face-descriptor"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Names, and the two ways to look without changing anything or by a program."""
        needed = ", ".join(model.name for model in MODEL_FILES)
        more = ", ".join(model.name for model in OPTIONAL_FILES)
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help=f"by default {needed}; when named also {more}"
        )
        parser.add_argument(
            "--check", action="store_true", help="fetch nothing, fail if one is missing or damaged"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch or check each file, report it, and fail when one is not in place."""
        names = options["names"] or [model.name for model in MODEL_FILES]
        reports = []
        try:
            for name in names:
                report = self._report_of(name, is_check_only=options["check"])
                self._write(report, is_json=options["json"])
                reports.append(report)
        except WeightsUnavailable as error:
            raise CommandError(str(error)) from error
        missing = [report.name for report in reports if not report.is_present]
        if missing:
            raise CommandError(
                f"Not in place: {', '.join(missing)}; "
                f"`manage.py fetch_models {' '.join(missing)}` puts them there."
            )

    def _report_of(self, name: str, *, is_check_only: bool) -> FileReport:
        if is_check_only:
            return verify_file(model_file(name))
        return fetch(name, progress=self._tell)

    def _tell(self, sentence: str) -> None:
        self.stderr.write(sentence, style_func=str)

    def _write(self, report: FileReport, *, is_json: bool) -> None:
        if is_json:
            line = json.dumps(
                {
                    "name": report.name,
                    "state": report.state,
                    "path": str(report.path),
                    "sha256": report.sha256,
                    "is_converted": report.is_converted,
                }
            )
        else:
            line = f"{report.name:16} {report.state:8} {report.path}"
        self.stdout.write(line)
