"""How good scores are: as a ranking, as probabilities, and with a cut put somewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.ml.ranking import Floats, Labels, RankingCurve

# Bins of equal size for the calibration error. Fewer hide errors that cancel out, more are noise
# on slices of some thousand rows (Guo et al. 2017 use 15).
CALIBRATION_BINS = 15
# Keeps the log loss finite where a score is exactly 0 or 1; scikit-learn uses the same for float64.
CLOSEST_TO_CERTAIN = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Measures:
    """How good the scores of one slice are; all parts 0…1.

    Attributes
    ----------
    auc, average_precision, recall_at_1pct_fpr, precision, recall, f1 : float
        1 is best. The last three at `threshold`.
    log_loss, brier, calibration_error : float
        0 is best.
    card_precision_100 : float or None
        Part of each day's 100 most suspect customers who were defrauded that day; None where it
        was not measured.
    """

    rows: int
    frauds: int
    auc: float
    average_precision: float
    recall_at_1pct_fpr: float
    log_loss: float
    brier: float
    calibration_error: float
    threshold: float
    precision: float
    recall: float
    f1: float
    card_precision_100: float | None = None


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What one cut catches; precision is 0 when nothing is flagged."""

    precision: float
    recall: float
    f1: float


def measure(
    scores: Floats,
    is_fraud: Labels,
    *,
    threshold: float,
    card_precision_100: float | None = None,
) -> Measures:
    """Measure the scores of one slice.

    Parameters
    ----------
    scores : ndarray of shape (n,), dtype=float64
        Probabilities of fraud, 0…1.
    is_fraud : ndarray of shape (n,), dtype=int8
        0 or 1.
    threshold : float
        From which score on a transaction is called fraud; chosen on another slice.

    Raises
    ------
    OneClassOnly
        All transactions have the same label.
    """
    curve = RankingCurve.of(scores, is_fraud)
    cut = at_threshold(scores, is_fraud, threshold)
    return Measures(
        rows=int(scores.size),
        frauds=int(is_fraud.sum()),
        auc=curve.auc,
        average_precision=curve.average_precision,
        recall_at_1pct_fpr=curve.recall_at(false_positive_rate=0.01),
        log_loss=log_loss(scores, is_fraud),
        brier=brier(scores, is_fraud),
        calibration_error=calibration_error(scores, is_fraud),
        threshold=threshold,
        precision=cut.precision,
        recall=cut.recall,
        f1=cut.f1,
        card_precision_100=card_precision_100,
    )


def at_threshold(scores: Floats, is_fraud: Labels, threshold: float) -> AtThreshold:
    """Return precision, recall and F1 of flagging every score from `threshold` on.

    Examples
    --------
    >>> at_threshold(np.array([0.2, 0.6, 0.7]), np.array([0, 0, 1], np.int8), 0.6)
    AtThreshold(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    flagged = scores >= threshold
    caught, frauds = int(is_fraud[flagged].sum()), int(is_fraud.sum())
    return AtThreshold(
        precision=caught / max(int(flagged.sum()), 1),
        recall=caught / max(frauds, 1),
        f1=2 * caught / max(int(flagged.sum()) + frauds, 1),
    )


def log_loss(scores: Floats, is_fraud: Labels) -> float:
    """Return the mean surprise in nats; 0 is best.

    Examples
    --------
    >>> round(log_loss(np.array([0.5, 0.5]), np.array([0, 1], np.int8)), 4)
    0.6931
    """
    certain = np.clip(scores, CLOSEST_TO_CERTAIN, 1 - CLOSEST_TO_CERTAIN)
    return float(-np.mean(np.where(is_fraud == 1, np.log(certain), np.log1p(-certain))))


def brier(scores: Floats, is_fraud: Labels) -> float:
    """Return the mean squared error of the probabilities; 0 is best.

    Examples
    --------
    >>> brier(np.array([0.5, 0.5]), np.array([0, 1], np.int8))
    0.25
    """
    return float(np.mean((scores - is_fraud) ** 2))


def calibration_error(scores: Floats, is_fraud: Labels, bins: int = CALIBRATION_BINS) -> float:
    """Return how far probabilities are from what happened, on average; 0 is best.

    Bins hold equally many transactions: with frauds at 4 %, bins of equal width would put nearly
    all into the first and judge the rest by a handful.

    Examples
    --------
    >>> calibration_error(np.array([0.25, 0.25, 1, 1]), np.array([0, 0, 1, 1], np.int8), bins=2)
    0.125

    References
    ----------
    Nguyen & O'Connor 2015, "Posterior calibration and exploratory analysis for natural language
    processing models", §4 (adaptive binning).
    """
    order = np.argsort(scores, kind="stable")
    parts = np.array_split(order, min(bins, order.size))
    gaps = [abs(scores[part].mean() - is_fraud[part].mean()) * part.size for part in parts]
    return float(sum(gaps) / order.size)
