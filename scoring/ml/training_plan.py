"""Everything that can be chosen about a training."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.ml.ensemble_weights import WeightPlan
from scoring.ml.lightgbm_fit import LightGBMPlan
from scoring.ml.random_forest_fit import RandomForestPlan
from scoring.ml.sampling import SamplingPlan
from scoring.ml.splits import SplitPlan
from scoring.ml.thresholds import ThresholdPlan
from scoring.ml.trainers import MemberPlan, default_plans
from scoring.ml.xgboost_fit import XGBoostPlan


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Everything that can be chosen about a training.

    Attributes
    ----------
    members : tuple of plans
        One of each member that is tried; see `scoring.ml.trainers`. Two may be of one kind.
    sampling : SamplingPlan
        What members with labels make of frauds being rare; anomaly members see all honest rows.
    """

    seed: int = 1
    split: SplitPlan = field(default_factory=SplitPlan)
    members: tuple[MemberPlan, ...] = field(default_factory=default_plans)
    sampling: SamplingPlan = field(default_factory=SamplingPlan)
    weights: WeightPlan = field(default_factory=WeightPlan)
    thresholds: ThresholdPlan = field(default_factory=ThresholdPlan)


# Some seconds on 60,000 rows: for the demo's champion, which everybody waits for once.
DEMO_PLAN = TrainingPlan(
    members=(
        XGBoostPlan(rounds=120, patience=15, learning_rate=0.15),
        LightGBMPlan(rounds=120, patience=15, learning_rate=0.15),
        RandomForestPlan(trees=30, most_rows=30_000),
        *default_plans(("isolation_forest", "autoencoder", "one_class_svm")),
    )
)
