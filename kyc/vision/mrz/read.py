"""Find and read the machine-readable zone of a picture, and say whether to rely on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.formats import FieldName
from kyc.vision.mrz.locate import Band, cut_out, even_out, find_bands
from kyc.vision.mrz.ocr import OcrEngine, OcrLine
from kyc.vision.mrz.parse import ParsedMrz, parse_mrz
from kyc.vision.mrz.readings import MrzReading, Repair
from kyc.vision.mrz.repair import BUDGET, Candidate, candidates, repair_budget
from kyc.vision.mrz.states import is_known_state

Gray = npt.NDArray[np.uint8]
Outcome = Literal["read", "unreadable", "no_mrz"]

# Height of a capital letter in the picture handed to recognition, and whether its contrast is
# evened out first, one pair for each try. Exact raw readings of 40 specimens as they are: 17 px 34,
# 20 px 34, 24 px 32, 30 px 30; evened out 33, 33, 31, 32. Unlike pictures make unlike mistakes, so
# two that agree are worth more than two of one kind; and print under a reflection comes back.
TRIES = ((20.0, False), (24.0, True), (17.0, False), (30.0, True))

# One call takes about 85 ms on one core; eight stay below a second with everything around them.
MAX_OCR_CALLS = 8

# Two readings have to agree on these. The name is among them because no check digit covers it: of
# 180 renders, 60 of them harsh, 5 were accepted with a wrongly spelt name without it, 3 with it.
CONFIRMED_FIELDS: tuple[FieldName, ...] = (
    "document_number",
    "birth_date",
    "expiry_date",
    "nationality",
    "name",
    "given_names",
)

# Lines are found up to 20° from level, measured on renders; pictures turned by these, and by
# quarters on top of it, bring any other tilt within that.
TILTED_WAYS_DEG = (-30.0, 30.0)
# Two lines that together are as long as the picture is wide: nothing but a zone looks like that, so
# no further way is looked at.
STRONG_SCORE = 1.0

# Residence permits and identity cards of the old run for 10 to 30 years.
MAX_EXPIRY_YEARS_AHEAD = 30

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


@dataclass(frozen=True, slots=True)
class _View:
    """One band of the picture, turned in one of the four ways."""

    gray: Gray
    band: Band
    is_upside_down: bool

    def picture(self, letter_height_px: float, *, is_evened_out: bool) -> Gray:
        cut = cut_out(self.gray, self.band, letter_height_px=letter_height_px)
        if is_evened_out:
            cut = even_out(cut, letter_height_px=letter_height_px)
        return np.ascontiguousarray(cut[::-1, ::-1]) if self.is_upside_down else cut


@dataclass(frozen=True, slots=True)
class _Pass:
    """One recognition of a band that gave a zone."""

    candidate: Candidate
    confidence: float


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

    def read(self, picture: Gray) -> _Pass | None:
        """The best zone in a picture, or None."""
        self.calls += 1
        lines = self._engine.read_lines(picture)
        self.has_seen_a_zone |= any(_is_telling(line.text) for line in lines)
        found = candidates(tuple(line.text for line in lines))
        return _Pass(found[0], _confidence(lines)) if found else None


def read_mrz(
    gray: Gray,
    *,
    today: date,
    engine: OcrEngine,
    blur_variance: float = float("inf"),
    max_ocr_calls: int = MAX_OCR_CALLS,
) -> MrzSearch:
    """Read the machine-readable zone of a picture, whichever way up it is.

    1. Bands are looked for in the picture as it is and turned by a quarter, and where that shows
       no clear one, turned by 30° as well; the most promising comes first, each upright before
       upside down.
    2. A band that gives a zone is recognised again at other sizes until two readings agree to the
       letter; where none do, the readings vote position by position.
    3. The best reading is parsed and judged.

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

    Returns
    -------
    MrzSearch
        Outcome "unreadable" when there is a zone that could not be read, "no_mrz" when there is
        none.
    """
    recognition = _Recognition(engine, max_ocr_calls)
    best: MrzReading | None = None
    for view in _views(gray):
        if recognition.is_used_up:
            break
        passes = _passes(view, recognition)
        if not passes:
            continue
        reading = _judged(passes, today, repair_budget(blur_variance))
        if best is None or _rank(reading) > _rank(best):
            best = reading
        if best.is_accepted or len(passes) > 1:
            break
    if best is not None:
        return MrzSearch("read", best, recognition.calls)
    outcome: Outcome = "unreadable" if recognition.has_seen_a_zone else "no_mrz"
    return MrzSearch(outcome, None, recognition.calls)


def _rank(reading: MrzReading) -> tuple[bool, int, float]:
    valid = sum(digit.is_valid for digit in reading.check_digits)
    return reading.is_accepted, valid, reading.confidence


def _views(gray: Gray) -> Iterator[_View]:
    """Bands in the order in which they are worth a try."""
    ways = _searched(_quarters(gray))
    if not any(bands and bands[0].score >= STRONG_SCORE for _, bands in ways):
        tilted = [quarter for angle in TILTED_WAYS_DEG for quarter in _quarters(_turn(gray, angle))]
        ways += _searched(tilted)
    ways.sort(key=lambda way: way[1][0].score if way[1] else 0.0, reverse=True)
    for rank in range(2):
        for turned, bands in ways:
            for band in bands[rank : rank + 1]:
                yield _View(turned, band, is_upside_down=False)
                yield _View(turned, band, is_upside_down=True)


def _searched(pictures: list[Gray]) -> list[tuple[Gray, tuple[Band, ...]]]:
    return [(picture, find_bands(picture)) for picture in pictures]


def _quarters(gray: Gray) -> list[Gray]:
    return [gray, np.asarray(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE), dtype=np.uint8)]


def _turn(gray: Gray, angle_deg: float) -> Gray:
    """The picture turned clockwise, on a canvas that holds all of it."""
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle_deg, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    new_width = round(width * cosine + height * sine)
    new_height = round(width * sine + height * cosine)
    turn[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    turned = cv2.warpAffine(gray, turn, (new_width, new_height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


def _passes(view: _View, recognition: _Recognition) -> list[_Pass]:
    """Readings of one band: none where the first shows no zone, else until two are the same."""
    passes: list[_Pass] = []
    for letter_height_px, is_evened_out in TRIES:
        if recognition.is_used_up:
            break
        found = recognition.read(view.picture(letter_height_px, is_evened_out=is_evened_out))
        if found is None:
            if not passes and not recognition.has_seen_a_zone:
                break
            continue
        is_confirmed = any(found.candidate.lines == earlier.candidate.lines for earlier in passes)
        passes.append(found)
        if is_confirmed:
            break
    return passes


def _judged(passes: list[_Pass], today: date, budget: float) -> MrzReading:
    chosen = _chosen(passes)
    parsed = parse_mrz(
        chosen.candidate.lines, today=today, format_name=chosen.candidate.layout.name
    )
    is_confirmed = _is_confirmed(chosen, passes)
    reason = _refusal_reason(chosen.candidate, parsed, today, budget, is_confirmed=is_confirmed)
    trust = 1.0 if is_confirmed else 0.5
    return MrzReading(
        format=parsed.format,
        lines=parsed.lines,
        fields=parsed.fields,
        check_digits=parsed.check_digits,
        repairs=tuple(sorted(chosen.candidate.repairs, key=lambda it: (it.line, it.position))),
        is_accepted=not reason,
        refusal_reason=reason,
        confidence=round(chosen.confidence * trust / (1 + chosen.candidate.cost), 4),
    )


def _chosen(passes: list[_Pass]) -> _Pass:
    """The reading that two passes share; else the cheapest of them and their vote."""
    counts = Counter(found.candidate.lines for found in passes)
    lines, count = counts.most_common(1)[0]
    if count > 1:
        return min(
            (found for found in passes if found.candidate.lines == lines),
            key=lambda found: found.candidate.cost,
        )
    return min([*_votes(passes), *passes], key=_failed_and_cost)


def _failed_and_cost(found: _Pass) -> tuple[int, float]:
    return found.candidate.failed_checks, found.candidate.cost


def _votes(passes: list[_Pass]) -> list[_Pass]:
    """What most readings of one layout say at each position; nothing when they are under three."""
    layout = Counter(found.candidate.layout.name for found in passes).most_common(1)[0][0]
    alike = [found for found in passes if found.candidate.layout.name == layout]
    if len(alike) < 3:
        return []
    base = min(alike, key=_failed_and_cost)
    lines = tuple(
        "".join(_majority(column) for column in zip(*same_line, strict=True))
        for same_line in zip(*(found.candidate.lines for found in alike), strict=True)
    )
    return [replace(base, candidate=_voted(base.candidate, lines))]


def _majority(column: tuple[str, ...]) -> str:
    return Counter(column).most_common(1)[0][0]


def _voted(base: Candidate, lines: tuple[str, ...]) -> Candidate:
    """The base reading with the lines voted for; each difference is reported as a repair."""
    changes = tuple(
        Repair(line, position, read, written)
        for line, (before, after) in enumerate(zip(base.lines, lines, strict=True))
        for position, (read, written) in enumerate(zip(before, after, strict=True))
        if read != written
    )
    return replace(base, lines=lines, repairs=(*base.repairs, *changes))


def _is_confirmed(chosen: _Pass, passes: list[_Pass]) -> bool:
    """Whether two recognitions agree on the fields that a wrong acceptance would be about."""
    layout, lines = chosen.candidate.layout, chosen.candidate.lines
    key = [layout.value(name, lines) for name in CONFIRMED_FIELDS]
    agreeing = [
        found
        for found in passes
        if found.candidate.layout is layout
        and [layout.value(name, found.candidate.lines) for name in CONFIRMED_FIELDS] == key
    ]
    return len(agreeing) > 1


def _refusal_reason(
    candidate: Candidate, parsed: ParsedMrz, today: date, budget: float, *, is_confirmed: bool
) -> str:
    """Stable code of the first reason not to rely on the reading, empty when there is none."""
    fields, has_expiry = parsed.fields, candidate.layout.span("expiry_date") is not None
    reasons = (
        (not parsed.is_valid, "check_digits_wrong"),
        (candidate.cost > budget, "too_many_repairs"),
        (not is_confirmed, "readings_disagree"),
        (not is_known_state(fields.issuing_state), "issuing_state_unknown"),
        (not is_known_state(fields.nationality), "nationality_unknown"),
        (not fields.document_number, "document_number_missing"),
        (not fields.surname, "name_missing"),
        (not _is_name_whole(candidate, parsed, budget), "name_separator_missing"),
        (fields.birth_date is None, "birth_date_impossible"),
        (has_expiry and fields.expiry_date is None, "expiry_date_impossible"),
        (not _are_dates_plausible(parsed, today), "dates_implausible"),
    )
    return next((code for applies, code in reasons if applies), "")


def _is_name_whole(candidate: Candidate, parsed: ParsedMrz, budget: float) -> bool:
    """Whether a name without given names may be what is printed.

    There are such names, but a lost filler also joins surname and given names, and no check digit
    tells. So it is believed in a sharp picture where nothing in that line was changed.
    """
    span = candidate.layout.span("name")
    is_line_changed = span is not None and any(
        repair.line == span.line for repair in candidate.repairs
    )
    return bool(parsed.fields.given_names) or (budget >= BUDGET and not is_line_changed)


def _are_dates_plausible(parsed: ParsedMrz, today: date) -> bool:
    """Whether one was born before a document ran out that was issued by now."""
    birth, expiry = parsed.fields.birth_date, parsed.fields.expiry_date
    if birth is None or expiry is None:
        return birth is not None
    return birth < expiry and expiry.year <= today.year + MAX_EXPIRY_YEARS_AHEAD


def _is_telling(text: str) -> bool:
    return len(text) >= TELLING_LENGTH and TELLING_FILLERS in text


def _confidence(lines: tuple[OcrLine, ...]) -> float:
    """The engine's own confidence in the lines long enough to matter, 0–1."""
    relevant = [line.confidence for line in lines if len(line.text) >= TELLING_LENGTH]
    return min(relevant) if relevant else 0.0
