"""Teach the reader of single letters on pages that are drawn for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kyc.simulation.letter_network import Course, fit_layers
from kyc.simulation.letter_strips import draw_strip
from kyc.vision.mrz.letters import LetterReader

PAGES = 900
PHOTOGRAPHS = 3  # of each page; 300 cells a page


def train_letters(
    *,
    seed: int,
    pages: int = PAGES,
    course: Course | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> LetterReader:
    """Draw pages, photograph them and fit a network to their cells.

    Parameters
    ----------
    seed : int
        The same seed gives the same weights on one machine, however many threads it has.
    pages : int
        Of about three hundred cells each.
    course : Course, optional
    progress : callable, optional
        Called with how many of how many pages are drawn.

    Raises
    ------
    FontMissing
        When OCR-B is not installed.
    """
    cells: list[npt.NDArray[np.float16]] = []
    classes: list[npt.NDArray[np.int64]] = []
    for page in range(pages):
        if progress is not None:
            progress(page, pages)
        # Each page has numbers of its own, so that more pages do not change the first ones.
        strip = draw_strip(np.random.default_rng((seed, page)), photographs=PHOTOGRAPHS)
        # Half precision is plenty for 256 levels, and saves half a gigabyte.
        cells.append(strip.cells.astype(np.float16))
        classes.append(strip.classes)
    rng = np.random.default_rng(seed)
    return LetterReader(
        fit_layers(np.concatenate(cells), np.concatenate(classes), rng, course or Course())
    )
