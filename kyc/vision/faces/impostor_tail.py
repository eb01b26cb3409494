"""How rarely strangers lie nearer to one another than any two that were ever measured.

Comparing one face with 100,000 asks for a rate of one in a hundred million, and no labelled set
holds that many pairs. What is said about it is an extrapolation and carries that word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

Distances = npt.NDArray[np.float64]

# The nearest tenth: the mean shortfall grows with the share (.020 at a twentieth, .028 at three
# twentieths, .039 at a fifth of the 509 labelled pairs), so a larger one is the body, not the tail.
TAIL_SHARE = 0.1
# One-sided: how sure one may be that the tail is no heavier than the upper scale says.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class ImpostorTail:
    """An exponential lower tail of the distances between strangers.

    Attributes
    ----------
    anchor : float
        Distance below which the tail begins.
    share : float
        Share of the pairs of strangers within it, 0–1.
    scale : float
        Mean shortfall of those pairs below the anchor, above 0.
    upper_scale : float
        The same at the upper end of its one-sided 95 % interval.

    Notes
    -----
    Bounded tails fit the 509 labelled pairs of the shipped engine better (a generalised Pareto
    distribution has the shape −.45), so an exponential errs on the careful side.

    Examples
    --------
    >>> tail = ImpostorTail(anchor=0.8, share=0.1, scale=0.02, upper_scale=0.03)
    >>> round(tail.rate_at(0.8), 4)
    0.1
    >>> round(tail.distance_at(tail.rate_at(0.5)), 4)
    0.5
    >>> tail.distance_at(1e-6) > tail.distance_at(1e-6, is_cautious=True)
    True
    """

    anchor: float
    share: float
    scale: float
    upper_scale: float

    def rate_at(self, distance: float, *, is_cautious: bool = False) -> float:
        """The extrapolated share of strangers within a distance, at most `share`."""
        short = max(self.anchor - distance, 0.0)
        return self.share * math.exp(-short / self._scale(is_cautious=is_cautious))

    def distance_at(self, rate: float, *, is_cautious: bool = False) -> float:
        """The distance within which the extrapolated share of strangers is `rate`, not below 0."""
        if rate >= self.share:
            return self.anchor
        short = self._scale(is_cautious=is_cautious) * math.log(self.share / rate)
        return max(self.anchor - short, 0.0)

    def _scale(self, *, is_cautious: bool) -> float:
        return self.upper_scale if is_cautious else self.scale


def fit_tail(distances: Distances, *, people: int) -> ImpostorTail:
    """Fit the tail to distances between strangers.

    Parameters
    ----------
    distances : ndarray of shape (pairs,), dtype=float64
        At least ten.
    people : int
        How many people the pairs are made of. Pairs that share a person are not independent, so
        this, and not the number of pairs, is what the interval of the scale rests on.

    Returns
    -------
    ImpostorTail

    Raises
    ------
    ValueError
        With fewer than ten distances or two people, or when the nearest tenth is all alike.

    References
    ----------
    The upper end is the exact bound of an exponential mean: Lawless, Statistical Models and
    Methods for Lifetime Data, 2nd ed., Wiley 2003, section 4.1.
    """
    if len(distances) < round(1 / TAIL_SHARE) or people < 2:
        raise ValueError("a tail needs at least ten pairs of strangers and two people")
    anchor = float(np.quantile(distances, TAIL_SHARE))
    shortfalls = anchor - distances[distances <= anchor]
    scale = float(shortfalls.mean())
    if scale <= 0:
        raise ValueError("the nearest pairs of strangers are all equally far apart")
    # Half a chi-square with 2n degrees of freedom is a gamma of shape n.
    widening = people / float(gammaincinv(people, 1 - CONFIDENCE))
    share = len(shortfalls) / len(distances)
    return ImpostorTail(anchor, share, scale, scale * widening)
