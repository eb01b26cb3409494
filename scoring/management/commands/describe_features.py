"""Print the list of features."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.feature_table import feature_lines, feature_markdown, feature_record
from scoring.features import SCHEMA


class Command(BaseCommand):
    """Needs neither database nor broker."""

    help = (
        "Print every feature with its unit, range and meaning, in the order of the vector. "
        "Example: manage.py describe_features --markdown"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the form of the answer."""
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--markdown", action="store_true", help="as the table of docs/models.md")
        form.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        if options["json"]:
            features = [feature_record(spec) for spec in SCHEMA.specs]
            self.stdout.write(json.dumps({"schema_hash": SCHEMA.hash, "features": features}))
            return
        written = feature_markdown if options["markdown"] else feature_lines
        self.stdout.write(written(SCHEMA.specs))
