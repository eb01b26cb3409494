"""What features and scores looked like in training, so that drift can be seen later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Features, Floats

Column = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# Ten bins are what the population stability index is usually stated for; twenty lose nothing and
# show the tails, where frauds are.
BINS = 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of one column were spread.

    Attributes
    ----------
    edges : tuple of float
        Inner borders of the bins, rising; a value equal to an edge is in the bin above it.
        Fewer than 19 where many values are equal, none where all are missing.
    shares : tuple of float
        Part of the known values in each bin, one more than edges; they sum to 1, or to 0 where
        all are missing.
    missing : float
        Part of all values that is missing, 0…1.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float

    @classmethod
    def of(cls, values: Column) -> Distribution:
        """Describe a column.

        Examples
        --------
        >>> Distribution.of(np.array([0.0, 0.0, 0.0, 1.0, np.nan]))
        Distribution(edges=(1.0,), shares=(0.75, 0.25), missing=0.2)
        """
        known = values[~np.isnan(values)].astype(np.float64)
        missing = 1 - known.size / values.size if values.size else 0.0
        if not known.size:
            return cls((), (0.0,), float(missing))
        # Interpolated quantiles would lie between the values that counts and flags can have.
        quantiles = np.quantile(known, np.arange(1, BINS) / BINS, method="higher")
        edges = np.unique(quantiles[quantiles > known.min()])
        return cls(tuple(edges.tolist()), tuple(_shares(known, edges)), round(float(missing), 9))

    def shares_of(self, values: Column) -> tuple[float, ...]:
        """Return how other values fall into the same bins."""
        known = values[~np.isnan(values)].astype(np.float64)
        return tuple(_shares(known, np.array(self.edges)))


def _shares(known: Floats, edges: Floats) -> list[float]:
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=edges.size + 1)
    shares: list[float] = (counts / max(known.size, 1)).tolist()
    return shares


@dataclass(frozen=True, slots=True)
class Reference:
    """Features of the training slice, and scores of a later one the model was not grown on."""

    features: dict[str, Distribution]
    scores: Distribution

    @classmethod
    def of(cls, features: Features, names: Sequence[str], scores: Floats) -> Reference:
        """Describe every column, in the order of `names`."""
        columns = zip(names, features.T, strict=True)
        return cls(
            {name: Distribution.of(column) for name, column in columns}, Distribution.of(scores)
        )
