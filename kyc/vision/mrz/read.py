"""Find and read the machine-readable zone of a picture, and say whether to rely on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.agreement import Pass
from kyc.vision.mrz.judgement import Verdict, judge
from kyc.vision.mrz.letters import LetterReader
from kyc.vision.mrz.locate import Band
from kyc.vision.mrz.ocr import OcrEngine, OcrLine
from kyc.vision.mrz.readings import MrzReading
from kyc.vision.mrz.repair import candidates, repair_budget
from kyc.vision.mrz.views import Treatment, View, views
from kyc.vision.mrz.zones import Zone

Gray = npt.NDArray[np.uint8]
Outcome = Literal["read", "unreadable", "no_mrz"]

# Height of a capital letter in the picture handed to recognition, and what is done to it before.
# Exact first readings of 42 harsh renders (24 of medium wear): plain at 20 px 6 (18), stretched at
# 20 px 17 (20), at 28 px 17 (19), evened out at 24 px 18 (22). Unlike pictures make unlike
# mistakes, so two that agree are worth more than two of one kind.
TRIES: tuple[tuple[float, Treatment], ...] = (
    (20.0, "stretched"), (24.0, "evened"), (28.0, "stretched"), (17.0, "plain"),
)  # fmt: skip

# One call takes about 85 ms on one core; six stay below a second with everything around them.
# Only pictures without a zone that can be read use them up.
MAX_OCR_CALLS = 6

# A line like this is part of a zone, whether or not it could be read: nothing else on documents is
# so long and has fillers in a row. (Single ones also come of other print read upside down.)
TELLING_LENGTH = 24
TELLING_FILLERS = "<<<<"


@dataclass(frozen=True, slots=True)
class MrzSearch:
    """What came of a picture: ``reading`` is None unless the outcome is "read"."""

    outcome: Outcome
    reading: MrzReading | None
    ocr_calls: int


class _Recognition:
    """An engine that stops answering when the calls are used up."""

    def __init__(self, engine: OcrEngine, max_calls: int) -> None:
        self._engine = engine
        self._max_calls = max_calls
        self.calls = 0
        self.has_seen_a_zone = False

    @property
    def is_used_up(self) -> bool:
        return self.calls >= self._max_calls

    def read(self, picture: Gray, treatment: Treatment) -> Pass | None:
        """The best zone in a picture, or None."""
        self.calls += 1
        lines = self._engine.read_lines(picture)
        self.has_seen_a_zone |= any(_is_telling(line.text) for line in lines)
        found = candidates(tuple(line.text for line in lines))
        return Pass(found[0], _confidence(lines), treatment) if found else None


def read_mrz(
    gray: Gray,
    *,
    today: date,
    engine: OcrEngine,
    blur_variance: float = float("inf"),
    max_ocr_calls: int = MAX_OCR_CALLS,
    letters: LetterReader | None = None,
) -> MrzSearch:
    """Read the machine-readable zone of a picture, whichever way up it is.

    1. Zones are found by their letters at even distances, at any angle, and straightened.
    2. `letters` reads each cell: which layout, which way up, how likely each character.
    3. Lines are recognised, differently prepared, until one agrees with the cells or two with each
       other; where none do, what speaks most for each position is taken, and where that takes many
       repairs, another place is tried.
    4. The result is parsed and judged.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    today : date
        Settles centuries and bounds dates.
    engine : OcrEngine
    blur_variance : float
        Sharpness of the picture as `kyc.vision.quality` measures it; a blurred picture is allowed
        fewer repairs.
    max_ocr_calls : int
    letters : LetterReader, optional
        Reads single cells; without it, more recognitions are needed.

    Returns
    -------
    MrzSearch
        Outcome "unreadable" when there is a zone that could not be read, "no_mrz" when there is
        none.
    """
    recognition = _Recognition(engine, max_ocr_calls)
    best: MrzReading | None = None
    upright: Zone | Band | None = None
    for view in views(gray, letters):
        if recognition.is_used_up:
            break
        if view.place is upright:  # which way up it is was seen at the first look
            continue
        found = _read_view(view, recognition, today, repair_budget(blur_variance))
        if found is None:
            continue
        if best is None or _rank(found.reading) > _rank(best):
            best = found.reading
        # Where single cells were plain, another look without them would only drop their objection.
        if found.is_settled or view.is_plain:
            break
        if found.is_way_up_sure:
            upright = view.place
    if best is not None:
        return MrzSearch("read", best, recognition.calls)
    outcome: Outcome = "unreadable" if recognition.has_seen_a_zone else "no_mrz"
    return MrzSearch(outcome, None, recognition.calls)


def _rank(reading: MrzReading) -> tuple[bool, int, float]:
    valid = sum(digit.is_valid for digit in reading.check_digits)
    return reading.is_accepted, valid, reading.confidence


def _read_view(view: View, recognition: _Recognition, today: date, budget: float) -> Verdict | None:
    """What is read of one view: nothing where the first recognition shows no zone."""
    passes: list[Pass] = []
    verdict: Verdict | None = None
    for letter_height_px, treatment in TRIES:
        if recognition.is_used_up or (verdict is not None and verdict.is_confirmed):
            break
        found = recognition.read(view.picture(letter_height_px, treatment), treatment)
        if found is not None:
            passes.append(found)
            verdict = judge(passes, view.cells, today=today, budget=budget)
        elif not passes and not view.cells:
            break
    if verdict is None and view.is_plain:
        return judge(passes, view.cells, today=today, budget=budget)
    return verdict


def _is_telling(text: str) -> bool:
    return len(text) >= TELLING_LENGTH and TELLING_FILLERS in text


def _confidence(lines: tuple[OcrLine, ...]) -> float:
    """The engine's own confidence in the lines long enough to matter, 0–1."""
    relevant = [line.confidence for line in lines if len(line.text) >= TELLING_LENGTH]
    return min(relevant) if relevant else 0.0
