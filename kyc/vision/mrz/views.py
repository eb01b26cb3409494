"""Pictures of what may be a zone, level and upright, in the order in which they are worth a try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.cells import CellReading, read_cells
from kyc.vision.mrz.letters import LetterReader
from kyc.vision.mrz.locate import Band, cut_out, even_out, find_bands, stretch
from kyc.vision.mrz.zones import Zone, find_zones, straightened

Gray = npt.NDArray[np.uint8]
Treatment = Literal["plain", "stretched", "evened"]

MAX_ZONES = 2
MAX_BANDS = 2

# Below it, cells say nothing: see `BELIEVED_SCORE`.
LEAST_SCORE = -0.9


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One place of a picture, one way up, and what its single cells show, where that is known."""

    gray: Gray
    place: Zone | Band
    is_upside_down: bool
    cells: tuple[CellReading, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether its single cells can be believed."""
        return bool(self.cells) and self.cells[0].is_plain

    def picture(self, letter_height_px: float, treatment: Treatment) -> Gray:
        """The place alone, level, its capital letters about so high."""
        if isinstance(self.place, Zone):
            cut = straightened(self.gray, self.place, pitch_px=letter_height_px)
        else:
            cut = cut_out(self.gray, self.place, letter_height_px=letter_height_px)
        if treatment == "stretched":
            cut = stretch(cut, letter_height_px=letter_height_px)
        if treatment == "evened":
            cut = even_out(cut, letter_height_px=letter_height_px)
        return np.ascontiguousarray(cut[::-1, ::-1]) if self.is_upside_down else cut


def views(gray: Gray, letters: LetterReader | None) -> Iterator[View]:
    """Zones first, then bands of print whose letters could not be told apart.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    letters : LetterReader or None
        Says which way up a zone is; without it, upright is tried before upside down.
    """
    for zone in islice(find_zones(gray), MAX_ZONES):
        yield from _views_of(gray, zone, letters)
    turned = np.asarray(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE), np.uint8)
    found = [(picture, band) for picture in (gray, turned) for band in find_bands(picture)]
    found.sort(key=lambda one: one[1].score, reverse=True)
    for picture, band in found[:MAX_BANDS]:
        yield View(picture, band, is_upside_down=False)
        yield View(picture, band, is_upside_down=True)


def _views_of(gray: Gray, zone: Zone, letters: LetterReader | None) -> Iterator[View]:
    cells = read_cells(gray, zone, letters) if letters is not None else ()
    if not cells or cells[0].score < LEAST_SCORE:
        yield View(gray, zone, is_upside_down=False)
        yield View(gray, zone, is_upside_down=True)
        return
    place = cells[0].zone if cells[0].is_plain else zone
    yield View(gray, place, cells[0].is_upside_down, cells)
    if not cells[0].is_plain:
        yield View(gray, zone, not cells[0].is_upside_down)
