"""A model for looking at the product: trained on a small generated history, marked as demo.

Knows no Django. Good for nobody's real payments, and every answer it gives says so.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scoring.features import SCHEMA, events_from_frames
from scoring.history_dataset import history_dataset
from scoring.ml.dataset import Dataset
from scoring.ml.manifest import Identity
from transactions.simulation import SimulationPlan, generate

# Enough for every fraud type to be seen some hundred times, and generated in a second.
HISTORY = SimulationPlan(users=2_000, transactions=90_000, fraud_rate=0.04, seed=20_260_101)
# Raised whenever the generator or the plan makes another history, so that nobody keeps the model
# of an older one.
RECIPE = 3
VERSION = f"demo-{SCHEMA.hash[:8]}-{RECIPE}"

Progress = Callable[[str, float], None]


def demo_champion_folder(models: Path) -> Path:
    """Return where the demo champion of this version of the features lies."""
    return models / f"scoring-{VERSION}"


def demo_champion_train(models: Path, *, progress: Progress | None = None) -> Path:
    """Train the demo champion unless it is there; return its folder.

    One of another version of the features is removed: nothing can use it any more.
    """
    folder = demo_champion_folder(models)
    if folder.exists():
        return folder
    # XGBoost and scikit-learn take seconds to import: not where the model is there already.
    from scoring.ml.training import train  # noqa: PLC0415
    from scoring.ml.training_plan import DEMO_PLAN  # noqa: PLC0415

    models.mkdir(parents=True, exist_ok=True)
    for outdated in models.glob("scoring-demo-*"):
        shutil.rmtree(outdated, ignore_errors=True)
    identity = Identity(
        "payments",
        VERSION,
        datetime.now(UTC).isoformat(),
        f"generated history, seed {HISTORY.seed}",
        is_demo=True,
    )
    trained = train(
        demo_dataset(),
        DEMO_PLAN,
        identity,
        names=SCHEMA.names,
        schema_hash=SCHEMA.hash,
        progress=progress,
    )
    trained.save(folder)
    return folder


def demo_dataset() -> Dataset:
    """Return the generated history that the demo champion learns from."""
    history = generate(HISTORY)
    timeline = events_from_frames(
        history.transactions,
        labels=history.labels,
        kyc_profiles=history.kyc_profiles,
        accounts=history.accounts,
    )
    return history_dataset(timeline)
