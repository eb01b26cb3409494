"""Letters at even distances along straight lines, at any angle: what a zone is and little else is.

Words have gaps of different widths and lines of text end anywhere; a zone is a run of thirty or
more letters at one pitch. So single letters are looked for, not lines, and what lies around them
(a table, a newspaper, the edge of a card) does not matter.
"""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from kyc.vision.mrz.letter_lines import (
    MIN_LINE,
    LetterLine,
    Points,
    joined,
    line_of,
    trimmed,
    without_neighbours,
)

Gray = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.intp]

# Letters are looked for with the longer side at this length: those of a passport that fills half of
# the picture are then 15 px high, with strokes of 2 px.
SEARCH_SIDE_PX = 1400
WINDOW_PX = 51  # wider than a letter and its gap
DARKER_BY_DEVIATIONS = 0.35
DARKER_BY_LEVELS = 5.0  # of a picture with haze and noise; fainter specks are too many to chain

LETTER_PX = (5, 64)
MIN_INK_PX = 8
MAX_COMPONENTS = 6000  # a picture of gravel; the largest are kept

NEIGHBOURS = 8
# Distance of two letters over the size of one: OCR-B prints letters of 2.5 mm and fillers of 1.7 mm
# every 2.54 mm (ICAO Doc 9303-3 §4.1), and a turned letter's box is wider by up to a half.
PITCH_IN_LETTERS = (0.6, 1.9)
LETTER_RATIO = 2.6  # of two neighbours: a filler lies beside a letter that is half as high again
SAME_WAY = 0.97  # cosine of 14°
UNEVEN = 0.32  # how far the letter behind may be from where the one before puts it, in pitches

MIN_CHAIN = 4


def find_letter_lines(gray: Gray, side_px: int = SEARCH_SIDE_PX) -> tuple[LetterLine, ...]:
    """Straight runs of letters at an even pitch, whatever their angle.

    1. Specks darker than their surroundings, of the size of a letter, are letters.
    2. A letter with one before it and one behind it at the same distance, in a straight line, is
       chained to both; chains are what hangs together.
    3. Chains that continue each other become one line.
    4. The longest and fullest go first, what is longer than any zone's line last.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    side_px : int
        Length of the longer side to search at; letters must be 5 to 64 px high then.

    Returns
    -------
    tuple of LetterLine
        In pixels of `gray`.
    """
    scale = side_px / max(gray.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    centres, sizes = find_letters(small)
    if len(centres) < MIN_LINE:
        return ()
    chains = [line for chain in _chains(centres, sizes) if (line := line_of(chain))]
    lines = [without_neighbours(trimmed(line)) for line in joined(chains)]
    lines = [line for line in lines if len(line.centres) >= MIN_LINE]
    lines.sort(key=lambda line: (not line.is_too_long, line.weight), reverse=True)
    return tuple(
        LetterLine((line.centres + 0.5) / scale - 0.5, line.direction, line.pitch_px / scale)
        for line in lines
    )


def find_letters(gray: Gray) -> tuple[Points, Points]:
    """Middles (n, 2) and sizes (n,) of dark specks that may be letters, in pixels."""
    mask = _darker_than_around(gray)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = stats[1:].astype(np.float64)
    size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_letter = (
        (size >= LETTER_PX[0]) & (size <= LETTER_PX[1]) & (stats[:, cv2.CC_STAT_AREA] >= MIN_INK_PX)
    )
    stats, size = stats[is_letter], size[is_letter]
    if len(stats) > MAX_COMPONENTS:
        largest = np.argsort(stats[:, cv2.CC_STAT_AREA])[-MAX_COMPONENTS:]
        stats, size = stats[largest], size[largest]
    # Middles of boxes stand in line better than centres of gravity: "7" is heavy at its head.
    middles = stats[:, :2] + (stats[:, 2:4] - 1) / 2
    return middles, size


def _darker_than_around(gray: Gray) -> Gray:
    level = cv2.GaussianBlur(gray, (0, 0), 0.8).astype(np.float32)
    window = (WINDOW_PX, WINDOW_PX)
    mean = cv2.boxFilter(level, -1, window)
    deviation = np.sqrt(np.maximum(cv2.boxFilter(level * level, -1, window) - mean * mean, 0))
    below = np.maximum(DARKER_BY_DEVIATIONS * deviation, DARKER_BY_LEVELS)
    return np.asarray(level < mean - below, np.uint8)


def _chains(centres: Points, sizes: Points) -> list[Points]:
    """Middles of letters that hang together through even steps in one direction."""
    triples = _even_triples(centres, sizes)
    if not len(triples):
        return []
    pairs = _continuing(triples, centres)
    ones = np.ones(len(pairs), np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(triples), len(triples)))
    number, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(number + 1))
    long = np.flatnonzero(np.diff(bounds) >= MIN_CHAIN - 2)
    members = (np.unique(triples[order[bounds[i] : bounds[i + 1]]]) for i in long)
    return [centres[chain] for chain in members]


def _even_triples(centres: Points, sizes: Points) -> Indices:
    """Letters with two neighbours just opposite each other: (letter, one, other)."""
    k = min(NEIGHBOURS + 1, len(centres))
    distance, other = cKDTree(centres).query(centres, k=k)
    distance, other = distance[:, 1:], other[:, 1:]
    step = centres[other] - centres[:, None, :]
    ratio = distance / np.maximum(sizes[:, None], 1)
    is_near = (ratio > PITCH_IN_LETTERS[0]) & (ratio < PITCH_IN_LETTERS[1])
    larger = np.maximum(sizes[other], sizes[:, None])
    is_near &= larger < LETTER_RATIO * np.minimum(sizes[other], sizes[:, None])
    found = [np.empty((0, 3), np.intp)]
    for a, b in combinations(range(k - 1), 2):
        reach = np.minimum(distance[:, a], distance[:, b])
        miss = np.hypot(*np.moveaxis(step[:, a] + step[:, b], -1, 0))
        at = np.flatnonzero(is_near[:, a] & is_near[:, b] & (miss < UNEVEN * reach))
        found.append(np.column_stack([at, other[at, a], other[at, b]]))
    return np.concatenate(found)


def _continuing(triples: Indices, centres: Points) -> Indices:
    """Pairs of triples that share a step and go the same way: numbers of both."""
    count = len(centres)
    one, other = centres[triples[:, 1]], centres[triples[:, 2]]
    way = (other - one) / np.linalg.norm(other - one, axis=1)[:, None]
    numbers = np.tile(np.arange(len(triples)), 2)
    centre, member = np.tile(triples[:, 0], 2), triples[:, 1:].T.ravel()
    forth, back = centre * count + member, member * count + centre
    order = np.argsort(forth, kind="stable")
    low = np.searchsorted(forth[order], back, side="left")
    high = np.searchsorted(forth[order], back, side="right")
    matches = high - low
    first = np.repeat(np.arange(len(forth)), matches)
    nth = np.arange(matches.sum()) - np.repeat(np.cumsum(matches) - matches, matches)
    second = order[np.repeat(low, matches) + nth]
    pairs = np.column_stack([numbers[first], numbers[second]])
    is_same_way = np.abs((way[pairs[:, 0]] * way[pairs[:, 1]]).sum(axis=1)) > SAME_WAY
    return np.asarray(pairs[is_same_way])
