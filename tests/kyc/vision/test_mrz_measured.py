"""Accuracy on the specimens named by MEASUREMENT_DATA; the figures are lower bounds."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from kyc.vision.documents import DocumentReading, read_document
from kyc.vision.images import ImageLimits, read_image
from kyc.vision.mrz.parse import parse_mrz
from kyc.vision.mrz.read import MAX_OCR_CALLS

FOLDER = Path(os.environ.get("MEASUREMENT_DATA", "")) / "mrz"
TODAY = date(2026, 5, 1)

pytestmark = [
    pytest.mark.measurement,
    pytest.mark.skipif(
        not os.environ.get("MEASUREMENT_DATA") or not FOLDER.is_dir(),
        reason="MEASUREMENT_DATA names no folder with mrz/",
    ),
]


@dataclass(frozen=True, slots=True)
class Case:
    """One specimen: what it prints (nothing for a negative), and what was read."""

    name: str
    lines: tuple[str, ...]
    reading: DocumentReading

    @property
    def is_exact(self) -> bool:
        return self.reading.mrz is not None and self.reading.mrz.lines == self.lines

    @property
    def is_accepted(self) -> bool:
        return self.reading.mrz is not None and self.reading.mrz.is_accepted


@cache
def cases() -> tuple[Case, ...]:
    with (FOLDER / "truth.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple(_case(row) for row in rows)


def _case(row: dict[str, str]) -> Case:
    image = read_image((FOLDER / row["file"]).read_bytes(), ImageLimits(min_side_px=100))
    lines = tuple(row[key] for key in ("line1", "line2", "line3") if row[key])
    return Case(row["file"], lines, read_document(image.pixels, today=TODAY))


def with_zone() -> list[Case]:
    return [case for case in cases() if case.lines]


def test_nine_in_ten_zones_are_read_to_the_letter() -> None:
    exact = sum(case.is_exact for case in with_zone())

    assert exact >= 0.9 * len(with_zone())


def test_most_zones_are_accepted() -> None:
    assert sum(case.is_accepted for case in with_zone()) >= 0.8 * len(with_zone())


def test_nothing_is_accepted_with_a_wrong_number_birth_or_expiry_date() -> None:
    wrong = []
    for case in with_zone():
        if case.is_accepted and case.reading.mrz is not None:
            fields, truth = case.reading.mrz.fields, parse_mrz(case.lines, today=TODAY).fields
            read = (fields.document_number, fields.birth_date, fields.expiry_date)
            if read != (truth.document_number, truth.birth_date, truth.expiry_date):
                wrong.append(case.name)

    assert wrong == []


def test_nothing_without_a_zone_or_with_a_malformed_one_is_accepted() -> None:
    negatives = [case for case in cases() if not case.lines]

    assert negatives != []
    assert [case.name for case in negatives if case.is_accepted] == []


def test_every_repair_of_an_accepted_zone_is_reported() -> None:
    for case in with_zone():
        if case.is_accepted and case.reading.mrz is not None:
            for repair in case.reading.mrz.repairs:
                if repair.written:
                    assert case.reading.mrz.lines[repair.line][repair.position] == repair.written


def test_calls_are_few_and_capped() -> None:
    calls = sorted(case.reading.ocr_calls for case in cases())

    assert calls[-1] <= MAX_OCR_CALLS
    assert calls[len(calls) // 2] <= 2
