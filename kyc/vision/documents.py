"""Read an identity document from photographs of its sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.letters import LetterReader, letter_reader
from kyc.vision.mrz.ocr import OcrEngine, OcrLine, default_engine
from kyc.vision.mrz.read import MAX_OCR_CALLS, MrzSearch, read_mrz
from kyc.vision.mrz.readings import CheckDigit, MrzFields, MrzReading, Repair
from kyc.vision.quality import blur_variance
from kyc.vision.tesseract import OcrFailed

__all__ = [
    "CheckDigit",
    "DocumentReading",
    "MrzFields",
    "MrzReading",
    "OcrEngine",
    "OcrFailed",
    "OcrLine",
    "Repair",
    "read_document",
]

Pixels = npt.NDArray[np.uint8]
Gray = npt.NDArray[np.uint8]
Outcome = Literal["read", "unreadable", "no_mrz"]
Side = Literal["front", "back"]

# Nothing is read better above it (the letters are cut out at 17–30 px height anyway), and finding
# bands in a 12-megapixel photograph would cost more than reading them.
WORKING_SIDE_PX = 2400
MEASURED_SIDE_PX = 900


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What was read, from which side and at what cost.

    Attributes
    ----------
    outcome : {"read", "unreadable", "no_mrz"}
        "unreadable": there is a machine-readable zone, but nothing could be made of it.
    mrz : MrzReading or None
        None unless the outcome is "read". Look at ``mrz.is_accepted`` before relying on it.
    side : {"front", "back"} or None
        Where the zone is.
    ocr_calls : int
        Calls of the engine, at most six a side.
    duration_ms : float
    engine, engine_version : str
        The version ends with "+letters" where single cells were read as well.
    """

    outcome: Outcome
    mrz: MrzReading | None
    side: Side | None
    ocr_calls: int
    duration_ms: float
    engine: str
    engine_version: str


def read_document(
    front: Pixels,
    back: Pixels | None = None,
    *,
    today: date,
    engine: OcrEngine | None = None,
    letters: LetterReader | None = None,
) -> DocumentReading:
    """Read the machine-readable zone from whichever side carries it.

    Parameters
    ----------
    front, back : ndarray of shape (height, width, 3), dtype=uint8
        BGR. Cards carry the zone on the back, which is therefore tried first when given.
    today : date
        Settles the century of two-digit years.
    engine : OcrEngine, optional
        pytesseract by default.
    letters : LetterReader, optional
        Reads single cells; by default the one of this installation, if `manage.py
        train_mrz_letters` has made its weights.

    Returns
    -------
    DocumentReading

    Raises
    ------
    OcrFailed
        When the engine is missing or broke down.
    """
    started = perf_counter()
    chosen, cell_reader = engine or default_engine(), letters or letter_reader()
    found: dict[Side, MrzSearch] = {}
    sides: list[tuple[Side, Pixels | None]] = [("back", back), ("front", front)]
    for side, pixels in sides:
        if pixels is None:
            continue
        found[side] = _search(pixels, today, chosen, cell_reader)
        reading = found[side].reading
        if reading is not None and reading.is_accepted:
            break
    side, search = max(found.items(), key=lambda item: _worth(item[1]))
    return DocumentReading(
        outcome=search.outcome,
        mrz=search.reading,
        side=None if search.outcome == "no_mrz" else side,
        ocr_calls=sum(one.ocr_calls for one in found.values()),
        duration_ms=round((perf_counter() - started) * 1000, 1),
        engine=chosen.name,
        engine_version=chosen.version + ("+letters" if cell_reader else ""),
    )


def _search(
    pixels: Pixels, today: date, engine: OcrEngine, letters: LetterReader | None
) -> MrzSearch:
    gray = _shrunk(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8), WORKING_SIDE_PX)
    sharpness = blur_variance(_shrunk(gray, MEASURED_SIDE_PX))
    return read_mrz(
        gray,
        today=today,
        engine=engine,
        blur_variance=sharpness,
        max_ocr_calls=MAX_OCR_CALLS,
        letters=letters,
    )


def _shrunk(gray: Gray, longest_side_px: int) -> Gray:
    scale = longest_side_px / max(gray.shape)
    if scale >= 1:
        return gray
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _worth(search: MrzSearch) -> tuple[int, bool, float]:
    """Accepted before read before seen before nothing."""
    order = {"no_mrz": 0, "unreadable": 1, "read": 2}
    reading = search.reading
    if reading is None:
        return order[search.outcome], False, 0.0
    return order[search.outcome], reading.is_accepted, reading.confidence
