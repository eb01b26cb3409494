"""Send generated payments to a site's API, as an integrator would."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from transactions.traffic import (
    TrafficRefused,
    TrafficReport,
    TransactionPoster,
    live_requests,
    send_traffic,
)

MAX_RATE = 2_000.0


class Command(BaseCommand):
    """Needs no database. Exit code 0: transactions were judged; 1: none was, or the key ended."""

    help = (
        "Post generated transactions, honest and fraudulent, to POST /api/v1/transactions/ at a "
        "steady rate. The API key (scope transactions:write; manage.py create_api_key) comes from "
        "the environment or a file, never from the command line, where others would see it. "
        "Example: FRAUDSITE_API_KEY=… manage.py simulate_transactions --rate 20 "
        "--url http://127.0.0.1:8000 --seconds 60"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, with which key, how fast, how long."""
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="default: %(default)s")
        parser.add_argument("--rate", type=float, default=20.0, help="a second; default: 20")
        parser.add_argument(
            "--seconds", type=float, default=60.0, help="default: 60; 0: until Ctrl-C"
        )
        parser.add_argument("--seed", type=int, default=1, help="of the payments; default: 1")
        parser.add_argument(
            "--key-env",
            default="FRAUDSITE_API_KEY",
            metavar="NAME",
            help="environment variable that holds the key; default: %(default)s",
        )
        parser.add_argument("--key-file", type=Path, metavar="FILE", help="file that holds it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say how it went."""
        _demand_possible(options)
        key = _key(options["key_file"], options["key_env"])
        try:
            report = self._sent(options, key)
        except TrafficRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(_as_json(report) if options["json"] else f"{report.line()}.")
        if not report.judged:
            sys.exit(1)

    def _sent(self, options: dict[str, Any], key: str) -> TrafficReport:
        stop = threading.Event()
        with closing(TransactionPoster(options["url"], key, stop)) as poster:
            if poster.is_open_to_listeners:
                self.stderr.write("The key travels in clear to another machine; use https.")
            return send_traffic(
                poster,
                live_requests(options["seed"]),
                rate=options["rate"],
                seconds=options["seconds"],
                stop=stop,
                show=self._show_live,
            )

    def _show_live(self, report: TrafficReport) -> None:
        """Overwrite one line on a terminal; a file gets the last word only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{report.line()}", ending="")
            self.stderr.flush()


def _demand_possible(options: dict[str, Any]) -> None:
    # Not a number is within no limits.
    if not 0 < options["rate"] <= MAX_RATE:
        raise CommandError(f"--rate lies above 0 and is at most {MAX_RATE:,.0f}.")
    if not 0 <= options["seconds"] < float("inf"):
        raise CommandError("--seconds is not negative; 0 means until Ctrl-C.")
    if options["seed"] < 0:
        raise CommandError("--seed is not negative.")


def _key(file: Path | None, variable: str) -> str:
    if file is not None:
        try:
            key = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The key file {file} cannot be read.") from error
        source = str(file)
    else:
        key, source = os.environ.get(variable, "").strip(), f"${variable}"
    if not key or not key.isascii() or len(key.split()) != 1:
        raise CommandError(f"{source} holds no API key; manage.py create_api_key makes one.")
    return key


def _as_json(report: TrafficReport) -> str:
    return json.dumps({**asdict(report), "rate": round(report.rate, 2)})
