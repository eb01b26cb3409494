"""A model trained on the labels of the database, and registered as a candidate."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from scoring.event_records import microseconds
from scoring.features import SCHEMA
from scoring.ml.manifest import Identity, Manifest
from scoring.ml.trained_model import TrainedModel
from scoring.ml.training import train
from scoring.ml.training_plan import TrainingPlan
from scoring.models import ModelVersion
from scoring.registry import NAME
from scoring.services.models import model_register
from scoring.services.training_set import training_set

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was trained on what; `model` is None where it was not to be registered."""

    manifest: Manifest
    transactions: int
    labelled: int
    model: ModelVersion | None


def model_train(
    *,
    actor: Actor,
    until: datetime | None = None,
    plan: TrainingPlan | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> TrainingReport:
    """Train on what was labelled by then, and register the model as a candidate.

    Raises
    ------
    scoring.ml.splits.TooFewLabels
        There is not enough history; nothing is registered.
    """
    tell = progress or _silent
    until_us = microseconds(until or timezone.now())
    found = training_set(
        workspace_id=Workspace.objects.live().pk,
        until_us=until_us,
        progress=lambda done, total: tell("replay", done / total),
    )
    trained = train(
        found.dataset,
        _until(plan or TrainingPlan(), until_us if until else None),
        Identity(NAME, next_version(), timezone.now().isoformat(), "database"),
        names=SCHEMA.names,
        schema_hash=SCHEMA.hash,
        progress=tell,
    )
    model = None if is_dry_run else _register(trained, actor)
    return TrainingReport(trained.manifest, found.transactions, len(found.dataset), model)


def next_version() -> str:
    """Return the day and a number that no model of that day has yet: 2026-11-21.1."""
    day = timezone.now().date().isoformat()
    taken = ModelVersion.objects.filter(name=NAME, version__startswith=f"{day}.")
    numbers = [
        int(version.rpartition(".")[2]) for version in taken.values_list("version", flat=True)
    ]
    return f"{day}.{max(numbers, default=0) + 1}"


def _until(plan: TrainingPlan, until_us: int | None) -> TrainingPlan:
    return plan if until_us is None else replace(plan, split=replace(plan.split, until_us=until_us))


def _register(trained: TrainedModel, actor: Actor) -> ModelVersion:
    Path(settings.MODEL_REGISTRY).mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="training-", dir=settings.MODEL_REGISTRY))
    try:
        folder = scratch / "model"
        trained.save(folder)
        return model_register(folder=folder, actor=actor)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _silent(_what: str, _part: float) -> None:
    """Tell nobody."""
