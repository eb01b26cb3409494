"""Two or three lines of letters that are a zone, and its picture as if seen straight from above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.chains import find_letter_lines
from kyc.vision.mrz.formats import LINE_LENGTHS
from kyc.vision.mrz.letter_lines import LetterLine, Points, nearest_length
from kyc.vision.mrz.line_groups import first_group

Gray = npt.NDArray[np.uint8]

STANDARD_SPACING = 2.5
LEAST_SPACING = 1.2  # of a zone's outermost lines at their middles, where they may be nearer

MARGIN_IN_PITCHES = 1.3
MIN_LETTERS = 20
# A line that stands alone may have lost its neighbours to a reflection.
SEARCH_SIDES_PX = (1400, 700)
# Zones that were read have more of their letters found, print that was taken for one has fewer.
WELL_FILLED = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """Where a zone lies, as four corners, and how it divides into letters.

    Attributes
    ----------
    corners : ndarray of shape (4, 2)
        Middles of the first and last letter of the top line, then of the bottom line; x, y. Which
        way is up is not known, only which way the lines run.
    columns : int
        Letters in a line.
    rows : tuple of float
        Where the lines found lie between the top one (0) and the bottom one (1).
    spacing : float
        From the top line to the bottom line, in pitches.
    pitch_px : float
    letters : int
        How many were found; orders zones.
    """

    corners: Points
    columns: int
    rows: tuple[float, ...]
    spacing: float
    pitch_px: float
    letters: int

    @property
    def lost_rows(self) -> int:
        """How many lines may have been missed above or below those found."""
        if len(self.rows) == 1:
            return 2
        return 0 if self.is_whole or len(self.rows) > 2 else 1

    @property
    def is_whole(self) -> bool:
        """Whether it has the lines and the length of a zone."""
        return self.columns in LINE_LENGTHS and len(self.rows) >= (3 if self.columns == 30 else 2)

    @property
    def is_possible(self) -> bool:
        """Whether its lines lie one below the other; those of scattered print may cross."""
        steps = [below - above for above, below in pairwise(self.rows)]
        return not steps or (min(steps) > 0 and self.spacing > LEAST_SPACING)

    @property
    def fill(self) -> float:
        """Share of its places in which a letter was found, 0–1."""
        return min(self.letters / (self.columns * len(self.rows)), 1.0)


def find_zones(gray: Gray) -> tuple[Zone, ...]:
    """Zones of a picture at any angle, the likeliest first: possible, whole, well filled.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    """
    found: list[Zone] = []
    for side in SEARCH_SIDES_PX:
        found += _zones_of(find_letter_lines(gray, side))
        if any(zone.is_whole and zone.is_possible and zone.fill > WELL_FILLED for zone in found):
            break
    return tuple(sorted(found, key=_likelihood, reverse=True))


def _likelihood(zone: Zone) -> tuple[bool, bool, float]:
    return zone.is_possible, zone.is_whole, zone.letters * zone.fill


def straightened(
    gray: Gray, zone: Zone, *, pitch_px: float, margin: float = MARGIN_IN_PITCHES
) -> Gray:
    """The zone's picture with level lines and letters `pitch_px` apart, a margin around it.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    zone : Zone
    pitch_px : float
        A capital letter is about as high.
    margin : float
        Pitches around the outermost letters, which themselves reach half a pitch further.

    Returns
    -------
    ndarray of shape (height, width), dtype=uint8
        The middle of letter i of the top line is at x = (margin + 0.5 + i) · `pitch_px`,
        y = (room + 0.5) · `pitch_px`, `room` being the margin and what lost lines need.
    """
    warp, size = _warp(zone, pitch_px, margin)
    scale = pitch_px / zone.pitch_px
    # Warping has no area filter; shrinking by much would alias, so blur first.
    source = cv2.GaussianBlur(gray, (0, 0), 0.4 / scale) if scale < 0.6 else gray
    picture = cv2.warpPerspective(
        source, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picture, np.uint8)


def moved_to(
    zone: Zone, corners: Points, pitch_px: float, margin: float, *, lines: int, columns: int
) -> Zone:
    """The zone with its corners where they are in its straightened picture.

    Parameters
    ----------
    zone : Zone
    corners : ndarray of shape (4, 2)
        As in `Zone`, pixels of the picture that `straightened` made with the same `pitch_px` and
        `margin`.
    lines, columns : int
        What is between these corners.
    """
    warp, _ = _warp(zone, pitch_px, margin)
    back = np.asarray(np.linalg.inv(warp), np.float64)
    across = (corners[1] - corners[0] + corners[3] - corners[2]) / 2
    pitch = float(np.hypot(*across)) / max(columns - 1, 1)
    down = (corners[2] + corners[3] - corners[0] - corners[1]) / 2
    return replace(
        zone,
        corners=cv2.perspectiveTransform(corners[None].astype(np.float64), back)[0],
        columns=columns,
        rows=tuple(np.linspace(0, 1, lines)),
        spacing=float(np.hypot(*down)) / pitch,
        pitch_px=zone.pitch_px * pitch / pitch_px,
    )


def _warp(zone: Zone, pitch_px: float, margin: float) -> tuple[Points, tuple[int, int]]:
    """The way from a picture to the zone's straightened one, and the size of that."""
    left, right = (margin + 0.5) * pitch_px, (margin + zone.columns - 0.5) * pitch_px
    room = margin + 0.5 + zone.lost_rows * STANDARD_SPACING
    top, bottom = room * pitch_px, (room + zone.spacing) * pitch_px
    to = np.array([(left, top), (right, top), (left, bottom), (right, bottom)], np.float32)
    size = (round(right + left), round(bottom + room * pitch_px))
    return np.asarray(cv2.getPerspectiveTransform(zone.corners.astype(np.float32), to)), size


