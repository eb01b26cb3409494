"""Accept and error rates of a comparison by distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kyc.evaluating.rates import Rate


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances of pairs of one person and of strangers; infinite where no face was found.

    So a face that was missed counts as refused, whoever it was.

    Examples
    --------
    >>> seen = Distances(genuine=(0.2, 0.4, 0.7), impostor=(0.6, 0.8))
    >>> seen.accepted_genuine(0.5), seen.accepted_impostor(0.5)
    (Rate(hits=2, count=3), Rate(hits=0, count=2))
    """

    genuine: Sequence[float]
    impostor: Sequence[float]

    def accepted_genuine(self, threshold: float) -> Rate:
        """True accept rate."""
        return _within(self.genuine, threshold)

    def accepted_impostor(self, threshold: float) -> Rate:
        """False accept rate."""
        return _within(self.impostor, threshold)

    @property
    def equal_error_rate(self) -> float | None:
        """Where as many strangers are accepted as people refused; None without both kinds.

        Between two distances at which the order of the two rates changes, their mean.

        Examples
        --------
        >>> Distances((0.2, 0.4, 0.7), (0.6, 0.8)).equal_error_rate
        0.4166666666666667
        >>> Distances((0.2, 0.4), (0.6, 0.8)).equal_error_rate
        0.0
        """
        if not self.genuine or not self.impostor:
            return None
        genuine, impostor = np.sort(self.genuine), np.sort(self.impostor)
        thresholds = np.unique(np.concatenate([genuine, impostor]))
        refused = 1 - np.searchsorted(genuine, thresholds, side="right") / len(genuine)
        accepted = np.searchsorted(impostor, thresholds, side="right") / len(impostor)
        nearest = int(np.argmin(np.abs(refused - accepted)))
        return float((refused[nearest] + accepted[nearest]) / 2)


def _within(distances: Sequence[float], threshold: float) -> Rate:
    return Rate(sum(distance <= threshold for distance in distances), len(distances))
