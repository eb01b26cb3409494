"""Fitting the curve from margin to probability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from scoring.ml.calibration import BetaCalibration
from scoring.ml.ranking import Floats, Labels

# A slope of 0 would tie all scores on one side. At this one, margins 0.01 apart still differ by
# more than 1e-5 of the log-odds.
FLATTEST = 1e-3
STEEPEST = 10.0
# A pull of the slopes towards 1 as strong as this many transactions: with a few dozen frauds the
# fit would otherwise believe in certainties.
PRIOR_WEIGHT = 1.0


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
