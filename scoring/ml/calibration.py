"""From a model's margin to the probability of fraud, without changing the ranking.

Class weights and drift make a margin no probability. Beta calibration bends the logistic curve by
two slopes, one for what looks honest and one for what looks like fraud; with equal slopes it is
Platt's. It was preferred to isotonic regression, whose steps tie scores that the model tells apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from scoring.ml.ranking import Floats, Labels

# A slope of 0 would tie all scores on one side. At this one, margins 0.01 apart still differ by
# more than 1e-5 of the log-odds.
FLATTEST = 1e-3
STEEPEST = 10.0
# A pull of the slopes towards 1 as strong as this many transactions: with a few dozen frauds the
# fit would otherwise believe in certainties.
PRIOR_WEIGHT = 1.0


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


def fit_calibration(margins: Floats, is_fraud: Labels) -> BetaCalibration:
    """Fit the curve by maximum likelihood, slopes held above 0.

    Parameters
    ----------
    margins : ndarray of shape (n,), dtype=float64
        Of transactions later than those the model was trained on; on its own training rows a
        model is far too sure.
    is_fraud : ndarray of shape (n,), dtype=int8
        0 or 1; both occur.
    """
    terms = np.column_stack([-np.logaddexp(0, -margins), np.logaddexp(0, margins)])
    rate = float(np.clip(is_fraud.mean(), 1e-6, 1 - 1e-6))
    start = np.array([1.0, 1.0, np.log(rate / (1 - rate))])
    fitted = minimize(
        _loss,
        start,
        args=(terms, is_fraud.astype(np.float64)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(FLATTEST, STEEPEST), (FLATTEST, STEEPEST), (None, None)],
    )
    fraud_slope, honest_slope, intercept = (float(value) for value in fitted.x)
    return BetaCalibration(fraud_slope, honest_slope, intercept)


def _loss(
    parameters: Floats, terms: Floats, is_fraud: Floats
) -> tuple[float, npt.NDArray[np.float64]]:
    """Return the mean log loss with its prior, and the gradient."""
    slopes = parameters[:2]
    log_odds = terms @ slopes + parameters[2]
    n = is_fraud.size
    loss = np.logaddexp(0, log_odds).sum() - is_fraud @ log_odds
    loss += PRIOR_WEIGHT * ((slopes - 1) ** 2).sum() / 2
    surplus = expit(log_odds) - is_fraud
    gradient = np.append(terms.T @ surplus + PRIOR_WEIGHT * (slopes - 1), surplus.sum())
    return float(loss / n), gradient / n


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
