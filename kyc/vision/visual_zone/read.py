"""Read the fields that are printed for people on a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from time import perf_counter
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.cards.crops import DocumentCrops
from kyc.vision.cards.rectify import RectifiedCard
from kyc.vision.mrz.locate import even_out
from kyc.vision.visual_zone.fields import Labelled, labelled_fields
from kyc.vision.visual_zone.labels import FieldName, plain_words
from kyc.vision.visual_zone.layout import Run, letter_height, runs_of
from kyc.vision.visual_zone.ocr import WordEngine, word_engine
from kyc.vision.visual_zone.printed_dates import find_dates

Gray = npt.NDArray[np.uint8]
Corner = tuple[float, float]

READING_WIDTH_PX = 1400
# A photograph of 9 : 20 that stands in for its card has 3,111; what is higher is read smaller.
MAX_READING_HEIGHT_PX = 3500
# Capitals of a value on a card of that width: 1.8–2.2 mm of 85.6 or 125.
LETTER_PX = 28.0
# What a field is worth that only one of the two recognitions gave, or that they gave differently.
ONE_OF_TWO = 0.6
AT_ODDS = 0.3
# Less sure words are dirt and guilloches; more of them only join what should be apart.
MIN_WORD_CONFIDENCE = 0.25
ZONE_FILLERS = "<<"
MAX_LINES = 80


@dataclass(frozen=True, slots=True)
class VisualField:
    """One field, read without a look at the machine-readable zone.

    Attributes
    ----------
    name : str
        ``surname``, ``given_names``, ``document_number``, ``birth_date``, ``expiry_date``,
        ``issue_date`` or ``nationality``.
    value : str
        Capitals as read, or an ISO date.
    days : tuple of date
        Every day that a date may mean: 03/04/1990 is two.
    confidence : float
        0–1. Above .6 two recognitions of differently treated pictures agree.
    corners : tuple of four (x, y)
        In pixels of the photograph.
    """

    name: FieldName
    value: str
    days: tuple[date, ...]
    confidence: float
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class VisualLine:
    """One run of print, whatever it says; ``days`` are those that dates in it may mean."""

    text: str
    confidence: float
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class VisualReading:
    """The visual zone of one side: fields by their labels, and every run of print."""

    fields: tuple[VisualField, ...]
    lines: tuple[VisualLine, ...]
    duration_ms: float
    engine: str

    def field(self, name: str) -> VisualField | None:
        """The field of that name, None when it was not read."""
        return next((field for field in self.fields if field.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON values; `kyc.decision.agreement.printed_of` takes it apart again."""
        return {
            **asdict(self),
            "fields": [{**asdict(field), "days": _iso(field.days)} for field in self.fields],
            "lines": [{**asdict(line), "days": _iso(line.days)} for line in self.lines],
        }


def read_visual_zone(
    document: DocumentCrops, *, today: date, engine: WordEngine | None = None
) -> VisualReading:
    """Read the print on a document that was laid flat.

    1. The machine-readable zone is painted over: it is read elsewhere, and must not help here.
    2. The words are recognised twice, in the picture as it is and with its contrast evened out.
    3. In each, values are found by their labels; a field is as sure as both together are.

    Parameters
    ----------
    document : DocumentCrops
        From `kyc.vision.cards.crops.crop_document`, one side.
    today : date
        Orders centuries of two-digit years.
    engine : WordEngine, optional
        tesserocr where it is installed.

    Returns
    -------
    VisualReading

    Raises
    ------
    OcrFailed
        When the engine is missing or broke down.
    """
    started = perf_counter()
    chosen = engine or word_engine()
    picture, scale = _picture(document)
    passes = [
        _runs(chosen, picture),
        _runs(chosen, even_out(picture, letter_height_px=LETTER_PX)),
    ]
    found = [labelled_fields(runs, today=today) for runs in passes]
    return VisualReading(
        fields=tuple(_merged(found, document.card, scale)),
        lines=_lines(passes, today),
        duration_ms=round((perf_counter() - started) * 1000, 1),
        engine=chosen.name,
    )


def _iso(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _picture(document: DocumentCrops) -> tuple[Gray, float]:
    """The card in grey without its zone, and how much it was scaled."""
    card = document.card
    gray = np.asarray(cv2.cvtColor(card.pixels, cv2.COLOR_BGR2GRAY), np.uint8).copy()
    if document.zone is not None:
        to_card = np.linalg.inv(card.to_source)
        corners = np.column_stack([np.array(document.zone.corners), np.ones(4)]) @ to_card.T
        outline = np.round(corners[:, :2] / corners[:, 2:]).astype(np.int32)
        cv2.fillConvexPoly(gray, outline, int(np.median(gray)))
    height, width = gray.shape
    scale = min(READING_WIDTH_PX / width, MAX_READING_HEIGHT_PX / height)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=interpolation)
    return np.asarray(resized, np.uint8), scale


def _runs(engine: WordEngine, picture: Gray) -> tuple[Run, ...]:
    words = [
        word
        for word in engine.read_words(picture)
        if word.confidence >= MIN_WORD_CONFIDENCE and ZONE_FILLERS not in word.text
    ]
    return runs_of(words)


def _merged(
    found: Sequence[Sequence[Labelled]], card: RectifiedCard, scale: float
) -> list[VisualField]:
    """Each field once: as sure as its words where both passes say the same, else much less."""
    by_name: dict[FieldName, list[Labelled]] = {}
    for one_pass in found:
        for labelled in one_pass:
            by_name.setdefault(labelled.field, []).append(labelled)
    return [_field(readings, card, scale) for readings in by_name.values()]


def _field(readings: list[Labelled], card: RectifiedCard, scale: float) -> VisualField:
    best = max(readings, key=lambda one: one.run.confidence)
    is_shared = len({plain_words(one.value) for one in readings}) == 1
    trust = 1.0 if is_shared and len(readings) > 1 else ONE_OF_TWO if is_shared else AT_ODDS
    run = best.run
    box = np.array(
        [(run.x, run.y), (run.right, run.y), (run.right, run.bottom), (run.x, run.bottom)]
    )
    places = card.in_source(box / scale)
    return VisualField(
        name=best.field,
        value=best.value,
        days=best.days,
        confidence=round(best.run.confidence * trust, 3),
        corners=tuple((round(float(x), 1), round(float(y), 1)) for x, y in places),
    )


def _lines(passes: Sequence[Sequence[Run]], today: date) -> tuple[VisualLine, ...]:
    """Every run that says something, surest first; the two passes' differing readings both."""
    surest: dict[str, float] = {}
    for runs in passes:
        floor = 0.5 * letter_height(runs)
        for run in runs:
            if len(plain_words(run.text)) >= 2 and run.height >= floor:
                surest[run.text] = max(surest.get(run.text, 0.0), run.confidence)
    ordered = sorted(surest.items(), key=lambda item: item[1], reverse=True)
    return tuple(
        VisualLine(text, round(sure, 3), _days(text, today)) for text, sure in ordered[:MAX_LINES]
    )


def _days(text: str, today: date) -> tuple[date, ...]:
    return tuple(day for found in find_dates(text, today=today) for day in found.days)
