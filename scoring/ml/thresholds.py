"""Where to cut the score: suggestions from measured history, for a person to adopt or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.ml.ranking import Floats, Labels, RankingCurve

# No score reaches it, so a cut put here never acts.
OUT_OF_REACH = 1.0


@dataclass(frozen=True, slots=True)
class ThresholdPlan:
    """What the cuts should achieve.

    Attributes
    ----------
    review_share : float
        At most this part of all transactions goes to a person.
    review_precision, block_precision, decline_precision : float
        A cut's score promises at least this probability, and what was at or above it in the slice
        kept the promise. Precision alone would not do: the surest frauds would carry along
        transactions that are most likely honest.
    """

    review_share: float = 0.06
    review_precision: float = 0.05
    block_precision: float = 0.5
    decline_precision: float = 0.9


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which something happens; `review_from <= block_from <= decline_from`.

    Attributes
    ----------
    fraud : float
        Best F1: where a transaction is called fraud.
    review_from, block_from, decline_from : float
        1.0 where the slice gave no cut that keeps its promise: that step then never acts.
    """

    fraud: float
    review_from: float
    block_from: float
    decline_from: float


def suggest_thresholds(scores: Floats, is_fraud: Labels, plan: ThresholdPlan) -> Thresholds:
    """Return the lowest cuts that keep what the plan asks, on rows the trees were not grown on.

    Parameters
    ----------
    scores : ndarray of shape (n,), dtype=float64
        Calibrated probabilities, 0…1.

    Raises
    ------
    OneClassOnly
        All transactions have the same label.

    Examples
    --------
    >>> scores, fraud = np.arange(100) / 100, np.r_[np.zeros(95), np.ones(5)].astype(np.int8)
    >>> suggest_thresholds(scores, fraud, ThresholdPlan())
    Thresholds(fraud=0.95, review_from=0.94, block_from=0.94, decline_from=0.95)
    """
    curve = RankingCurve.of(scores, is_fraud)
    within_share = (curve.caught + curve.false_alarms) <= plan.review_share * scores.size
    review = max(_lowest(curve.thresholds, within_share), _kept(curve, plan.review_precision))
    block = max(review, _kept(curve, plan.block_precision))
    decline = max(block, _kept(curve, plan.decline_precision))
    return Thresholds(curve.best_f1_threshold(), review, block, decline)


def _kept(curve: RankingCurve, precision: float) -> float:
    """Return the lowest cut that promises this precision and kept it."""
    return _lowest(
        curve.thresholds, (curve.precision >= precision) & (curve.thresholds >= precision)
    )


def _lowest(thresholds: Floats, is_kept: npt.NDArray[np.bool_]) -> float:
    kept = thresholds[is_kept]
    return float(kept[-1]) if kept.size else OUT_OF_REACH
