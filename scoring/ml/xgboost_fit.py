"""Growing a boosted forest with XGBoost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from xgboost.callback import EarlyStopping, TrainingCallback

from scoring.ml.dataset import Slice
from scoring.ml.ranking import Labels

# The part that is done, 0…1.
PartDone = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class XGBoostPlan:
    """How the trees are grown.

    Attributes
    ----------
    rounds, patience : int
        At most this many trees; fewer when average precision on the validation slice has not risen
        for `patience` of them.
    learning_rate : float
        Part of each tree that is added, 0…1.
    max_depth, max_bin : int
        Bins: with 256 the tail of the amounts is merged into one, which cost .06–.08 of average
        precision on the handbook's data; 1,024 lose nothing against exact splits.
    min_child_weight, l2, row_share, feature_share : float
        XGBoost's `min_child_weight`, `reg_lambda`, `subsample` and `colsample_bytree`.
    balance : float
        0 leaves frauds as rare as they are, 1 gives both classes the same weight. Between them,
        frauds weigh (honest / frauds) ** balance.
    threads : int
        Models of the same seed are equal only with the same number of threads.
    """

    rounds: int = 400
    patience: int = 30
    learning_rate: float = 0.08
    max_depth: int = 6
    max_bin: int = 1024
    min_child_weight: float = 5.0
    l2: float = 2.0
    row_share: float = 0.8
    feature_share: float = 0.6
    balance: float = 0.5
    threads: int = 2


def search_xgboost(
    train: Slice,
    validation: Slice,
    plan: XGBoostPlan,
    *,
    seed: int,
    progress: PartDone | None = None,
) -> XGBoostPlan:
    """Return the plan with as many trees as are worth growing.

    Trees are grown on `train` until average precision on `validation`, the later slice, has not
    risen for a while.

    Parameters
    ----------
    progress : callable, optional
        Called with the part of the most trees that is grown, 0…1.
    """
    table = _table(train, plan)
    # In the training table's bins, or it would be held in memory as it is.
    watched = xgb.QuantileDMatrix(
        validation.features,
        label=validation.is_fraud,
        ref=table,
        max_bin=plan.max_bin,
        nthread=plan.threads,
    )
    booster = xgb.train(
        _parameters(plan, seed),
        table,
        plan.rounds,
        evals=[(watched, "validation")],
        callbacks=[
            EarlyStopping(rounds=plan.patience, metric_name="aucpr", maximize=True),
            *_counters(progress, plan.rounds),
        ],
        verbose_eval=False,
    )
    return replace(plan, rounds=int(booster.best_iteration) + 1)


def fit_xgboost(
    rows: Slice, plan: XGBoostPlan, *, seed: int, progress: PartDone | None = None
) -> bytes:
    """Grow all the plan's trees, and return the model in XGBoost's JSON.

    The same seed, rows, plan and number of threads give the same bytes.
    """
    booster = xgb.train(
        _parameters(plan, seed),
        _table(rows, plan),
        plan.rounds,
        callbacks=_counters(progress, plan.rounds),
    )
    return bytes(booster.save_raw("json"))


def _table(train: Slice, plan: XGBoostPlan) -> xgb.QuantileDMatrix:
    return xgb.QuantileDMatrix(
        train.features,
        label=train.is_fraud,
        weight=class_weights(train.is_fraud, plan.balance),
        max_bin=plan.max_bin,
        nthread=plan.threads,
    )


def _counters(progress: PartDone | None, rounds: int) -> list[TrainingCallback]:
    return [] if progress is None else [_RoundCounter(progress, rounds)]


def class_weights(is_fraud: Labels, balance: float) -> npt.NDArray[np.float32]:
    """Return each row's weight in training.

    Examples
    --------
    >>> class_weights(np.array([1, 0, 0, 0, 0], np.int8), 0.5)
    array([2., 1., 1., 1., 1.], dtype=float32)
    """
    frauds = int(is_fraud.sum())
    heavier = ((is_fraud.size - frauds) / max(frauds, 1)) ** balance
    return np.where(is_fraud == 1, heavier, 1).astype(np.float32)


def _parameters(plan: XGBoostPlan, seed: int) -> dict[str, object]:
    return {
        "objective": "binary:logistic",
        "eval_metric": "aucpr",
        "tree_method": "hist",
        "max_bin": plan.max_bin,
        "eta": plan.learning_rate,
        "max_depth": plan.max_depth,
        "min_child_weight": plan.min_child_weight,
        "lambda": plan.l2,
        "subsample": plan.row_share,
        "colsample_bytree": plan.feature_share,
        "nthread": plan.threads,
        "seed": seed,
    }


class _RoundCounter(TrainingCallback):  # type: ignore[misc]  # xgboost has no types
    """Tells which part of the trees there is."""

    def __init__(self, progress: PartDone, rounds: int) -> None:
        super().__init__()
        self.progress = progress
        self.rounds = rounds

    def after_iteration(self, model: object, epoch: int, evals_log: object) -> bool:  # noqa: ARG002
        self.progress((epoch + 1) / self.rounds)
        return False
