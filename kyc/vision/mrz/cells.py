"""A zone read cell by cell: which layout, which way up, and how likely each character is where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.check_digits import FILLER
from kyc.vision.mrz.formats import LINE_LENGTHS, MrzFormat
from kyc.vision.mrz.letters import CLASSES, PITCH_PX, LetterReader, column_middles
from kyc.vision.mrz.line_fits import BLANK, Line, close_fit, rough_fit
from kyc.vision.mrz.placements import EXTRA_COLUMNS, PLACE, Placement, Sheet, allowed_classes
from kyc.vision.mrz.zones import STANDARD_SPACING, Zone, moved_to, straightened

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

MAX_LENGTH = max(LINE_LENGTHS)
WIDEST_SPACING = 3.8
# How often a letter of which nothing is seen is a filler; a third of all printed ones are. Less
# than what confirms a reading.
UNSEEN_FILLER = 0.15
# Half of a name's field is fillers, of the cells that the reader was taught an eighth.
FILLER_ODDS = 4.0
# Of 40 specimens, 60 medium and 120 harsh renders (seed 7) the right layout scores -0.38 or more on
# all but two of 208, a wrong one -0.44 or less on all but one of 15.
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
    best: dict[str, Placement] = {}
    for one in sheet.placements():
        best.setdefault(one.layout.name, one)
    return tuple(_reading(sheet, one) for one in best.values())


def _rough(picture: Gray, zone: Zone, reader: LetterReader, *, is_upside_down: bool) -> Sheet:
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
    return Sheet(zone, is_upside_down, lines, fits, likely)


def _extra_columns(zone: Zone) -> int:
    """How many cells to look at beside the letters found: all that a line may have lost."""
    return EXTRA_COLUMNS if zone.columns >= min(LINE_LENGTHS) else MAX_LENGTH - zone.columns


def _closely(rough: Sheet, place: Placement, reader: LetterReader) -> Sheet:
    """The lines of the layout at their exact places; the others as they were."""
    fits, likely = list(rough.fits), rough.likely.copy()
    for at in place.lines:
        fits[at] = close_fit(rough.lines[at], fits[at], reader)
        likely[at] = rough.lines[at].likely_around(fits[at], reader)
    return replace(rough, fits=tuple(fits), likely=likely)


def _whole(sheet: Sheet, place: Placement) -> Sheet:
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


def _reading(sheet: Sheet, place: Placement) -> CellReading:
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


def _zone(sheet: Sheet, place: Placement) -> Zone:
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
    allowed = allowed_classes(layout)
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
    allowed = allowed_classes(layout)
    even = allowed / allowed.sum(axis=-1, keepdims=True)
    is_text = allowed[..., PLACE["A"]] & allowed[..., PLACE[FILLER]]
    filler = np.eye(len(CLASSES))[PLACE[FILLER]]
    share = np.where(is_text, UNSEEN_FILLER, 0.0)[..., None]
    return np.asarray((1 - share) * even + share * filler, np.float32)
