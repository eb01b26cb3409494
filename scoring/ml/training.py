"""Training in one call: split, fit, weigh, calibrate, choose cuts, measure, describe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoring.ml.dataset import Dataset, Rows, Slice, check_finite
from scoring.ml.ensemble_weights import blended, ensemble_weights
from scoring.ml.evaluation import HeldOutMargins, evaluate
from scoring.ml.manifest import Identity, TrainedOn
from scoring.ml.metrics import Measures
from scoring.ml.model import FraudModel
from scoring.ml.reference import Reference
from scoring.ml.sampling import sampled
from scoring.ml.splits import Split, time_split
from scoring.ml.trained_model import TrainedModel, Weighed, manifest_of
from scoring.ml.trainers import fit_member, member_names, trainer_of, try_member
from scoring.ml.training_plan import DEMO_PLAN, TrainingPlan

__all__ = ["DEMO_PLAN", "Progress", "TrainedModel", "TrainingPlan", "train"]

# What is being done, and which part of it is done, 0…1.
Progress = Callable[[str, float], None]


def train(
    dataset: Dataset,
    plan: TrainingPlan,
    identity: Identity,
    *,
    names: Sequence[str],
    schema_hash: str,
    progress: Progress | None = None,
) -> TrainedModel:
    """Train a model on labelled history and measure it on the newest part of it.

    1. Cut the history in time (`time_split`).
    2. Fit every member on the training slice; what its plan leaves open, such as how many trees are
       worth growing, is chosen on validation.
    3. Choose each member's weight on validation (`ensemble_weights`).
    4. Fit the members with a weight again on everything before calibration: the newest frauds
       teach most.
    5. Fit the calibration, and choose cuts, on the calibration slice.
    6. Measure on the test slice, which nothing was chosen on: the model, and each member by itself
       with a calibration and a cut of its own.

    Parameters
    ----------
    names : sequence of str
        Of the columns of `dataset.features`, in order.
    schema_hash : str
        Of the feature schema that computed them.
    progress : callable, optional
        Called with what is being done ("split", "try xgboost", …, "weigh", "fit xgboost", …,
        "measure", "done") and which part of it is done, 0…1.

    Raises
    ------
    TooFewLabels
        There is not enough history.
    DatasetRefused
        A feature is infinite.
    UnknownKind
        A plan is no member's.

    Notes
    -----
    The same dataset, plan and number of threads give the same model to the byte.
    """
    tell = progress or _silent
    tell("split", 0.0)
    check_finite(dataset.features, names)
    split = time_split(dataset, plan.split)
    tried = _tried(dataset, split, plan, tell)
    fitting = _slice(dataset, split.fitting)
    members = _fitted_again(tried, fitting, plan, tell)
    tell("measure", 0.0)
    margins = [HeldOutMargins.of(one.fitted.member.margins, dataset, split) for one in members]
    evaluation = evaluate(_common(members, margins), dataset, split, plan.thresholds)
    manifest = manifest_of(
        members,
        identity=identity,
        plan=plan,
        trained_on=_trained_on(dataset, split, identity.source),
        evaluation=evaluation,
        measures={**evaluation.measures, **_alone(members, margins, dataset, split, plan)},
        names=names,
        schema_hash=schema_hash,
    )
    reference = Reference.of(fitting.features, names, evaluation.calibration_scores)
    served = tuple((one.fitted.member, one.weight) for one in members if one.is_kept)
    model = FraudModel(served, evaluation.calibration, manifest, reference)
    tell("done", 1.0)
    return TrainedModel(model, members)


def _silent(_what: str, _part: float) -> None:
    """Tell nobody."""


def _tried(
    dataset: Dataset, split: Split, plan: TrainingPlan, tell: Progress
) -> tuple[Weighed, ...]:
    """Return every member, fitted on the training slice, and weighed on validation."""
    train_rows, validation = _slice(dataset, split.train), _slice(dataset, split.validation)
    labelled = sampled(train_rows, plan.sampling, seed=plan.seed)
    fitted = [
        try_member(
            name,
            member_plan,
            labelled if trainer_of(member_plan).is_supervised else train_rows,
            validation,
            seed=plan.seed,
            progress=_named(tell, f"try {name}"),
        )
        for name, member_plan in zip(member_names(plan.members), plan.members, strict=True)
    ]
    tell("weigh", 0.0)
    weights = ensemble_weights(
        [one.member.margins(validation.features) for one in fitted],
        [one.trainer.is_supervised for one in fitted],
        validation.is_fraud,
        plan.weights,
    )
    return tuple(Weighed(one, weight) for one, weight in zip(fitted, weights, strict=True))


def _fitted_again(
    tried: Sequence[Weighed], fitting: Slice, plan: TrainingPlan, tell: Progress
) -> tuple[Weighed, ...]:
    """Return the members, those with a weight fitted on all rows before calibration."""
    labelled = sampled(fitting, plan.sampling, seed=plan.seed)

    def again(one: Weighed) -> Weighed:
        fitted = fit_member(
            one.name,
            one.fitted.plan,
            labelled if one.fitted.trainer.is_supervised else fitting,
            seed=plan.seed,
            progress=_named(tell, f"fit {one.name}"),
        )
        return Weighed(fitted, one.weight)

    return tuple(again(one) if one.is_kept else one for one in tried)


def _named(tell: Progress, what: str) -> Callable[[float], None]:
    return lambda part: tell(what, part)


def _slice(dataset: Dataset, rows: Rows) -> Slice:
    return Slice(dataset.features[rows], dataset.is_fraud[rows])


def _common(members: Sequence[Weighed], margins: Sequence[HeldOutMargins]) -> HeldOutMargins:
    weights = [one.weight for one in members]
    return HeldOutMargins(
        blended([one.calibration for one in margins], weights),
        blended([one.test for one in margins], weights),
    )


def _alone(
    members: Sequence[Weighed],
    margins: Sequence[HeldOutMargins],
    dataset: Dataset,
    split: Split,
    plan: TrainingPlan,
) -> dict[str, Measures]:
    """Return what each member would reach by itself on the test slice."""
    return {
        f"test:{one.name}": evaluate(found, dataset, split, plan.thresholds).measures["test"]
        for one, found in zip(members, margins, strict=True)
    }


def _trained_on(dataset: Dataset, split: Split, source: str) -> TrainedOn:
    times = dataset.time_us[split.fitting]
    return TrainedOn(
        rows=int(times.size),
        frauds=int(dataset.is_fraud[split.fitting].sum()),
        from_us=int(times[0]),
        until_us=int(times[-1]),
        source=source,
        cuts=split.cuts,
    )
