"""The three figures of the handbook, for a week and over weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.ml.card_precision import card_precision_at_k
from scoring.ml.dataset import Dataset, Rows
from scoring.ml.ranking import Floats, RankingCurve


@dataclass(frozen=True, slots=True)
class Figures:
    """How well scores rank; 1 is best.

    Attributes
    ----------
    auc, ap : float
        Area under the ROC curve, and average precision.
    cp100 : float
        Card precision among each day's 100 most suspect customers; see `card_precision_at_k`.
    """

    auc: float
    ap: float
    cp100: float

    @property
    def mean(self) -> float:
        """What choices are made by: none of the three is worth giving up for another."""
        return (self.auc + self.ap + self.cp100) / 3


def figures_of(dataset: Dataset, rows: Rows, scores: Floats) -> Figures:
    """Return the figures of scores, one for each of `rows`."""
    is_fraud = dataset.is_fraud[rows]
    curve = RankingCurve.of(scores, is_fraud)
    return Figures(
        auc=curve.auc,
        ap=curve.average_precision,
        cp100=card_precision_at_k(
            scores, is_fraud, dataset.customer_key[rows], dataset.time_us[rows]
        ),
    )


def mean_figures(weeks: Sequence[Figures]) -> Figures:
    """Return the mean over weeks.

    Examples
    --------
    >>> mean_figures([Figures(0.5, 0.25, 0.0), Figures(1.0, 0.75, 0.5)])
    Figures(auc=0.75, ap=0.5, cp100=0.25)
    """
    return Figures(*(float(value) for value in np.mean(_table(weeks), axis=0)))


def spread_figures(weeks: Sequence[Figures]) -> Figures:
    """Return the standard deviation over weeks, dividing by their number as the book does.

    Examples
    --------
    >>> spread_figures([Figures(0.5, 0.25, 0.0), Figures(1.0, 0.75, 0.5)])
    Figures(auc=0.25, ap=0.25, cp100=0.25)
    """
    return Figures(*(float(value) for value in np.std(_table(weeks), axis=0)))


def _table(weeks: Sequence[Figures]) -> Floats:
    return np.array([(week.auc, week.ap, week.cp100) for week in weeks])
