"""The two histories: what was known on the day of training, and what came after it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.evaluating.plan import EvaluationPlan
from scoring.features import SCHEMA, EventKind, Timeline, events_from_frames, replay
from scoring.history_dataset import history_dataset
from scoring.ml.dataset import Dataset
from transactions.simulation import FRAUD_TYPES, STEPS, History, SimulationPlan, generate

# What is being done, and which part of it is done, 0…1.
Progress = Callable[[str, float], None]
Events = Callable[[int], object]


@dataclass(frozen=True, slots=True, eq=False)
class Weeks:
    """Rows that are measured.

    Attributes
    ----------
    features : ndarray of shape (n, d), dtype=float32
        As they were when the transaction was judged.
    is_fraud : ndarray of shape (n,), dtype=int8
        What the institution comes to believe, however late.
    fraud_type : ndarray of shape (n,), dtype=int8
        The truth: place in `FRAUD_TYPES` + 1, and 0 for honest.
    """

    features: npt.NDArray[np.float32]
    is_fraud: npt.NDArray[np.int8]
    fraud_type: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.is_fraud)


def learned_history(plan: EvaluationPlan, progress: Progress) -> Dataset:
    """Return what had arrived, and the labels that were known, before the cut."""
    history = _generated(plan.learned, progress)
    cut = _instant(plan.cut_us)
    known = history.labels.filter(pl.col("known_at") < cut)
    arrived = history.transactions.filter(pl.col("arrived_at") < cut)
    progress("features to learn from", 0.0)
    return history_dataset(_timeline(history, arrived, known))


def unseen_weeks(plan: EvaluationPlan, progress: Progress) -> Weeks:
    """Return what happened from the cut on in the other history.

    Its features know what that history knew: everything that came before each row, and labels from
    the moment they became known.
    """
    history = _generated(plan.measured, progress)
    timeline = _timeline(history, history.transactions, history.labels)
    chosen = timeline.transactions["time_us"] >= plan.cut_us
    truth = _with_labels(history)
    return Weeks(
        features=_features_of(timeline, chosen, progress),
        is_fraud=truth["is_fraud"].to_numpy()[chosen].astype(np.int8),
        fraud_type=_type_codes(truth["fraud_type"])[chosen],
    )


def _generated(plan: SimulationPlan, progress: Progress) -> History:
    done = iter(range(1, len(STEPS) + 1))
    what = f"generating seed {plan.seed}"
    progress(what, 0.0)
    return generate(plan, lambda _step: progress(what, next(done) / len(STEPS)))


def _timeline(history: History, transactions: pl.DataFrame, labels: pl.DataFrame) -> Timeline:
    return events_from_frames(
        transactions,
        labels=labels,
        kyc_profiles=history.kyc_profiles,
        accounts=history.accounts,
    )


def _features_of(
    timeline: Timeline, chosen: npt.NDArray[np.bool_], progress: Progress
) -> npt.NDArray[np.float32]:
    """Return the features of some transactions: all of a long history would take much memory."""
    target = np.cumsum(chosen) - 1
    features = np.empty((int(chosen.sum()), len(SCHEMA)), np.float32)
    done = 0
    for stretch in replay(timeline):
        places = stretch.places
        wanted = stretch.events["kind"] == EventKind.TRANSACTION
        wanted[wanted] = chosen[places[wanted]]
        features[target[places[wanted]]] = stretch.features[wanted]
        done += stretch.events.size
        progress("features to measure on", done / len(timeline))
    return features


def _with_labels(history: History) -> pl.DataFrame:
    """Return believed and true label of each transaction, in their order."""
    return history.transactions.select("transaction_id").join(
        history.labels.select("transaction_id", "is_fraud", "fraud_type"),
        on="transaction_id",
        how="left",
        maintain_order="left",
        validate="1:1",
    )


def _type_codes(types: pl.Series) -> npt.NDArray[np.int8]:
    codes = {name: place for place, name in enumerate(FRAUD_TYPES, start=1)}
    return types.replace_strict(codes, default=0, return_dtype=pl.Int8).to_numpy()


def _instant(time_us: int) -> pl.Expr:
    return pl.lit(time_us).cast(pl.Datetime("us", "UTC"))
