"""Time the training on a generated history: generation, features, models; and the memory it takes.

    .venv/bin/python -m bench.scoring_training --rows 1000000

Two threads, usual plans, nothing stored: XGBoost alone first, then an ensemble that all members are
part of, so that each is fitted twice. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from bench.all_models import all_models_plan
from fraudsite.environment import load_environment

ROWS_A_USER = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time the training on a generated history.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="default: %(default)s")
    options = parser.parse_args()
    # Two cores, as `manage.py train_model` may use; set before OpenMP is loaded with XGBoost.
    os.environ["OMP_THREAD_LIMIT"] = "2"
    # Where compiled code is kept is said before anything compiled is imported.
    load_environment()
    print(json.dumps(measure(options.rows)))


def measure(rows: int) -> dict[str, Any]:
    """Return how long each step takes."""
    from scoring.features import SCHEMA, events_from_frames, warm_up  # noqa: PLC0415
    from scoring.history_dataset import history_dataset  # noqa: PLC0415
    from scoring.ml.trainers import default_plans  # noqa: PLC0415
    from transactions.simulation import SimulationPlan, generate  # noqa: PLC0415

    warm_up()
    marks = [time.perf_counter()]
    history = generate(SimulationPlan(users=rows // ROWS_A_USER, transactions=rows))
    marks.append(time.perf_counter())
    timeline = events_from_frames(
        history.transactions,
        labels=history.labels,
        kyc_profiles=history.kyc_profiles,
        accounts=history.accounts,
    )
    del history
    dataset = history_dataset(timeline)
    marks.append(time.perf_counter())
    generation_s, features_s = (round(end - begin, 1) for begin, end in pairwise(marks))
    alone = _trained(dataset, replace(all_models_plan(), members=default_plans(["xgboost"])))
    every = _trained(dataset, all_models_plan())
    return {
        "training": {
            "rows": rows,
            "features": len(SCHEMA.names),
            "generation_s": generation_s,
            "features_s": features_s,
            **alone,
        },
        "training_all": {"rows": rows, **every},
    }


def _trained(dataset: Any, plan: Any) -> dict[str, Any]:
    """Return how long a training takes, and each of its steps."""
    from scoring.features import SCHEMA  # noqa: PLC0415
    from scoring.ml.manifest import Identity  # noqa: PLC0415
    from scoring.ml.training import train  # noqa: PLC0415

    begun: dict[str, float] = {}

    def progress(what: str, _part: float) -> None:
        begun.setdefault(what, time.perf_counter())

    identity = Identity("bench", "1", datetime.now(UTC).isoformat(), "generated history")
    trained = train(
        dataset, plan, identity, names=SCHEMA.names, schema_hash=SCHEMA.hash, progress=progress
    )
    marks = list(begun.items())
    return {
        "training_s": round(begun["done"] - begun["split"], 1),
        "steps_s": {what: round(end - begin, 1) for (what, begin), (_, end) in pairwise(marks)},
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "test_auc": round(trained.manifest.metrics["test"].auc, 4),
        "test_average_precision": round(trained.manifest.metrics["test"].average_precision, 4),
    }


if __name__ == "__main__":
    main()
