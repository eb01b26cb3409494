"""Time the training on a generated history: generation, features, model; and the memory it takes.

    .venv/bin/python -m bench.scoring_training --rows 1000000

Two threads, the usual plan (`scoring.ml.training.TrainingPlan`), nothing stored. Prints one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

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
    print(json.dumps({"training": measure(options.rows)}))


def measure(rows: int) -> dict[str, Any]:
    """Return how long each step takes."""
    from scoring.features import SCHEMA, events_from_frames, warm_up  # noqa: PLC0415
    from scoring.history_dataset import history_dataset  # noqa: PLC0415
    from scoring.ml.manifest import Identity  # noqa: PLC0415
    from scoring.ml.training import TrainingPlan, train  # noqa: PLC0415
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
    identity = Identity("bench", "1", datetime.now(UTC).isoformat(), "generated history")
    trained = train(dataset, TrainingPlan(), identity, names=SCHEMA.names, schema_hash=SCHEMA.hash)
    marks.append(time.perf_counter())
    generation_s, features_s, training_s = (round(end - begin, 1) for begin, end in pairwise(marks))
    return {
        "rows": rows,
        "features": len(SCHEMA.names),
        "generation_s": generation_s,
        "features_s": features_s,
        "training_s": training_s,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "test_auc": round(trained.manifest.metrics["test"].auc, 4),
    }


if __name__ == "__main__":
    main()
