"""How well machine-readable zones are read, on labelled pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kyc.evaluating.document_cases import (
    Case,
    Judged,
    Key,
    cases_in,
    figures_of,
    judged,
    key_of,
    table_of,
)
from kyc.evaluating.document_renders import KINDS, renders
from kyc.evaluating.report import MaterialRefused, Order, PartReport, Progress
from kyc.simulation.wear import LEVELS, Level
from kyc.vision.documents import OcrEngine, OcrFailed, read_document
from kyc.vision.images import ImageLimits, ImageRefused, Pixels, read_image
from kyc.vision.mrz.ocr import default_engine, engine_named

__all__ = [
    "Case",
    "Judged",
    "Key",
    "Measured",
    "cases_in",
    "evaluate",
    "figures_of",
    "judged",
    "key_of",
    "measured",
    "table_of",
]

FOLDER = "mrz"
# Scans of specimens are smaller than what customers may upload, zones cut out of them longer.
LIMITS = ImageLimits(min_side_px=50, max_elongation=math.inf)


@dataclass(frozen=True, slots=True)
class Measured:
    """One case read and judged, with what is written of it."""

    result: Judged
    row: dict[str, Any]


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Read every picture of ``mrz/`` and hold it against ``truth.csv``; then own renders, if asked.

    Raises
    ------
    MaterialRefused
        When the folder, its truth or the engine is not there.
    """
    folder = order.subfolder(FOLDER)
    cases = cases_in(folder)
    try:
        engine = engine_named(order.engine) if order.engine else default_engine()
        version = engine.version
        found = []
        for done, case in enumerate(cases):
            progress(case.file, done, len(cases))
            found.append(_measured_file(folder, case, engine, order.today))
        simulated = _measured_renders(order, engine, progress)
    except OcrFailed as error:
        raise MaterialRefused(str(error)) from error
    results = [one.result for one in found]
    return PartReport(
        figures={
            **figures_of(results),
            "engine": engine.name,
            "engine_version": version,
            **({"simulated": _simulated_figures(order, simulated)} if simulated else {}),
        },
        rows=[one.row for one in found]
        + [{**one.row, "level": level} for level, part in simulated.items() for one in part],
        table=table_of(results) + _simulated_table(simulated),
    )


def _measured_renders(
    order: Order, engine: OcrEngine, progress: Progress
) -> dict[Level, list[Measured]]:
    found: dict[Level, list[Measured]] = {}
    total = order.simulated * len(KINDS) * len(LEVELS)
    todo = renders(order.simulated, seed=order.seed, today=order.today)
    for done, render in enumerate(todo):
        progress(render.case.file, done, total)
        one = measured(render.case, render.pixels, engine, order.today)
        found.setdefault(render.level, []).append(one)
    return found


def _simulated_figures(order: Order, found: dict[Level, list[Measured]]) -> dict[str, Any]:
    """By level, and within it by format."""
    return {"seed": order.seed} | {
        level: {
            **figures_of([one.result for one in part]),
            "formats": {
                kind: figures_of([one.result for one in part if one.result.case.format == kind])
                for kind in KINDS
            },
        }
        for level, part in found.items()
    }


def _simulated_table(found: dict[Level, list[Measured]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"own renders, {level}: {label}", value)
        for level, part in found.items()
        for label, value in table_of([one.result for one in part])
    )


def _measured_file(folder: Path, case: Case, engine: OcrEngine, today: date) -> Measured:
    try:
        pixels = read_image((folder / case.file).read_bytes(), LIMITS).pixels
    except (OSError, ImageRefused) as error:
        reason = error.code if isinstance(error, ImageRefused) else "cannot_be_opened"
        return Measured(
            judged(case, ()), {"file": case.file, "format": case.format, "error": reason}
        )
    return measured(case, pixels, engine, today)


def measured(case: Case, pixels: Pixels, engine: OcrEngine, today: date) -> Measured:
    """Read one picture as the workers do, and judge it.

    Raises
    ------
    OcrFailed
        When the engine is missing or broke down.
    """
    reading = read_document(pixels, today=today, engine=engine)
    mrz = reading.mrz
    result = judged(
        case,
        mrz.lines if mrz else (),
        is_accepted=mrz is not None and mrz.is_accepted,
        duration_ms=reading.duration_ms,
    )
    row = {
        "file": case.file,
        "format": case.format,
        "outcome": reading.outcome,
        "format_read": mrz.format if mrz else None,
        "is_exact": result.is_exact,
        "is_key_right": result.is_key_right,
        "is_accepted": result.is_accepted,
        "refusal_reason": mrz.refusal_reason if mrz else "",
        "repairs": len(mrz.repairs) if mrz else 0,
        "ocr_calls": reading.ocr_calls,
        "duration_ms": reading.duration_ms,
    }
    return Measured(result, row)
