"""An ensemble in which every kind of member has a say: what the benches of all models measure.

Weights that are chosen leave out members that add nothing, so such a model would say little about
what the others cost.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def all_models_plan() -> Any:
    """Return the usual plan, but that weights are fixed."""
    from scoring.ml.ensemble_weights import WeightPlan  # noqa: PLC0415
    from scoring.ml.training_plan import TrainingPlan  # noqa: PLC0415

    return TrainingPlan(weights=WeightPlan(way="fixed"))


def all_models_train(folder: Path) -> None:
    """Train it on the history of the demo's champion and store it in a new folder."""
    from scoring.demo_champion import HISTORY, demo_dataset  # noqa: PLC0415
    from scoring.features import SCHEMA  # noqa: PLC0415
    from scoring.ml.manifest import Identity  # noqa: PLC0415
    from scoring.ml.training import train  # noqa: PLC0415

    identity = Identity(
        "payments",
        "all-models",
        datetime.now(UTC).isoformat(),
        f"seed {HISTORY.seed}",
        is_demo=True,
    )
    train(
        demo_dataset(),
        all_models_plan(),
        identity,
        names=SCHEMA.names,
        schema_hash=SCHEMA.hash,
    ).save(folder)
