"""Every member that was tried, as new as the model: those left out as well."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.evaluating.histories import Progress
from scoring.ml.dataset import Dataset, Slice
from scoring.ml.sampling import sampled
from scoring.ml.splits import time_split
from scoring.ml.trained_model import TrainedModel, Weighed
from scoring.ml.trainers import fit_member
from scoring.ml.training import TrainingPlan


def fitted_members(
    trained: TrainedModel, dataset: Dataset, plan: TrainingPlan, progress: Progress
) -> Iterator[Weighed]:
    """Yield the members, each fitted on everything before calibration.

    Training fits only those again that have a weight. The others know less of the newest weeks,
    and would look worse beside them than they are.
    """
    split = time_split(dataset, plan.split)
    rows = Slice(dataset.features[split.fitting], dataset.is_fraud[split.fitting])
    for one in trained.members:
        yield one if one.is_kept else _fitted_again(one, rows, plan, progress)


def _fitted_again(one: Weighed, rows: Slice, plan: TrainingPlan, progress: Progress) -> Weighed:
    if one.fitted.trainer.is_supervised:
        rows = sampled(rows, plan.sampling, seed=plan.seed)
    fitted = fit_member(
        one.name,
        one.fitted.plan,
        rows,
        seed=plan.seed,
        progress=lambda part: progress(f"fit {one.name} for comparison", part),
    )
    return Weighed(fitted, one.weight)
