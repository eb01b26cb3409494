"""Shares of small numbers, with how far they can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

# 0.975 quantile of the normal distribution: 95 % of intervals hold the true share.
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A share and the interval it lies in.

    Attributes
    ----------
    value, low, high : float
        0 to 1; `low <= value <= high`.
    """

    value: float
    low: float
    high: float


def share_of(part: int, whole: int) -> Share | None:
    """Return a share with its 95 % Wilson score interval, None of nothing.

    The plain interval says "100 %, certain" after one hit of one; this one says 21 to 100 %.

    Parameters
    ----------
    part, whole : int
        `0 <= part <= whole`.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927), 209-212. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> one = share_of(1, 1)
    >>> one.value, round(one.low, 4), one.high
    (1.0, 0.2065, 1.0)
    >>> share_of(0, 0) is None
    True
    """
    if whole == 0:
        return None
    value = part / whole
    scale = 1 + Z_95**2 / whole
    middle = (value + Z_95**2 / (2 * whole)) / scale
    spread = value * (1 - value) / whole + Z_95**2 / (4 * whole**2)
    half = Z_95 * math.sqrt(spread) / scale
    # At the ends rounding would leave the share outside of its own interval.
    return Share(value, min(max(middle - half, 0.0), value), max(min(middle + half, 1.0), value))


def ratio_of(part: int, whole: int) -> float | None:
    """Return a plain share, None of nothing.

    Examples
    --------
    >>> ratio_of(1, 4), ratio_of(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None
