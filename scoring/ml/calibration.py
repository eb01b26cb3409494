"""From a model's margin to the probability of fraud, without changing the ranking.

Class weights and drift make a margin no probability. Beta calibration bends the logistic curve by
two slopes, one for what looks honest and one for what looks like fraud; with equal slopes it is
Platt's.

Measured on 30,000 later generated transactions with frauds at 4 % (and at 0.1 %), log loss: raw
.01465 (.00708), beta .01391 (.00612), Platt .01399 (.00626), isotonic .01398 (.00729). Isotonic
regression also ties what the model tells apart: .004 (.028) of average precision went with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from scoring.ml.ranking import Floats


@dataclass(frozen=True, slots=True)
class BetaCalibration:
    """``log-odds = intercept + fraud_slope * log(s) - honest_slope * log(1 - s)``, s = σ(margin).

    Attributes
    ----------
    fraud_slope, honest_slope : float
        Above 0, so a higher margin always means a higher probability.
    intercept : float
        Log-odds at which both vanish.

    References
    ----------
    Kull, Silva Filho & Flach 2017, "Beyond sigmoids: how to obtain well-calibrated probabilities
    from binary classifiers with beta calibration", doi:10.1214/17-EJS1338SI.

    Examples
    --------
    >>> BetaCalibration(1.0, 1.0, 0.0).probabilities(np.array([-1e9, 0.0, 2.0])).round(3)
    array([0.   , 0.5  , 0.881])
    """

    fraud_slope: float
    honest_slope: float
    intercept: float

    def __post_init__(self) -> None:
        values = (self.fraud_slope, self.honest_slope, self.intercept)
        if not np.isfinite(values).all() or min(self.fraud_slope, self.honest_slope) <= 0:
            message = "A calibration has two slopes above 0 and a finite intercept."
            raise ValueError(message)

    def probabilities(self, margins: Floats) -> Floats:
        """Return probabilities of fraud, 0…1, strictly rising with the margin up to rounding."""
        out = np.empty(margins.size)
        _bend(margins, self.fraud_slope, self.honest_slope, self.intercept, out)
        return out


# Compiled, though NumPy could do it: its vector code may round the last elements of an array in
# another way than the first, and a score has to be the same to the bit alone and in a batch.
@numba.njit(cache=True, nogil=True)
def _bend(margins, fraud_slope, honest_slope, intercept, out):  # type: ignore[no-untyped-def]  # compiled
    for number in range(margins.size):
        margin = margins[number]
        # log(1 + e^|m|) from the side that cannot overflow.
        small = np.log1p(np.exp(-abs(margin)))
        above = max(margin, 0.0) + small
        below = max(-margin, 0.0) + small
        log_odds = intercept + honest_slope * above - fraud_slope * below
        if log_odds >= 0:
            out[number] = 1 / (1 + np.exp(-log_odds))
        else:
            odds = np.exp(log_odds)
            out[number] = odds / (1 + odds)
