"""Training in one call: split, fit, calibrate, choose cuts, measure, describe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from scoring.ml.artefact import CALIBRATION, REFERENCE, write_artefact
from scoring.ml.dataset import Dataset, Rows, Slice, check_finite
from scoring.ml.evaluation import Evaluation, evaluate
from scoring.ml.manifest import FORMAT, Identity, Manifest, MemberEntry, TrainedOn
from scoring.ml.model import FraudModel
from scoring.ml.reference import Reference
from scoring.ml.splits import Split, SplitPlan, time_split
from scoring.ml.thresholds import ThresholdPlan
from scoring.ml.xgboost_fit import BoostingPlan, fit_xgboost, rounds_needed
from scoring.ml.xgboost_json import KIND, read_xgboost

MODEL_FILE = "model.json"

# What is being done, and which part of it is done, 0…1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Everything that can be chosen about a training."""

    seed: int = 1
    split: SplitPlan = field(default_factory=SplitPlan)
    boosting: BoostingPlan = field(default_factory=BoostingPlan)
    thresholds: ThresholdPlan = field(default_factory=ThresholdPlan)


# Some seconds on 60,000 rows: for the demo's champion, which everybody waits for once.
DEMO_PLAN = TrainingPlan(boosting=BoostingPlan(rounds=120, patience=15, learning_rate=0.15))


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A model that is not stored yet, and its trees in the form they are stored in."""

    model: FraudModel
    trees: bytes

    @property
    def manifest(self) -> Manifest:
        return self.model.manifest

    def save(self, folder: Path) -> str:
        """Store it in a new folder and return its digest; see `write_artefact`."""
        files = {
            MODEL_FILE: self.trees,
            CALIBRATION: msgspec.json.encode(self.model.calibration),
            REFERENCE: msgspec.json.encode(self.model.reference),
        }
        return write_artefact(folder, self.manifest, files)


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
    2. Find how many trees are worth growing: on the training slice, watched on validation.
    3. Grow as many on everything before calibration: the newest frauds teach most.
    4. Fit the calibration, and choose cuts, on the calibration slice.
    5. Measure on the test slice, which nothing was chosen on.

    Parameters
    ----------
    names : sequence of str
        Of the columns of `dataset.features`, in order.
    schema_hash : str
        Of the feature schema that computed them.
    progress : callable, optional
        Called with what is being done ("split", "search", "fit", "measure", "done") and which
        part of it is done, 0…1.

    Raises
    ------
    TooFewLabels
        There is not enough history.
    DatasetRefused
        A feature is infinite.

    Notes
    -----
    The same dataset, plan and number of threads give the same model to the byte.
    """
    tell = progress or _silent
    tell("split", 0.0)
    check_finite(dataset.features, names)
    split = time_split(dataset, plan.split)
    trees = _fitted(dataset, split, plan, tell)
    # From here on it is what will be served: the stored bytes, read again.
    member = read_xgboost(trees)
    tell("measure", 0.0)
    evaluation = evaluate(member.margins, dataset, split, plan.thresholds)
    reference = Reference.of(dataset.features[split.fitting], names, evaluation.calibration_scores)
    manifest = _manifest(
        identity, plan, _trained_on(dataset, split, identity.source), evaluation, names, schema_hash
    )
    model = FraudModel(((member, 1.0),), evaluation.calibration, manifest, reference)
    tell("done", 1.0)
    return TrainedModel(model, trees)


def _silent(_what: str, _part: float) -> None:
    """Tell nobody."""


def _fitted(dataset: Dataset, split: Split, plan: TrainingPlan, tell: Progress) -> bytes:
    rounds = rounds_needed(
        _slice(dataset, split.train),
        _slice(dataset, split.validation),
        plan.boosting,
        seed=plan.seed,
        round_done=lambda grown, most: tell("search", grown / most),
    )
    return fit_xgboost(
        _slice(dataset, split.fitting),
        rounds,
        plan.boosting,
        seed=plan.seed,
        round_done=lambda grown, most: tell("fit", grown / most),
    )


def _slice(dataset: Dataset, rows: Rows) -> Slice:
    return Slice(dataset.features[rows], dataset.is_fraud[rows])


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


def _manifest(
    identity: Identity,
    plan: TrainingPlan,
    trained_on: TrainedOn,
    evaluation: Evaluation,
    names: Sequence[str],
    schema_hash: str,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        name=identity.name,
        version=identity.version,
        kind=KIND,
        members=(MemberEntry(KIND, MODEL_FILE, 1.0),),
        schema_hash=schema_hash,
        feature_names=tuple(names),
        created_at=identity.created_at,
        trained_on=trained_on,
        plan=asdict(plan),
        seed=plan.seed,
        metrics=dict(evaluation.measures),
        thresholds=evaluation.thresholds,
        is_demo=identity.is_demo,
        files={},
    )