def _zones_of(lines: tuple[LetterLine, ...]) -> list[Zone]:
    zones, rest = [], list(lines)
    while rest:
        group = first_group(rest)
        rest = [line for line in rest if line not in group]
        letters = sum(len(line.centres) for line in group)
        if letters >= MIN_LETTERS:
            zones.append(_zone_of(group, letters))
    return zones


def _zone_of(group: list[LetterLine], letters: int) -> Zone:
    pitch = float(np.median([line.pitch_px for line in group]))
    top, bottom = group[0], group[-1]
    if top.columns == bottom.columns:
        corners = np.array([top.first, top.last, bottom.first, bottom.last])
        columns = top.columns
    else:
        corners, columns = _common_ends(group, pitch)
    if len(group) == 1:
        normal = np.array((-top.direction[1], top.direction[0])) * pitch
        corners[2:] += normal
        return Zone(corners, columns, (0.0,), 1.0, pitch, letters)
    return _with_rows(Zone(corners, columns, (0.0, 1.0), 0.0, pitch, letters), group)


def _with_rows(zone: Zone, group: list[LetterLine]) -> Zone:
    middles = np.array([(line.first + line.last) / 2 for line in group])
    normal = np.array((-group[0].direction[1], group[0].direction[0]))
    offsets = (middles - middles[0]) @ normal
    whole = max(float(offsets[-1]), 1.0)
    return replace(
        zone,
        rows=tuple(float(offset) / whole for offset in offsets),
        spacing=whole / zone.pitch_px,
    )


def _common_ends(group: list[LetterLine], pitch: float) -> tuple[Points, int]:
    """Ends for lines of which some lost letters: as far as any of them reaches."""
    longest = max(group, key=lambda line: len(line.centres))
    middle = longest.centres.mean(axis=0)
    ends = np.array([(line.centres[[0, -1]] - middle) @ longest.direction for line in group])
    first, last = float(ends[:, 0].min()), float(ends[:, 1].max())
    corners = []
    for line in (group[0], group[-1]):
        foot = line.centres.mean(axis=0)
        at = float((foot - middle) @ longest.direction)
        corners += [foot + (end - at) * line.direction for end in (first, last)]
    return np.array(corners), nearest_length((last - first) / pitch + 1)
