"""Labelled document pictures, and readings of any engine held against them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kyc.evaluating.rates import Rate
from kyc.evaluating.report import MaterialRefused
from kyc.vision.mrz.formats import MrzFormat, format_named
from kyc.vision.mrz.parse import MrzMalformed, format_of, parse_mrz

LINE_COLUMNS = ("line1", "line2", "line3")
# Dates are compared as printed, so the day that would settle their centuries settles nothing.
ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled picture: the lines that it prints, none for a picture without a proper zone."""

    file: str
    format: str
    lines: tuple[str, ...]

    @property
    def is_negative(self) -> bool:
        """Whether nothing may be accepted from this picture."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class Key:
    """What must never be wrong: number, and dates as printed (YYMMDD, or empty)."""

    document_number: str
    birth_date: str
    expiry_date: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading held against its case; of a negative both are false."""

    case: Case
    is_exact: bool
    is_key_right: bool
    is_accepted: bool
    duration_ms: float


def cases_in(folder: Path) -> tuple[Case, ...]:
    """Labelled pictures of a folder, as its ``truth.csv`` names them.

    Raises
    ------
    MaterialRefused
        When there is no such file, or it has no column ``file``, ``format`` or ``line1``, or no
        row.
    """
    truth = folder / "truth.csv"
    try:
        with truth.open(newline="", encoding="utf-8-sig") as stream:
            rows = csv.DictReader(stream)
            missing = {"file", "format", "line1", "line2"} - set(rows.fieldnames or ())
            if missing:
                raise MaterialRefused(f"{truth} has no column {', '.join(sorted(missing))}.")
            cases = tuple(_case(row) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MaterialRefused(f"{truth} cannot be read: {type(error).__name__}.") from error
    if not cases:
        raise MaterialRefused(f"{truth} names no picture.")
    return cases


def _case(row: dict[str, str | None]) -> Case:
    lines = tuple(line for column in LINE_COLUMNS if (line := (row.get(column) or "").strip()))
    return Case(row["file"] or "", row["format"] or "", lines)


def key_of(lines: Sequence[str], layout: MrzFormat | None = None) -> Key | None:
    """Number and dates out of lines; None when the lines are no zone.

    Examples
    --------
    >>> key_of(("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"))
    Key(document_number='D23145890', birth_date='740812', expiry_date='120415')
    """
    whole = tuple(lines)
    try:
        known = layout or format_of(whole)
        number = parse_mrz(whole, today=ANY_DAY, format_name=known.name).fields.document_number
    except MrzMalformed:
        return None
    birth, expiry = known.value("birth_date", whole), known.value("expiry_date", whole)
    return Key(number, birth, expiry)


def judged(
    case: Case,
    lines_read: Sequence[str],
    *,
    key_read: Key | None = None,
    is_accepted: bool = False,
    duration_ms: float = 0.0,
) -> Judged:
    """Hold lines read by any engine against what the picture prints.

    Parameters
    ----------
    case : Case
    lines_read : sequence of str
        As read, empty when nothing was.
    key_read : Key, optional
        For engines that give fields; out of the lines otherwise.
    is_accepted : bool
        Whether the engine would rely on it.
    duration_ms : float

    Returns
    -------
    Judged
    """
    if case.is_negative:
        return Judged(
            case,
            is_exact=False,
            is_key_right=False,
            is_accepted=is_accepted,
            duration_ms=duration_ms,
        )
    true_key = key_of(case.lines, _layout(case))
    found = key_read or key_of(lines_read)
    return Judged(
        case=case,
        is_exact=tuple(lines_read) == case.lines,
        is_key_right=found is not None and found == true_key,
        is_accepted=is_accepted,
        duration_ms=duration_ms,
    )


def _layout(case: Case) -> MrzFormat | None:
    try:
        return format_named(case.format)
    except ValueError:
        return None


def figures_of(results: Sequence[Judged]) -> dict[str, Any]:
    """The summary; rates are shares of the pictures that have a zone, None where none has."""
    positives = [one for one in results if not one.case.is_negative]
    negatives = [one for one in results if one.case.is_negative]
    accepted = [one for one in positives if one.is_accepted]
    times = [one.duration_ms for one in results] or [0.0]
    return {
        "images": len(results),
        "with_zone": len(positives),
        "exact": sum(one.is_exact for one in positives),
        "exact_rate": Rate(sum(one.is_exact for one in positives), len(positives)).value,
        "key_rate": Rate(sum(one.is_key_right for one in positives), len(positives)).value,
        "accepted": len(accepted),
        "accepted_exact": sum(one.is_exact for one in accepted),
        "accepted_key_errors": sum(not one.is_key_right for one in accepted),
        "negatives": len(negatives),
        "negatives_accepted": sum(one.is_accepted for one in negatives),
        "median_ms": round(float(np.median(times)), 1),
        "p95_ms": round(float(np.percentile(times, 95)), 1),
    }


def table_of(results: Sequence[Judged]) -> tuple[tuple[str, str], ...]:
    """The same for people, no rate smaller than the pictures can show."""
    figures, count = figures_of(results), sum(not one.case.is_negative for one in results)
    key_right = sum(one.is_key_right for one in results)
    return (
        ("pictures", f"{figures['images']}, {count} of them with a zone"),
        ("read to the letter", Rate(figures["exact"], count).words),
        ("number, birth, expiry right", Rate(key_right, count).words),
        ("accepted", Rate(figures["accepted"], count).words),
        (
            "accepted with one of them wrong",
            Rate(figures["accepted_key_errors"], figures["accepted"]).words,
        ),
        (
            "accepted without a zone",
            Rate(figures["negatives_accepted"], figures["negatives"]).words,
        ),
        ("time", f"median {figures['median_ms']} ms, 95 % below {figures['p95_ms']} ms"),
    )
