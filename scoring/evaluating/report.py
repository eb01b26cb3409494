"""What an evaluation found, held against the bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from scoring.evaluating.contestants import Role
from scoring.evaluating.measuring import ModelMeasures
from scoring.evaluating.plan import Bars, EvaluationPlan
from scoring.ml.manifest import TrainedOn


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar, and what was reached."""

    what: str
    bar: float
    reached: float

    @property
    def is_met(self) -> bool:
        return self.reached >= self.bar


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation.

    Attributes
    ----------
    rows, frauds : int
        Measured rows, and those of them that are believed to be fraud.
    models : tuple of ModelMeasures
        The ensemble first.
    """

    plan: EvaluationPlan
    trained_on: TrainedOn
    rows: int
    frauds: int
    models: tuple[ModelMeasures, ...]

    def verdicts(self, bars: Bars) -> Iterator[Verdict]:
        """Yield each bar that the plan and its models are about, with what was reached."""
        if not bars.are_of(self.plan):
            return
        ensemble = self.models[0]
        yield Verdict("ensemble, AUC", bars.auc, ensemble.auc)
        yield Verdict("ensemble, F1", bars.f1, ensemble.f1)
        for model in self.models:
            if model.role is Role.ANOMALY:
                what = f"{model.name}, recall at 3.2 % false positives"
                yield Verdict(what, bars.anomaly_recall, model.recall_at_3_2pct_fpr)

    def record(self, bars: Bars) -> dict[str, Any]:
        """Return everything as one JSON object."""
        plan = self.plan
        return {
            "plan": {
                "users": plan.users,
                "transactions": plan.transactions,
                "fraud_rate": plan.fraud_rate,
                "seed": plan.seed,
                "test_seed": plan.test_seed,
                "days": plan.days,
                "days_learned": plan.days_learned,
                "novel_fraud": plan.novel_fraud,
            },
            "trained_on": {"rows": self.trained_on.rows, "frauds": self.trained_on.frauds},
            "measured_on": {"rows": self.rows, "frauds": self.frauds},
            "models": [asdict(model) for model in self.models],
            "bars": [
                asdict(verdict) | {"is_met": verdict.is_met} for verdict in self.verdicts(bars)
            ],
        }
