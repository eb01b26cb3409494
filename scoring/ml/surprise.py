"""From any measure of oddness to surprise: how rarely honest payments look at least as odd.

Path lengths, reconstruction errors and densities have scales of their own. As surprise they can be
added and compared: 0 is as ordinary as can be, 4.6 is one honest payment in a hundred, 6.9 one in a
thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from scoring.ml.forest import Floats
from scoring.ml.stored_numbers import NumbersRefused, pack, unpack_float64

# Knots lie this far apart in surprise: between two of them, a tenth of the rows that are left.
STEP = 0.1
# Rows that must look at least as odd as the last knot: with fewer, its place would be chance.
ROWS_BEYOND = 20
# The straight line beyond the last knot has the slope of so much surprise before it, a factor of
# ten in rarity; the last two knots alone would give a slope by chance.
TAIL = np.log(10.0)
# Where honest rows hardly differ, the line beyond would be a cliff, and its sums infinite.
STEEPEST = 1e9


@dataclass(frozen=True, slots=True)
class StoredSurprise:
    """A table as files keep it, eight bytes a knot."""

    oddness: bytes
    surprise: bytes
    beyond: float


@dataclass(frozen=True, slots=True, eq=False)
class Surprise:
    """A strictly rising table, straight between its knots and beyond the last.

    Attributes
    ----------
    oddness, surprise : ndarray of shape (k,), dtype=float64
        The knots; the first surprise is 0, and so is that of everything less odd.
    beyond : float
        Slope after the last knot, above 0, so that ranking is kept.
    """

    oddness: Floats
    surprise: Floats
    beyond: float

    def __post_init__(self) -> None:
        for knots in (self.oddness, self.surprise):
            if knots.size == 0 or not (np.isfinite(knots).all() and (np.diff(knots) > 0).all()):
                message = "its table of surprise does not rise"
                raise NumbersRefused(message)
        if self.oddness.size != self.surprise.size or self.surprise[0] != 0:
            message = "its table of surprise is none"
            raise NumbersRefused(message)
        if not 0 < self.beyond <= STEEPEST:
            message = "its surprise does not rise for ever"
            raise NumbersRefused(message)

    @classmethod
    def of(cls, reference: Floats) -> Surprise:
        """Learn the table from the oddness of honest rows, n ≥ 1.

        Examples
        --------
        >>> table = Surprise.of(np.arange(1000.0))
        >>> table.of_oddness(np.array([0.0, 500.0, 900.0])).round(1)
        array([0. , 0.7, 2.3])
        """
        rarest = max(np.log(reference.size / ROWS_BEYOND), 0.0)
        surprise = np.linspace(0, rarest, int(rarest / STEP) + 1)
        oddness = np.quantile(reference, -np.expm1(-surprise))
        # Where many rows look the same, each of them meets all of the others: the lowest surprise.
        rises = np.append(True, np.diff(oddness) > 0)
        oddness, surprise = oddness[rises], surprise[rises]
        return cls(oddness, surprise, _slope_beyond(oddness, surprise))

    @classmethod
    def from_stored(cls, stored: StoredSurprise) -> Surprise:
        """Take a table out of a file.

        Raises
        ------
        NumbersRefused
            It does not rise.
        """
        shape = (len(stored.oddness) // 8,)
        oddness, surprise = (
            unpack_float64(one, shape) for one in (stored.oddness, stored.surprise)
        )
        return cls(oddness, surprise, stored.beyond)

    def stored(self) -> StoredSurprise:
        """Return what `from_stored` takes."""
        return StoredSurprise(pack(self.oddness), pack(self.surprise), self.beyond)

    def of_oddness(self, oddness: Floats) -> Floats:
        """Return -ln of the share of honest rows that look at least as odd, shape (n,), ≥ 0.

        Each by itself: the same to the bit alone and in any batch.
        """
        out = np.empty(oddness.size)
        _look_up(self.oddness, self.surprise, self.beyond, oddness, out)
        return out

    def of_parts(self, parts: Floats) -> Floats:
        """Return each feature's part in the surprise, given its part in the oddness.

        Parameters
        ----------
        parts : ndarray of shape (n, d + 1), dtype=float64
            A row sums to its oddness; the last column is that of a usual row.

        Returns
        -------
        ndarray of shape (n, d + 1), dtype=float64
            A row sums to its surprise; the last column is the surprise of a usual row.

        Notes
        -----
        Between a usual row and this one the table is taken as the straight line through both, so
        features keep their proportions and signs.
        """
        oddness, usual = parts.sum(axis=1), parts[:, -1]
        surprise, base = self.of_oddness(oddness), self.of_oddness(usual)
        more = oddness - usual
        slope = np.divide(surprise - base, more, out=np.zeros_like(more), where=more != 0)
        return np.column_stack([parts[:, :-1] * slope[:, None], base])


def _slope_beyond(oddness: Floats, surprise: Floats) -> float:
    """Return the mean slope of the table's tail."""
    if oddness.size < 2:
        return 1.0
    start = min(int(np.searchsorted(surprise, surprise[-1] - TAIL)), oddness.size - 2)
    rise, run = surprise[-1] - surprise[start], oddness[-1] - oddness[start]
    return float(min(rise / max(run, rise / STEEPEST), STEEPEST))


@numba.njit(cache=True, nogil=True)
def _look_up(knots, surprise, beyond, oddness, out):  # type: ignore[no-untyped-def]  # compiled
    last = knots.size - 1
    for number in range(oddness.size):
        value = oddness[number]
        if value <= knots[0]:
            out[number] = 0.0
        elif value >= knots[last]:
            out[number] = surprise[last] + (value - knots[last]) * beyond
        else:
            # The knot above it. NaN has none: unbounded, memory after the table would be read.
            right = min(np.searchsorted(knots, value, side="right"), last)
            part = (value - knots[right - 1]) / (knots[right] - knots[right - 1])
            rise = surprise[right] - surprise[right - 1]
            out[number] = surprise[right - 1] + part * rise
