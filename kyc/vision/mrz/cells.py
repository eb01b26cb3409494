"""A zone read cell by cell: which layout, which way up, and how likely each character is where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.check_digits import FILLER
from kyc.vision.mrz.formats import FORMATS, LINE_LENGTHS, MrzFormat, permitted_characters
from kyc.vision.mrz.letters import CLASSES, PITCH_PX, LetterReader, column_middles
from kyc.vision.mrz.line_fits import BLANK, Line, LineFit, close_fit, rough_fit
from kyc.vision.mrz.zones import STANDARD_SPACING, Zone, moved_to, straightened

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

PLACE = {character: place for place, character in enumerate(CLASSES)}
# Columns and lines are looked for this far beyond the letters found: a blurred end is often lost.
EXTRA_COLUMNS = 3
MAX_LENGTH = max(LINE_LENGTHS)
WIDEST_SPACING = 3.8
# What a cell beside the zone may count against it at most: there may be print.
LEAST_BLANK = -1.5
# What a cell of the zone may count against it: a reflection may have taken its letter.
LEAST_LETTER = -5.0
# How often a letter of which nothing is seen is a filler; a third of all printed ones are. Less
# than what confirms a reading.
UNSEEN_FILLER = 0.15
# Half of a name's field is fillers, of the cells that the reader was taught an eighth.
FILLER_ODDS = 4.0
# What it counts against a layout that one of its lines begins a letter beside the others, as a
# logarithm: by perspective it may, and where an end was lost.
OUT_OF_LINE = 3.0
# Of 126 renders and 40 specimens the right layout scores -0.7 or more on all but three, a wrong one
# -0.4 or less on all but one.
BELIEVED_SCORE = -0.35


@dataclass(frozen=True, slots=True, eq=False)
class CellReading:
    """The likeliest layout of a zone, with what each cell shows.

    Attributes
    ----------
    layout : MrzFormat
    zone : Zone
        Where exactly it lies.
    is_upside_down : bool
        Whether the picture of the zone has to be turned by 180°.
    texts : tuple of str
        The likeliest character of each cell, permitted there or not.
    log_probabilities : ndarray of shape (lines, columns, classes)
        Among the characters that the layout permits there; the others have minus infinity.
    is_blank : ndarray of shape (lines, columns), dtype=bool
        Where nothing is to be seen, though something must stand there.
    score : float
        Mean logarithm of the likeliest permitted characters; 0 is certain, below -1 is no zone.
    """

    layout: MrzFormat
    zone: Zone
    is_upside_down: bool
    texts: tuple[str, ...]
    log_probabilities: Floats
    is_blank: npt.NDArray[np.bool_]
    score: float

    @property
    def is_plain(self) -> bool:
        """Whether layout and way up can be believed."""
        return self.score >= BELIEVED_SCORE

    def log_probability(self, line: int, position: int, character: str) -> float:
        """How likely a character is there."""
        return float(self.log_probabilities[line, position, PLACE[character]])

    def likeliest(self, line: int, position: int) -> str:
        """The likeliest of the characters that are permitted there."""
        return CLASSES[int(self.log_probabilities[line, position].argmax())]

    @property
    def likeliest_lines(self) -> tuple[str, ...]:
        """The likeliest permitted characters of all lines."""
        best = self.log_probabilities.argmax(axis=-1)
        return tuple("".join(CLASSES[place] for place in line) for line in best)


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Lines of a zone one way up, how they lie, and what their cells show."""

    zone: Zone
    is_upside_down: bool
    lines: tuple[Line, ...]
    fits: tuple[LineFit, ...]
    likely: Floats

    def placements(self) -> list[_Placement]:
        """Every layout at every place that it may have among the cells, the best first."""
        found = [one for layout in FORMATS for one in _placements(layout, self)]
        return sorted(found, key=lambda one: one.score, reverse=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Placement:
    """A layout whose first line is line `top`, and in which cell each of its lines begins."""

    layout: MrzFormat
    top: int
    lefts: tuple[int, ...]
    score: float

    @property
    def lines(self) -> range:
        return range(self.top, self.top + self.layout.line_count)

    def part(self, likely: Floats) -> Floats:
        """Its cells out of all cells."""
        return np.stack(
            [
                likely[line, left : left + self.layout.line_length]
                for line, left in zip(self.lines, self.lefts, strict=True)
            ]
        )


def read_cells(gray: Gray, zone: Zone, reader: LetterReader) -> tuple[CellReading, ...]:
    """Read every cell of a zone both ways up and say which layouts fit.

    1. Each line is read where it was found, both ways up; the layout that fits best says which
       way is up and which lines there are.
    2. These lines are moved to where their letters are plainest, and read again.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    zone : Zone
    reader : LetterReader

    Returns
    -------
    tuple of CellReading
        Of each layout its best place, the best layout first, all of them one way up. Empty where
        the zone is too short for any layout.
    """
    extra = _extra_columns(zone)
    picture = straightened(gray, zone, pitch_px=PITCH_PX, margin=extra + 1.0)
    sheets = [_rough(picture, zone, reader, is_upside_down=turned) for turned in (False, True)]
    found = [(places[0], sheet) for sheet in sheets if (places := sheet.placements())]
    if not found:
        return ()
    place, rough = max(found, key=lambda one: one[0].score)
    sheet = _closely(rough, place, reader)
    if zone.columns < min(LINE_LENGTHS):
        place = sheet.placements()[0]
        sheet = _closely(_whole(sheet, place), place, reader)
    best: dict[str, _Placement] = {}
    for one in sheet.placements():
        best.setdefault(one.layout.name, one)
    return tuple(_reading(sheet, one) for one in best.values())


def _rough(picture: Gray, zone: Zone, reader: LetterReader, *, is_upside_down: bool) -> _Sheet:
    rows = _row_middles(zone, picture.shape[0])
    if is_upside_down:
        rows = [picture.shape[0] - 1 - y for y in reversed(rows)]
        picture = np.ascontiguousarray(picture[::-1, ::-1])
    extra = _extra_columns(zone)
    columns = column_middles(zone.columns + 2 * extra, 1.0)
    letters = slice(extra, extra + zone.columns)
    lines = tuple(Line(picture, columns, y, letters) for y in rows)
    fits = tuple(rough_fit(line, reader) for line in lines)
    likely = np.stack([line.likely(fit, reader) for line, fit in zip(lines, fits, strict=True)])
    return _Sheet(zone, is_upside_down, lines, fits, likely)


def _extra_columns(zone: Zone) -> int:
    """How many cells to look at beside the letters found: all that a line may have lost."""
    return EXTRA_COLUMNS if zone.columns >= min(LINE_LENGTHS) else MAX_LENGTH - zone.columns


def _closely(rough: _Sheet, place: _Placement, reader: LetterReader) -> _Sheet:
    """The lines of the layout at their exact places; the others as they were."""
    fits, likely = list(rough.fits), rough.likely.copy()
    for at in place.lines:
        fits[at] = close_fit(rough.lines[at], fits[at], reader)
        likely[at] = rough.lines[at].likely_around(fits[at], reader)
    return replace(rough, fits=tuple(fits), likely=likely)


def _whole(sheet: _Sheet, place: _Placement) -> _Sheet:
    """The lines with all letters of the layout as those to be fitted."""
    lines = list(sheet.lines)
    for at, left in zip(place.lines, place.lefts, strict=True):
        lines[at] = replace(lines[at], letters=slice(left, left + place.layout.line_length))
    return replace(sheet, lines=tuple(lines))


def _row_middles(zone: Zone, height: int) -> list[float]:
    """Where lines are or may be, pixels of the straightened picture."""
    steps = max(len(zone.rows) - 1, 1)
    spacing = zone.spacing / steps if len(zone.rows) > 1 else STANDARD_SPACING
    if spacing > WIDEST_SPACING:  # the middle one of three lines was lost
        spacing, steps = spacing / 2, steps * 2
    middle = (height - 1) / 2
    span = zone.spacing * PITCH_PX if len(zone.rows) > 1 else 0.0
    top = middle - span / 2 if len(zone.rows) > 1 else middle - zone.spacing * PITCH_PX / 2
    count = steps + 1 if len(zone.rows) > 1 else 1
    extra = 3 - count if count < 3 and not zone.is_whole else 0
    places = [top + k * spacing * PITCH_PX for k in range(-extra, count + extra)]
    return [y for y in places if 0 < y < height]


def _placements(layout: MrzFormat, sheet: _Sheet) -> Iterator[_Placement]:
    lines, columns = sheet.likely.shape[:2]
    if layout.line_length > columns - EXTRA_COLUMNS:
        return
    for top in range(lines - layout.line_count + 1):
        rows = sheet.likely[top : top + layout.line_count]
        scores = np.stack([_scores(row, layout, line) for line, row in enumerate(rows)])
        for left in range(columns - layout.line_length + 1):
            lefts = tuple(_left(scores[line], left) for line in range(layout.line_count))
            total = sum(
                scores[line, at] - OUT_OF_LINE * (at != left) for line, at in enumerate(lefts)
            )
            yield _Placement(layout, top, lefts, float(total) / (layout.line_count * columns))


def _left(scores: Floats, left: int) -> int:
    """Where one line begins: with the others, or a letter beside, if that is much likelier."""
    beside = (at for at in (left - 1, left + 1) if 0 <= at < len(scores))
    best = max(beside, key=lambda at: float(scores[at]), default=left)
    return best if scores[best] - OUT_OF_LINE > scores[left] else left


def _scores(likely: Floats, layout: MrzFormat, line: int) -> Floats:
    """Sum of logarithms of a line of the layout, by the cell in which it begins."""
    length = layout.line_length
    windows = np.lib.stride_tricks.sliding_window_view(likely, length, axis=0)
    inside = np.where(_allowed(layout)[line].T, windows, LEAST_LETTER).max(axis=1).sum(axis=-1)
    blank = np.maximum(likely[:, BLANK], LEAST_BLANK)
    covered = np.convolve(blank, np.ones(length, np.float32), "valid")
    return np.asarray(inside + blank.sum() - covered, np.float32)


def _reading(sheet: _Sheet, place: _Placement) -> CellReading:
    part = place.part(sheet.likely)
    return CellReading(
        place.layout,
        _zone(sheet, place),
        sheet.is_upside_down,
        _texts(part),
        _shares(part, place.layout),
        part[..., BLANK] > np.log(0.5),
        place.score,
    )


def _zone(sheet: _Sheet, place: _Placement) -> Zone:
    """The zone where its lines were found to lie in the end."""
    length = place.layout.line_length
    corners = np.concatenate(
        [
            np.column_stack(sheet.lines[at].places(sheet.fits[at]))[[left, left + length - 1]]
            for at, left in ((place.lines[0], place.lefts[0]), (place.lines[-1], place.lefts[-1]))
        ]
    )
    if sheet.is_upside_down:
        height, width = sheet.lines[0].picture.shape
        corners = np.array((width - 1, height - 1)) - corners[::-1]
    layout = place.layout
    return moved_to(
        sheet.zone,
        corners,
        PITCH_PX,
        _extra_columns(sheet.zone) + 1.0,
        lines=layout.line_count,
        columns=layout.line_length,
    )


def _texts(likely: Floats) -> tuple[str, ...]:
    best = likely[..., :BLANK].argmax(axis=-1)
    return tuple("".join(CLASSES[place] for place in line) for line in best)


def _shares(likely: Floats, layout: MrzFormat) -> Floats:
    """Logarithms of probabilities that add up to one among what is permitted.

    A cell in which nothing is seen holds what cells in general hold.
    """
    allowed = _allowed(layout)
    seen = np.where(allowed, np.exp(likely), 0.0)
    is_name = allowed[..., PLACE["A"]] & ~allowed[..., PLACE["0"]]
    seen[..., PLACE[FILLER]] *= np.where(is_name, FILLER_ODDS, 1.0)
    blank = np.exp(likely[..., BLANK, None])
    seen = seen / np.maximum(seen.sum(axis=-1, keepdims=True), 1e-30)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log((1 - blank) * seen + blank * _unseen(layout)), np.float32)


@cache
def _unseen(layout: MrzFormat) -> Floats:
    """How likely each character is where nothing is seen."""
    allowed = _allowed(layout)
    even = allowed / allowed.sum(axis=-1, keepdims=True)
    is_text = allowed[..., PLACE["A"]] & allowed[..., PLACE[FILLER]]
    filler = np.eye(len(CLASSES))[PLACE[FILLER]]
    share = np.where(is_text, UNSEEN_FILLER, 0.0)[..., None]
    return np.asarray((1 - share) * even + share * filler, np.float32)


@cache
def _allowed(layout: MrzFormat) -> npt.NDArray[np.bool_]:
    """Which classes may stand where: shape (lines, columns, classes)."""
    table = np.zeros((layout.line_count, layout.line_length, len(CLASSES)), bool)
    for line, row in enumerate(permitted_characters(layout)):
        for position, characters in enumerate(row):
            table[line, position, [PLACE[character] for character in characters]] = True
    return table
