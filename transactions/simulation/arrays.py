"""Names for the arrays that the simulation works on, and the few operations all parts share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NONE = -1  # the code of "no device", "no address", "no card"


def ranks_within(sizes: Ints) -> Ints:
    """Return 0, 1, 2 … within each of the groups of these sizes, one group after the other.

    Parameters
    ----------
    sizes : ndarray of shape (groups,), dtype=int64
        At least 0 each.

    Examples
    --------
    >>> ranks_within(np.array([2, 0, 3]))
    array([0, 1, 0, 1, 2])
    """
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) - np.repeat(ends - sizes, sizes)


def weighted(cumulative: Floats, draws: Floats) -> Ints:
    """Return for each uniform draw the place its weight has in a cumulative sum of weights.

    Parameters
    ----------
    cumulative : ndarray of shape (places,)
        Cumulative weights, not normalised.
    draws : ndarray of shape (n,)
        Uniform in [0, 1).

    Examples
    --------
    >>> weighted(np.cumsum([1.0, 0.0, 3.0]), np.array([0.0, 0.2, 0.3, 0.99]))
    array([0, 0, 2, 2])
    """
    places = np.searchsorted(cumulative, draws * cumulative[-1], side="right")
    found: Ints = np.minimum(places, len(cumulative) - 1)
    return found
