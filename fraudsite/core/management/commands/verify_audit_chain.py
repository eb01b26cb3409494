"""Check that nobody rewrote the audit trail."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraudsite.core.services.audit import ChainReport, audit_verify


class Command(BaseCommand):
    """Walks the hash chain; exit code 1 if anything sealed was altered, removed or inserted."""

    help = "Verify the hash chain over the audit entries and report its unsealed tail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="a seal's head hash as the logs have it; shows a chain cut short or written anew",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        expected = dict(_parse_expected(text) for text in options["expect"])
        report = audit_verify(expected_heads=expected)
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if not report.is_intact:
            raise SystemExit(1)


def _parse_expected(text: str) -> tuple[int, str]:
    number, separator, head = text.partition(":")
    if not separator or not number.isdecimal():
        message = f"{text!r} is not of the form NUMBER:HASH."
        raise CommandError(message)
    return int(number), head.lower()


def _as_json(report: ChainReport) -> str:
    return json.dumps({**asdict(report), "is_intact": report.is_intact}, default=str)


def _as_text(report: ChainReport) -> str:
    lines = [
        f"Seals: {report.seals} over {report.sealed_entries} entries.",
        f"Head: {report.head_number}:{report.head_hash}",
        f"Unsealed: {report.unsealed_entries}"
        + (f", the oldest from {report.oldest_unsealed_at}" if report.unsealed_entries else "")
        + ".",
        f"Entry ids in no row (transactions rolled back leave such): {report.unused_ids}.",
    ]
    lines += [f"BREAK at seal {found.seal_number}: {found.reason}." for found in report.breaks]
    lines.append("The chain is intact." if report.is_intact else "The chain is broken.")
    return "\n".join(lines)
