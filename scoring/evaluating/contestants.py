"""What is compared: the ensemble, each member, and blends that nobody chose, with their cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.ml.dataset import Slice
from scoring.ml.ensemble_weights import WeightPlan, blended, fixed_weights, spread
from scoring.ml.forest import Features, Floats
from scoring.ml.model import FraudModel
from scoring.ml.ranking import RankingCurve
from scoring.ml.trained_model import Weighed

# False positives at which models that learn without labels are compared.
ANOMALY_RATE = 0.032

Scorer = Callable[[Features], Floats]


class Role(StrEnum):
    """What a model learns from, or what it is made of."""

    ENSEMBLE = "ensemble"
    SUPERVISED = "supervised"
    ANOMALY = "anomaly"
    BLEND = "blend"


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A model to be measured, ready to be used: nothing is chosen on the measured rows.

    Attributes
    ----------
    share : float or None
        A member's part in the spread of the ensemble's margin, 0…1; None for what is no member.
    scores : callable
        From features to anything that ranks; higher is more suspect.
    fraud_from : float
        The score with the best F1 on the calibration slice.
    rare_from : float
        The lowest score at which at most `ANOMALY_RATE` of the calibration slice's honest rows are
        flagged.
    """

    name: str
    role: Role
    share: float | None
    scores: Scorer
    fraud_from: float
    rare_from: float


def contestants(
    model: FraudModel, members: Sequence[Weighed], calibration: Slice
) -> Iterator[Contestant]:
    """Yield the ensemble, its members, and the blends, with cuts from the calibration slice.

    Parameters
    ----------
    members : sequence of Weighed
        Also those that are no part of the model.
    calibration : Slice
        Rows that the model was calibrated on, later than those it learned from.
    """
    margins = [_margins(one)(calibration.features) for one in members]
    yield _contestant("ensemble", Role.ENSEMBLE, None, model.scores, calibration)
    for one, share in zip(members, _shares(members, margins), strict=True):
        role = Role.SUPERVISED if one.fitted.trainer.is_supervised else Role.ANOMALY
        yield _contestant(one.name, role, share, _margins(one), calibration)
    for name, blend in _blends(members):
        scores = _blend(blend, [margins[members.index(one)] for one in blend])
        yield _contestant(name, Role.BLEND, None, scores, calibration)


def _margins(one: Weighed) -> Scorer:
    return one.fitted.member.margins


def _shares(members: Sequence[Weighed], margins: Sequence[Floats]) -> list[float]:
    """Return weights counted in what each member's margins move: margins have no common unit."""
    moved = [one.weight * spread(margin) for one, margin in zip(members, margins, strict=True)]
    return [part / sum(moved) for part in moved]


def _blends(members: Sequence[Weighed]) -> Iterator[tuple[str, Sequence[Weighed]]]:
    """Yield what would speak where there are no labels, or too few to choose weights on."""
    odd = [one for one in members if not one.fitted.trainer.is_supervised]
    if len(odd) > 1:
        yield "anomaly blend", odd
    if odd and len(odd) < len(members):
        yield "fixed blend", members


def _blend(members: Sequence[Weighed], margins: Sequence[Floats]) -> Scorer:
    sorts = [one.fitted.trainer.is_supervised for one in members]
    weights = fixed_weights(margins, sorts, WeightPlan())
    scorers = [_margins(one) for one in members]
    return lambda features: blended([scores(features) for scores in scorers], weights)


def _contestant(
    name: str, role: Role, share: float | None, scores: Scorer, calibration: Slice
) -> Contestant:
    curve = RankingCurve.of(scores(calibration.features), calibration.is_fraud)
    return Contestant(
        name=name,
        role=role,
        share=share,
        scores=scores,
        fraud_from=curve.best_f1_threshold(),
        rare_from=lowest_cut(curve, ANOMALY_RATE),
    )


def lowest_cut(curve: RankingCurve, false_positive_rate: float) -> float:
    """Return the lowest score from which at most this part of the honest rows is flagged.

    Infinite, where even the highest score flags more.
    """
    allowed = curve.thresholds[curve.false_positive_rate <= false_positive_rate]
    return float(allowed[-1]) if allowed.size else float("inf")
