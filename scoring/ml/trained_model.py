"""What a training gives: a model that can be used and stored, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from scoring.ml.artefact import CALIBRATION, REFERENCE, write_artefact
from scoring.ml.evaluation import Evaluation
from scoring.ml.manifest import FORMAT, Identity, Manifest, MemberEntry, TrainedOn
from scoring.ml.metrics import Measures
from scoring.ml.model import FraudModel
from scoring.ml.trainers import Fitted
from scoring.ml.training_plan import TrainingPlan

# What the manifest calls a model of several kinds of members.
ENSEMBLE = "ensemble"


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A member that was tried, and how much it has to say."""

    fitted: Fitted
    weight: float

    @property
    def name(self) -> str:
        return self.fitted.name

    @property
    def is_kept(self) -> bool:
        """Whether it is part of the model."""
        return self.weight > 0


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A model that is not stored yet.

    Attributes
    ----------
    members : tuple of Weighed
        Every member that was tried, in the order of the plan. One of weight 0 is not part of the
        model, and was fitted on the training slice alone.
    """

    model: FraudModel
    members: tuple[Weighed, ...]

    @property
    def manifest(self) -> Manifest:
        return self.model.manifest

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files of the members that are part of it, by name."""
        return {one.fitted.file: one.fitted.data for one in self.members if one.is_kept}

    def save(self, folder: Path) -> str:
        """Store it in a new folder and return its digest; see `write_artefact`."""
        files = {
            **self.files,
            CALIBRATION: msgspec.json.encode(self.model.calibration),
            REFERENCE: msgspec.json.encode(self.model.reference),
        }
        return write_artefact(folder, self.manifest, files)


def manifest_of(
    members: Sequence[Weighed],
    *,
    identity: Identity,
    plan: TrainingPlan,
    trained_on: TrainedOn,
    evaluation: Evaluation,
    measures: Mapping[str, Measures],
    names: Sequence[str],
    schema_hash: str,
) -> Manifest:
    """Return what a model says of itself; its files are described when it is stored."""
    kept = [one for one in members if one.is_kept]
    kinds = {one.fitted.trainer.kind for one in kept}
    return Manifest(
        format=FORMAT,
        name=identity.name,
        version=identity.version,
        kind=kinds.pop() if len(kinds) == 1 else ENSEMBLE,
        members=tuple(
            MemberEntry(one.fitted.trainer.kind, one.fitted.file, one.weight) for one in kept
        ),
        schema_hash=schema_hash,
        feature_names=tuple(names),
        created_at=identity.created_at,
        trained_on=trained_on,
        plan=_plan_record(plan, members),
        seed=plan.seed,
        metrics=dict(measures),
        thresholds=evaluation.thresholds,
        is_demo=identity.is_demo,
        files={},
    )


def _plan_record(plan: TrainingPlan, members: Sequence[Weighed]) -> dict[str, Any]:
    """Return the plan with what was chosen on the way, members by name."""
    tried = {
        one.name: {
            "kind": one.fitted.trainer.kind,
            "weight": one.weight,
            **asdict(one.fitted.plan),
        }
        for one in members
    }
    # As it will be read: JSON knows lists only.
    record: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode({**asdict(plan), "members": tried})
    )
    return record
