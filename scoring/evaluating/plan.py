"""What is generated, what is learned from it, and what the models have to reach."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.ml.splits import SplitPlan
from scoring.ml.training import TrainingPlan
from transactions.simulation import SimulationPlan

DAY_US = 86_400_000_000
# Shorter, and the time labels take leaves nothing to learn from.
FEWEST_DAYS_LEARNED = 60
# Fewer, and a week's habits or a single ring of mules settle the figures.
FEWEST_DAYS_MEASURED = 14


class EvaluationRefused(ValueError):
    """A plan that would measure nothing; the message is a sentence for people."""


# As usual, but with few weeks held back to be measured on: another history has those.
SPLIT = SplitPlan(test_share=0.04)


def _training() -> TrainingPlan:
    return TrainingPlan(split=SPLIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """Two histories of the same world: one to learn from, one to be measured on.

    Attributes
    ----------
    users, transactions, fraud_rate : int, int, float
        Of each of the two; see `SimulationPlan`.
    seed, test_seed : int
        Never the same.
    days, days_learned : int
        Length of both histories; on which day the model is trained, counted from 0. Nothing that
        happened or became known from then on is learned, and only what happens from then on in the
        other history is measured.
    novel_fraud : str or None
        A fraud type that begins on that day, so that no model has seen it.
    """

    users: int = 20_000
    transactions: int = 1_000_000
    fraud_rate: float = 0.04
    seed: int = 1
    test_seed: int = 2
    days: int = 180
    days_learned: int = 140
    novel_fraud: str | None = None
    training: TrainingPlan = field(default_factory=_training)

    def __post_init__(self) -> None:
        if self.seed == self.test_seed:
            message = "Learning and measuring on one seed would measure memory: choose two."
            raise EvaluationRefused(message)
        latest = self.days - FEWEST_DAYS_MEASURED
        if not FEWEST_DAYS_LEARNED <= self.days_learned <= latest:
            message = (
                f"Of {self.days} days, between {FEWEST_DAYS_LEARNED} and {latest} can be learned "
                f"from, not {self.days_learned}."
            )
            raise EvaluationRefused(message)

    @property
    def learned(self) -> SimulationPlan:
        """The history that models learn from, before it is cut off."""
        return self._simulation(self.seed)

    @property
    def measured(self) -> SimulationPlan:
        """The history whose last weeks are measured."""
        return self._simulation(self.test_seed)

    @property
    def cut_us(self) -> int:
        """The instant of training, microseconds since 1970 UTC."""
        return self.learned.start_us + self.days_learned * DAY_US

    def _simulation(self, seed: int) -> SimulationPlan:
        return SimulationPlan(
            users=self.users,
            transactions=self.transactions,
            fraud_rate=self.fraud_rate,
            seed=seed,
            days=self.days,
            novel_fraud=self.novel_fraud,
            novel_from=self.days_learned if self.novel_fraud else 0,
        )


@dataclass(frozen=True, slots=True)
class Bars:
    """What the models have to reach on types they have seen; nothing is asked of other rates.

    The area and F1 are of the ensemble; the recall, at 3.2 % false positives, is of each model that
    learns without labels. Origin: what the published tables of such systems claim.
    """

    fraud_rate: float = 0.04
    auc: float = 0.96
    f1: float = 0.91
    anomaly_recall: float = 0.87

    def are_of(self, plan: EvaluationPlan) -> bool:
        """Tell whether a plan measures what the bars are about."""
        return plan.fraud_rate == self.fraud_rate and plan.novel_fraud is None
