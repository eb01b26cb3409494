"""Time scoring in one process without a database: row by row and in batches.

    .venv/bin/python -m bench.scoring_core

Checked transactions go through features, model, starter rules and policy, one thread. States are in
memory as `FraudDetector` keeps them, and for single rows also as the database stores them: unpacked
and packed for each. Once with the demo's champion, once with a model that all kinds of members are
part of. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.all_models import all_models_train
from bench.payments import Payments
from fraudsite.environment import CHECKOUT, load_environment

ROWS, BATCH, BATCHES, WARM_UP = 5_000, 1_024, 12, 2_000
RUNS, MEMBER_RUNS = 5, 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time scoring in one process.")
    parser.add_argument("--quick", action="store_true", help="once")
    options = parser.parse_args()
    # Two cores for training, as `manage.py` allows; scoring takes one thread all the same.
    os.environ["OMP_THREAD_LIMIT"] = "2"
    # Where compiled code is kept is said before anything compiled is imported.
    load_environment()
    print(json.dumps(measure(1 if options.quick else RUNS)))


def measure(runs: int) -> dict[str, Any]:
    """Return the figures of single rows and of batches, medians of several runs."""
    from scoring.demo_champion import demo_champion_train  # noqa: PLC0415

    champion = _measured(demo_champion_train(CHECKOUT / "var" / "models"), runs)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "all-models"
        all_models_train(folder)
        every = _measured(folder, runs)
        members = _members(folder)
    return {
        "core": {"rows": ROWS, "runs": runs, **_of(champion, "_ms")},
        "in_process": {"batch": BATCH, "batches": BATCHES, "runs": runs, **_of(champion, "_per_s")},
        "all_models": {
            "members": members,
            "rows": ROWS,
            "batch": BATCH,
            "runs": runs,
            **_of(every, "_ms"),
            **_of(every, "_per_s"),
        },
    }


def _measured(model: Path, runs: int) -> dict[str, float]:
    found = [_run(model, seed) for seed in range(1, runs + 1)]
    return {name: _median(found, name) for name in found[0]}


def _of(figures: dict[str, float], unit: str) -> dict[str, float]:
    return {name: value for name, value in figures.items() if name.endswith(unit)}


def _members(model: Path) -> dict[str, float]:
    """Return each member's time for a row in a batch, in microseconds; what is least disturbed."""
    from scoring.features import SCHEMA  # noqa: PLC0415
    from scoring.ml import load_model  # noqa: PLC0415

    features = np.random.default_rng(1).standard_normal((BATCH, len(SCHEMA))).astype(np.float32)
    return {
        member.kind: round(
            min(_seconds(member.margins, features) for _ in range(MEMBER_RUNS)) / BATCH * 1e6, 2
        )
        for member, _ in load_model(model, SCHEMA.hash).members
    }


def _run(model: Path, seed: int) -> dict[str, float]:
    from scoring import FraudDetector  # noqa: PLC0415

    payments = Payments(seed)
    detector = FraudDetector(model, has_reasons=False)
    _judge_batch(detector, payments, WARM_UP)
    one_by_one = _single(detector, payments)
    figures = {
        **_percentiles("memory", one_by_one),
        **_percentiles("stored", _stored(model, payments)),
        "per_s": _batches(detector, payments),
    }
    explaining = FraudDetector(model)
    _judge_batch(explaining, payments, WARM_UP)
    return {
        **{name: value for name, value in figures.items() if name != "per_s"},
        "without_reasons_per_s": figures["per_s"],
        "with_reasons_per_s": _batches(explaining, payments),
    }


def _single(detector: Any, payments: Payments) -> list[float]:
    checked, facts = detector.prepare(payments.take(ROWS))
    return [
        _seconds(detector.judge, [one], [known]) for one, known in zip(checked, facts, strict=True)
    ]


def _stored(model: Path, payments: Payments) -> list[float]:
    """Return the time of each row when states are unpacked before it and packed after it."""
    from scoring import FraudDetector  # noqa: PLC0415
    from scoring.event_records import events_of, transaction_record  # noqa: PLC0415
    from scoring.features import SCHEMA, advance, entities_of  # noqa: PLC0415
    from scoring.judging import Subject  # noqa: PLC0415
    from scoring.ml import load_model  # noqa: PLC0415
    from scoring.rule_fields import RuleRow  # noqa: PLC0415
    from scoring.starter_judge import starter_judge  # noqa: PLC0415

    judge = starter_judge(load_model(model, SCHEMA.hash), has_reasons=False)
    blobs: dict[tuple[int, int], bytes] = {}

    def judge_one(money: Any, facts: Any) -> None:
        events = events_of([transaction_record(facts)])
        features, changed = advance(events, {key: blobs.get(key) for key in entities_of(events)})
        blobs.update(changed)
        judge.judge([Subject(RuleRow(facts, money.minor, money.currency, features[0]))], features)

    checked, all_facts = FraudDetector(model).prepare(payments.take(WARM_UP + ROWS))
    times = [
        _seconds(judge_one, one.money, facts) for one, facts in zip(checked, all_facts, strict=True)
    ]
    return times[WARM_UP:]


def _batches(detector: Any, payments: Payments) -> float:
    """Return transactions a second, of the median batch."""
    return BATCH / statistics.median(
        _judge_batch(detector, payments, BATCH) for _ in range(BATCHES)
    )


def _judge_batch(detector: Any, payments: Payments, count: int) -> float:
    checked, facts = detector.prepare(payments.take(count))
    return _seconds(detector.judge, checked, facts)


def _seconds(work: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def _percentiles(name: str, times_s: Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(times_s, [50, 99]) * 1000
    return {f"{name}_p50_ms": float(p50), f"{name}_p99_ms": float(p99)}


def _median(found: Sequence[dict[str, float]], name: str) -> float:
    return round(statistics.median(one[name] for one in found), 3)


if __name__ == "__main__":
    main()
