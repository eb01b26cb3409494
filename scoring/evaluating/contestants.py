"""What is compared: the ensemble and each of its members, with the cuts they would be used with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scoring.ml.dataset import Dataset
from scoring.ml.forest import Features, Floats
from scoring.ml.model import FraudModel
from scoring.ml.ranking import Labels, RankingCurve
from scoring.ml.splits import SplitPlan, time_split

# False positives at which models that learn without labels are compared.
ANOMALY_RATE = 0.032


class Role(StrEnum):
    """What a model learns from."""

    ENSEMBLE = "ensemble"
    SUPERVISED = "supervised"
    ANOMALY = "anomaly"


ANOMALY_KINDS = frozenset({"isolation_forest", "autoencoder", "one_class_svm"})


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A model to be measured, ready to be used: nothing is chosen on the measured rows.

    Attributes
    ----------
    weight : float
        Its part in the ensemble's margin; 1 for the ensemble.
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
    weight: float
    scores: Callable[[Features], Floats]
    fraud_from: float
    rare_from: float


def contestants(model: FraudModel, dataset: Dataset, plan: SplitPlan) -> Iterator[Contestant]:
    """Yield the ensemble, then its members, with cuts from the slice the model was calibrated on.

    Parameters
    ----------
    dataset, plan : Dataset, SplitPlan
        Those that `model` was trained on and with.
    """
    rows = time_split(dataset, plan).calibration
    features, labels = dataset.features[rows], dataset.is_fraud[rows]
    yield _contestant("ensemble", Role.ENSEMBLE, 1.0, model.scores, features, labels)
    for member, weight in model.members:
        role = Role.ANOMALY if member.kind in ANOMALY_KINDS else Role.SUPERVISED
        yield _contestant(member.kind, role, weight, member.margins, features, labels)


def _contestant(
    name: str,
    role: Role,
    weight: float,
    scores: Callable[[Features], Floats],
    features: Features,
    labels: Labels,
) -> Contestant:
    curve = RankingCurve.of(scores(features), labels)
    allowed = curve.thresholds[curve.false_positive_rate <= ANOMALY_RATE]
    return Contestant(
        name=name,
        role=role,
        weight=weight,
        scores=scores,
        fraud_from=curve.best_f1_threshold(),
        rare_from=float(allowed[-1]) if allowed.size else float("inf"),
    )
