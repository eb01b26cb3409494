"""What each possible cut of a score would catch, and how well the score ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int8]


class OneClassOnly(ValueError):
    """Frauds and honest transactions are both needed to measure how they are told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class RankingCurve:
    """What each possible cut would catch, from the strictest on.

    Attributes
    ----------
    thresholds : ndarray of shape (m,), dtype=float64
        The distinct scores, falling; a transaction is flagged from the threshold on.
    caught, false_alarms : ndarray of shape (m,), dtype=int64
        Frauds and honest transactions flagged at each.

    Examples
    --------
    >>> curve = RankingCurve.of(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1], np.int8))
    >>> curve.auc, round(curve.average_precision, 3)
    (0.75, 0.833)
    >>> curve.best_f1_threshold(), curve.recall_at(false_positive_rate=0.0)
    (0.35, 0.5)
    """

    thresholds: Floats
    caught: npt.NDArray[np.int64]
    false_alarms: npt.NDArray[np.int64]

    @classmethod
    def of(cls, scores: Floats, is_fraud: Labels) -> RankingCurve:
        """Make the curve in O(n log n).

        Raises
        ------
        OneClassOnly
            All transactions have the same label, or there are none.
        """
        order = np.argsort(-scores, kind="stable")
        ranked, labels = scores[order], is_fraud[order].astype(np.int64)
        # Equal scores are flagged together: only the last of them is a cut.
        last_of_ties = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
        caught = np.cumsum(labels)[last_of_ties] if ranked.size else labels
        if not caught.size or caught[-1] in (0, ranked.size):
            message = f"All {ranked.size} transactions have the same label."
            raise OneClassOnly(message)
        return cls(ranked[last_of_ties], caught, last_of_ties + 1 - caught)

    @property
    def precision(self) -> Floats:
        """Part of what is flagged that is fraud, at each threshold."""
        return np.divide(self.caught, self.caught + self.false_alarms)

    @property
    def recall(self) -> Floats:
        """Part of the frauds that is flagged, at each threshold."""
        return np.divide(self.caught, self.caught[-1])

    @property
    def false_positive_rate(self) -> Floats:
        """Part of the honest transactions that is flagged, at each threshold."""
        return np.divide(self.false_alarms, self.false_alarms[-1])

    @property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall, at each threshold."""
        return np.divide(2 * self.caught, self.caught + self.false_alarms + self.caught[-1])

    @property
    def auc(self) -> float:
        """Chance that a fraud scores above an honest transaction; .5 is blind, 1 is best."""
        gained = np.diff(self.recall, prepend=0.0)
        height = self.recall - gained / 2
        return float(np.diff(self.false_positive_rate, prepend=0.0) @ height)

    @property
    def average_precision(self) -> float:
        """Precision averaged over the frauds found; the fraud rate is blind, 1 is best."""
        gained = np.diff(self.recall, prepend=0.0)
        return float(gained @ self.precision)

    def recall_at(self, *, false_positive_rate: float) -> float:
        """Return the part of frauds caught while at most this part of the honest is flagged."""
        allowed = self.recall[self.false_positive_rate <= false_positive_rate]
        return float(allowed[-1]) if allowed.size else 0.0

    def best_f1_threshold(self) -> float:
        """Return the cut with the highest F1; the strictest of equals."""
        return float(self.thresholds[np.argmax(self.f1)])
