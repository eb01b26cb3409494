"""From a plan to a report."""

from __future__ import annotations

from scoring.evaluating.contestants import Contestant, contestants
from scoring.evaluating.fitted_members import fitted_members
from scoring.evaluating.histories import Progress, Weeks, learned_history, unseen_weeks
from scoring.evaluating.measuring import ModelMeasures, measured
from scoring.evaluating.plan import EvaluationPlan
from scoring.evaluating.report import Report
from scoring.features import SCHEMA
from scoring.ml.dataset import Slice
from scoring.ml.manifest import Identity, TrainedOn
from scoring.ml.splits import time_split
from scoring.ml.training import train


def evaluate_models(plan: EvaluationPlan, progress: Progress) -> Report:
    """Generate, train and measure.

    1. One history is generated and cut off on the day of training: nothing that happened or became
       known later is there.
    2. The models are trained on it as `train_model` trains them, cuts included; members that get no
       weight are fitted again for comparison.
    3. Another history is generated. What happens in it from that day on is measured.

    Parameters
    ----------
    progress : callable
        Called with what is being done and which part of it is done, 0…1.

    Raises
    ------
    TooFewLabels, OneClassOnly
        The histories are too small to learn from or to measure on.

    Notes
    -----
    One history is let go before the other is generated; the peak is in training.
    """
    models, trained_on = _trained(plan, progress)
    weeks = unseen_weeks(plan, progress)
    return Report(
        plan=plan,
        trained_on=trained_on,
        rows=len(weeks),
        frauds=int(weeks.is_fraud.sum()),
        models=_all_measured(models, weeks, progress),
    )


def _trained(plan: EvaluationPlan, progress: Progress) -> tuple[list[Contestant], TrainedOn]:
    dataset = learned_history(plan, progress)
    source = f"generated history, seed {plan.seed}"
    identity = Identity("evaluation", str(plan.seed), "", source, is_demo=True)
    trained = train(
        dataset,
        plan.training,
        identity,
        names=SCHEMA.names,
        schema_hash=SCHEMA.hash,
        progress=progress,
    )
    members = list(fitted_members(trained, dataset, plan.training, progress))
    progress("choosing cuts", 0.0)
    rows = time_split(dataset, plan.training.split).calibration
    calibration = Slice(dataset.features[rows], dataset.is_fraud[rows])
    return list(contestants(trained.model, members, calibration)), trained.manifest.trained_on


def _all_measured(
    models: list[Contestant], weeks: Weeks, progress: Progress
) -> tuple[ModelMeasures, ...]:
    found = []
    for place, model in enumerate(models):
        progress("measuring", place / len(models))
        found.append(measured(model, weeks))
    progress("measuring", 1.0)
    return tuple(found)
