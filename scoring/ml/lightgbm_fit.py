"""Growing a boosted forest with LightGBM: leaf by leaf, where XGBoost grows level by level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import lightgbm as lgb
from lightgbm.callback import CallbackEnv

from scoring.ml.dataset import Slice
from scoring.ml.xgboost_fit import class_weights

# The part that is done, 0…1.
PartDone = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class LightGBMPlan:
    """How the trees are grown.

    Attributes
    ----------
    rounds, patience : int
        At most this many trees; fewer when average precision on the validation slice has not risen
        for `patience` of them. On 60,000 generated rows a patience of 30 stopped at 40 trees, where
        plans that went on came to 160–290 and .002–.005 more average precision.
    learning_rate : float
        Part of each tree that is added, 0…1.
    max_leaves, max_depth : int
        Of a tree. The depth bounds what a row costs: four trees are walked abreast to the deepest
        leaf of theirs.
    max_bin : int
        With 255, LightGBM's own choice, the tail of the amounts is merged into one bin, as with
        XGBoost's 256.
    leaf_rows : int
        Rows a leaf has at least.
    l2, row_share, feature_share : float
        LightGBM's `lambda_l2`, `bagging_fraction` and `feature_fraction`.
    balance : float
        0 leaves frauds as rare as they are, 1 gives both classes the same weight. Between them,
        frauds weigh (honest / frauds) ** balance.
    threads : int
        Models of the same seed are equal only with the same number of threads.
    """

    rounds: int = 400
    patience: int = 50
    learning_rate: float = 0.08
    max_leaves: int = 31
    max_depth: int = 8
    max_bin: int = 1023
    leaf_rows: int = 50
    l2: float = 2.0
    row_share: float = 0.8
    feature_share: float = 0.6
    balance: float = 0.5
    threads: int = 2


def search_lightgbm(
    train: Slice,
    validation: Slice,
    plan: LightGBMPlan,
    *,
    seed: int,
    progress: PartDone | None = None,
) -> LightGBMPlan:
    """Return the plan with as many trees as are worth growing.

    Trees are grown on `train` until average precision on `validation`, the later slice, has not
    risen for a while.

    Parameters
    ----------
    progress : callable, optional
        Called with the part of the most trees that is grown, 0…1.
    """
    table = _table(train, plan, seed)
    # In the training table's bins.
    watched = lgb.Dataset(validation.features, label=validation.is_fraud, reference=table)
    stop = lgb.early_stopping(plan.patience, verbose=False)
    booster = lgb.train(
        _parameters(plan, seed),
        table,
        plan.rounds,
        valid_sets=[watched],
        callbacks=[stop, *_counters(progress)],
    )
    return replace(plan, rounds=booster.best_iteration)


def fit_lightgbm(
    rows: Slice, plan: LightGBMPlan, *, seed: int, progress: PartDone | None = None
) -> bytes:
    """Grow all the plan's trees, and return the model as LightGBM's text.

    The same seed, rows, plan and number of threads give the same bytes.
    """
    booster = lgb.train(
        _parameters(plan, seed),
        _table(rows, plan, seed),
        plan.rounds,
        callbacks=_counters(progress),
    )
    return str(booster.model_to_string()).encode()


def _table(rows: Slice, plan: LightGBMPlan, seed: int) -> lgb.Dataset:
    return lgb.Dataset(
        rows.features,
        label=rows.is_fraud,
        weight=class_weights(rows.is_fraud, plan.balance),
        params=_parameters(plan, seed),
    )


def _parameters(plan: LightGBMPlan, seed: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "metric": "average_precision",
        "learning_rate": plan.learning_rate,
        "num_leaves": plan.max_leaves,
        "max_depth": plan.max_depth,
        "max_bin": plan.max_bin,
        "min_data_in_leaf": plan.leaf_rows,
        "lambda_l2": plan.l2,
        "bagging_fraction": plan.row_share,
        "bagging_freq": 1,
        "feature_fraction": plan.feature_share,
        "num_threads": plan.threads,
        "seed": seed,
        # Sums in one order. Left to itself, LightGBM chooses between rows and columns by the clock.
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _counters(progress: PartDone | None) -> list[Callable[[CallbackEnv], None]]:
    if progress is None:
        return []

    def tell(env: CallbackEnv) -> None:
        progress((env.iteration + 1) / env.end_iteration)

    return [tell]
