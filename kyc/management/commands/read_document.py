"""Read the machine-readable zones of document pictures, as the workers do."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kyc.vision.documents import DocumentReading, MrzReading, OcrEngine, OcrFailed, read_document
from kyc.vision.images import ImageLimits, ImageRefused, read_image
from kyc.vision.mrz.ocr import engine_named
from kyc.vision.quality import QualityReport, assess_quality

# Smaller than what customers may upload: scans of specimens go down to 184 px, and seeing what can
# be read of one is what the command is for.
LIMITS = ImageLimits(min_side_px=100, max_elongation=math.inf)


class Command(BaseCommand):
    """Needs no database; a file that is refused is reported and the others are still read."""

    help = (
        "Read the machine-readable zone of each picture (JPEG, PNG, WebP, HEIC; TD1, TD2, TD3, "
        "MRV-A, MRV-B, the French card of 1988). Exit code 1 when a file was refused. "
        "Example: manage.py read_document passport.jpg card-back.heic --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Pictures, the form of the output and the engine."""
        parser.add_argument("images", nargs="+", metavar="IMAGE", help="a picture of one side")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument(
            "--engine",
            choices=("pytesseract", "tesserocr"),
            default="pytesseract",
            help="text recognition (default: %(default)s)",
        )
        parser.add_argument(
            "--today",
            type=_day,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day that settles centuries of two-digit years (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each file and report it; fail at the end when one was refused."""
        today = options["today"] or timezone.now().date()
        try:
            engine = engine_named(options["engine"])
            reports = []
            for name in options["images"]:
                report = _report(name, today, engine)
                reports.append(report)
                self._write(report, is_json=options["json"])
        except OcrFailed as error:
            raise CommandError(str(error)) from error
        refused = sum(report["outcome"] == "refused" for report in reports)
        if refused:
            raise CommandError(f"{refused} of {len(reports)} files could not be used.")

    def _write(self, report: dict[str, Any], *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_table(report)) + "\n")
        self.stdout.flush()


def _day(text: str) -> date:
    return (
        datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.get_current_timezone()).date()
    )


def _report(name: str, today: date, engine: OcrEngine) -> dict[str, Any]:
    try:
        pixels = read_image(_bytes_of(name), LIMITS).pixels
    except ImageRefused as refused:
        return _refusal(name, refused, engine)
    quality = assess_quality(pixels, kind="document")
    reading = read_document(pixels, today=today, engine=engine)
    return {
        "file": name,
        "outcome": reading.outcome,
        "sentence": None,
        **_mrz(reading.mrz, reading.outcome),
        "quality": _quality(quality),
        **_cost(reading),
    }


def _refusal(name: str, refused: ImageRefused, engine: OcrEngine) -> dict[str, Any]:
    """The same keys as of a file that was read, so that a program need not look twice."""
    return {
        "file": name,
        "outcome": "refused",
        "sentence": refused.sentence,
        **_mrz(None, refused.code),
        "quality": None,
        "ocr_calls": 0,
        "duration_ms": 0.0,
        "engine": engine.name,
        "engine_version": engine.version,
    }


def _bytes_of(name: str) -> bytes:
    """At most one byte more than is taken, so that a huge file is refused without being read."""
    try:
        with Path(name).open("rb") as stream:
            return stream.read(LIMITS.max_bytes + 1)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        raise ImageRefused("unreadable_file", f"{name} cannot be opened: {why}.") from error


def _mrz(mrz: MrzReading | None, reason_without: str) -> dict[str, Any]:
    if mrz is None:
        return {
            "format": None,
            "lines": [],
            "fields": {},
            "check_digits": [],
            "repairs": [],
            "is_accepted": False,
            "refusal_reason": reason_without,
            "confidence": 0.0,
        }
    found = asdict(mrz)
    return {**found, "lines": list(mrz.lines), "fields": _fields(found["fields"])}


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }


def _quality(quality: QualityReport) -> dict[str, Any]:
    return {**asdict(quality), "issues": [issue.code for issue in quality.issues]}


def _cost(reading: DocumentReading) -> dict[str, Any]:
    return {
        "ocr_calls": reading.ocr_calls,
        "duration_ms": reading.duration_ms,
        "engine": reading.engine,
        "engine_version": reading.engine_version,
    }


def _table(report: dict[str, Any]) -> list[str]:
    if report["outcome"] == "refused":
        return [report["file"], f"  {'refused':<18} {report['sentence']}"]
    verdict = "accepted" if report["is_accepted"] else f"not accepted: {report['refusal_reason']}"
    fields = {name: value for name, value in report["fields"].items() if value}
    cost = f"{report['duration_ms']:.0f} ms, {report['ocr_calls']} calls of {report['engine']}"
    rows = [
        ("outcome", f"{report['outcome']}, {verdict}"),
        *(("line", line) for line in report["lines"]),
        *((name.replace("_", " "), str(value)) for name, value in fields.items()),
        *(("check digit", _digit_in_words(digit)) for digit in report["check_digits"]),
        *(("repair", _repair_in_words(repair)) for repair in report["repairs"]),
        ("quality", ", ".join(report["quality"]["issues"]) or "good"),
        ("took", cost),
    ]
    return [report["file"], *(f"  {name:<18} {value}" for name, value in rows)]


def _digit_in_words(digit: dict[str, Any]) -> str:
    wrong = "" if digit["is_valid"] else f", should be {digit['expected']}"
    return f"{digit['name']} {digit['found']}{wrong}"


def _repair_in_words(repair: dict[str, Any]) -> str:
    place = f"line {repair['line'] + 1}, character {repair['position'] + 1}"
    return f"{place}: {repair['read'] or 'nothing'} → {repair['written'] or 'nothing'}"
