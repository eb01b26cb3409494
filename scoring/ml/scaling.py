"""Features on one scale, for models that compare them: amounts, days and flags alike.

A signed logarithm first, because most features have a long tail. On the same generated rows the
Mahalanobis distance of honest payments then finds 90 % of the frauds at 3.2 % false positives; on
features scaled by quartiles, with or without asinh, 82–85 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Features, Floats, plain_table
from scoring.ml.stored_numbers import NumbersRefused, pack, unpack_float32

Scaled = npt.NDArray[np.float32]

# Scaled values end there: beyond ten deviations further is no odder, and one wild number must not
# outweigh all other features. Three autoencoders that saw values up to 5 found .05 less at 3.2 %
# false positives.
FURTHEST = 10.0
# What varies less than rounding is constant in float32.
SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class StoredScaling:
    """A scale as files keep it, four bytes a feature."""

    centre: bytes
    factor: bytes
    missing: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """How each feature is brought to deviations from what is usual.

    ``scaled = (sign(x) log(1 + |x|) - centre) * factor``, within ± `FURTHEST`.

    Attributes
    ----------
    centre : ndarray of shape (d,), dtype=float32
        Mean of the logarithms.
    factor : ndarray of shape (d,), dtype=float32
        One over their standard deviation; 0 for a feature that never varied, which then says
        nothing: whether a new value of it is odd or the start of something, nobody knows.
    missing : ndarray of shape (d,), dtype=float32
        What stands for NaN: the scaled median. So a missing value is as usual as can be, and
        learning saw it like this, too.
    """

    centre: npt.NDArray[np.float32]
    factor: npt.NDArray[np.float32]
    missing: npt.NDArray[np.float32]

    @classmethod
    def of(cls, features: Features) -> Scaling:
        """Learn the scale of rows of shape (n, d), n ≥ 1; NaN where unknown."""
        filled = np.empty(features.shape[1], np.float64)
        centre, spread = np.empty_like(filled), np.empty_like(filled)
        # Column by column: a table of doubles of all of them would be four times the rows.
        for place, column in enumerate(features.T):
            logs = _signed_log(column.astype(np.float64))
            known = logs[np.isfinite(logs)]
            filled[place] = np.median(known) if known.size else 0.0
            logs[~np.isfinite(logs)] = filled[place]
            centre[place], spread[place] = logs.mean(), logs.std()
        factor = np.divide(1, spread, out=np.zeros_like(spread), where=spread > SMALLEST_SPREAD)
        missing = np.clip((filled - centre) * factor, -FURTHEST, FURTHEST)
        return cls(*(one.astype(np.float32) for one in (centre, factor, missing)))

    @classmethod
    def from_stored(cls, stored: StoredScaling) -> Scaling:
        """Take a scale out of a file.

        Raises
        ------
        NumbersRefused
            Its columns differ in length, or hold numbers that are none.
        """
        shape = (len(stored.centre) // 4,)
        if shape == (0,):
            message = "its scale has no feature"
            raise NumbersRefused(message)
        return cls(
            unpack_float32(stored.centre, shape),
            unpack_float32(stored.factor, shape),
            unpack_float32(stored.missing, shape),
        )

    def stored(self) -> StoredScaling:
        """Return what `from_stored` takes."""
        return StoredScaling(pack(self.centre), pack(self.factor), pack(self.missing))

    @property
    def feature_count(self) -> int:
        """Columns of a row."""
        return self.centre.size

    def scaled(self, features: Features) -> Scaled:
        """Return rows of shape (n, d) in deviations, ± `FURTHEST` at most, nothing missing.

        Each row by itself: the same to the bit alone and in any batch.

        Raises
        ------
        ValueError
            The table has another shape or type.
        """
        plain = plain_table(features, self.feature_count)
        out = np.empty_like(plain)
        _scale(self.centre, self.factor, self.missing, plain, out)
        return out

    def unscaled(self, scaled: Floats, columns: npt.NDArray[np.intp]) -> Floats:
        """Return the values, shape (m,), that scale to these in these columns.

        Raises
        ------
        ValueError
            One of the columns never varied.
        """
        factor = self.factor[columns].astype(np.float64)
        if not factor.all():
            message = "A feature that never varied has no scale."
            raise ValueError(message)
        logs = scaled / factor + self.centre[columns]
        return np.copysign(np.expm1(np.abs(logs)), logs)


def _signed_log(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.copysign(np.log1p(np.abs(values)), values)


@numba.njit(cache=True, nogil=True, inline="always")
def scale_row(centre, factor, missing, row, out):  # type: ignore[no-untyped-def]  # compiled
    """Write one scaled row into `out`, for compiled code of other modules."""
    for place in range(row.size):
        value = row[place]
        if value != value:  # noqa: PLR0124  # NaN
            out[place] = missing[place]
        elif factor[place] == 0:
            out[place] = 0
        else:
            log = np.log1p(abs(value))
            log = log if value >= 0 else -log
            scaled = (log - centre[place]) * factor[place]
            out[place] = min(max(scaled, np.float32(-FURTHEST)), np.float32(FURTHEST))


@numba.njit(cache=True, nogil=True)
def _scale(centre, factor, missing, features, out):  # type: ignore[no-untyped-def]  # compiled
    for number in range(features.shape[0]):
        scale_row(centre, factor, missing, features[number], out[number])
