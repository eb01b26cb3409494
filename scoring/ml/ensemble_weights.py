"""How much each member of an ensemble says: chosen on the validation slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scoring.ml.ranking import Floats, Labels, RankingCurve

WeightWay = Literal["validation", "fixed"]


@dataclass(frozen=True, slots=True)
class WeightPlan:
    """How weights are chosen.

    Attributes
    ----------
    way : str
        "validation" chooses them; "fixed" lets every member speak, as where labels are too few.
    fewest_frauds : int
        With fewer frauds in the validation slice nothing is chosen on it: one fraud more or less
        at the top would decide.
    supervised_share : float
        Part of the blend that members with labels share where nothing is chosen; the anomaly
        members share the rest. 0…1.
    least_gain : float
        A step that raises average precision by less is not taken: each further member costs time
        on every transaction. On five generated histories (seeds 11–15, 90,000 rows, frauds at
        4 %) steps worth .0001 to .0005 on validation changed the later test slice by 0, -.003,
        -.004 and -.005; the one worth .0017 by +.004.
    steps : int
        At most this many.
    shares : tuple of float
        Parts that a step may give to one member, 0…1.
    """

    way: WeightWay = "validation"
    fewest_frauds: int = 50
    supervised_share: float = 0.7
    least_gain: float = 0.001
    steps: int = 12
    shares: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def ensemble_weights(
    margins: Sequence[Floats],
    is_supervised: Sequence[bool],
    is_fraud: Labels,
    plan: WeightPlan,
) -> tuple[float, ...]:
    """Return each member's weight in the common margin; 0 leaves it out.

    1. Bring margins to one scale: log-odds of boosted trees spread wider than those of a forest.
    2. Begin with the member of the best average precision.
    3. Add the share of the member that raises it most, again and again, while that is worth it.
    4. Where all is counted in the weights' own arithmetic and the best member alone is better
       after all, it stays alone.

    So the blend's average precision is never below that of its best member, on these rows. Where
    they hold too few frauds, or the plan says so, nothing is chosen: see `fixed_weights`.

    Parameters
    ----------
    margins : sequence of ndarray of shape (n,), dtype=float64
        Each member's, of rows that it was not fitted on.
    is_supervised : sequence of bool
        Whether a member learned from labels.
    is_fraud : ndarray of shape (n,), dtype=int8
        0 or 1.

    Returns
    -------
    tuple of float
        At least 0, one above. In the unit of the best member: alone it has exactly 1.

    References
    ----------
    Caruana et al. 2004, "Ensemble selection from libraries of models",
    doi:10.1145/1015330.1015432; here a step may also give a member less than an equal vote.

    Examples
    --------
    >>> good, blind = np.array([0.1, 0.9, 0.4, 0.8]), np.array([0.3, 0.1, 0.9, 0.2])
    >>> is_fraud, plan = np.array([0, 1, 0, 1], np.int8), WeightPlan(fewest_frauds=2)
    >>> ensemble_weights([good, blind], [True, True], is_fraud, plan)
    (1.0, 0.0)
    """
    if plan.way == "fixed" or int(is_fraud.sum()) < plan.fewest_frauds:
        return fixed_weights(margins, is_supervised, plan)
    alone = [_average_precision(margin, is_fraud) for margin in margins]
    best = int(np.argmax(alone))
    shares = _selected([margin / spread(margin) for margin in margins], best, is_fraud, plan)
    weights = _in_unit_of(best, shares, margins)
    if _average_precision(blended(margins, weights), is_fraud) < alone[best]:
        return _only(best, len(margins))
    return weights


def fixed_weights(
    margins: Sequence[Floats], is_supervised: Sequence[bool], plan: WeightPlan
) -> tuple[float, ...]:
    """Return weights that let every member speak, chosen without labels.

    Members that learned from labels share `plan.supervised_share` of the blend equally, the
    anomaly members the rest; where there is only one sort, it has all. In the unit of the first
    supervised member.

    Examples
    --------
    >>> narrow, wide = np.arange(101.0), 2 * np.arange(101.0)
    >>> fixed_weights([narrow, wide], [True, False], WeightPlan(supervised_share=0.8))
    (0.8, 0.1)
    """
    counts = {sort: list(is_supervised).count(sort) for sort in (True, False)}
    parts = {True: plan.supervised_share, False: 1 - plan.supervised_share}
    if not all(counts.values()):
        parts = {True: 1.0, False: 1.0}
    shares = [parts[sort] / counts[sort] for sort in is_supervised]
    unit = list(is_supervised).index(True) if counts[True] else 0
    return tuple(round(weight, 12) for weight in _in_unit_of(unit, shares, margins))


def blended(margins: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Return the common margin, in the order of arithmetic that `FraudModel.margins` has."""
    total = np.zeros(len(margins[0]))
    for margin, weight in zip(margins, weights, strict=True):
        if weight:
            total += weight * margin
    return total


def spread(margins: Floats) -> float:
    """Return how far the upper end of margins lies above their middle; above 0.

    From the median to the 99th percentile: what matters is where suspicion begins, the bulk of
    honest rows below it may be as wide as it likes.

    Examples
    --------
    >>> spread(np.arange(101.0)), spread(np.zeros(5))
    (49.0, 1.0)
    """
    middle, upper = np.quantile(margins, [0.5, 0.99])
    for width in (float(upper - middle), float(np.std(margins))):
        if width > 0 and np.isfinite(width):
            return width
    return 1.0


def _selected(
    scaled: Sequence[Floats], best: int, is_fraud: Labels, plan: WeightPlan
) -> list[float]:
    """Return shares that sum to 1, found step by step."""
    shares = list(_only(best, len(scaled)))
    blend, reached = scaled[best], _average_precision(scaled[best], is_fraud)
    for _ in range(plan.steps):
        steps = [
            (_average_precision((1 - share) * blend + share * margin, is_fraud), share, number)
            for number, margin in enumerate(scaled)
            for share in plan.shares
        ]
        found, share, number = max(steps, key=lambda step: (step[0], -step[1], -step[2]))
        if found < reached + plan.least_gain:
            break
        reached, blend = found, (1 - share) * blend + share * scaled[number]
        shares = [(1 - share) * part for part in shares]
        shares[number] += share
    return shares


def _in_unit_of(unit: int, shares: Sequence[float], margins: Sequence[Floats]) -> tuple[float, ...]:
    """Return shares of scaled margins as weights of margins as they are."""
    widths = [spread(margin) for margin in margins]
    return tuple(
        share * (widths[unit] / width) for share, width in zip(shares, widths, strict=True)
    )


def _only(number: int, count: int) -> tuple[float, ...]:
    return tuple(float(place == number) for place in range(count))


def _average_precision(margins: Floats, is_fraud: Labels) -> float:
    return RankingCurve.of(margins, is_fraud).average_precision
