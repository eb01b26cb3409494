"""Growing a random forest with scikit-learn: trees that do not learn from one another's errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from scoring.ml.dataset import Rows, Slice
from scoring.ml.forest import Tree
from scoring.ml.forest_arrays import SklearnTree, tree_of_sklearn
from scoring.ml.random_forest_trees import pack_random_forest
from scoring.ml.xgboost_fit import class_weights

# The part that is done, 0…1.
PartDone = Callable[[float], None]

# Grown between two words on progress.
TREES_AT_ONCE = 10


class OneClassOnly(ValueError):
    """A random forest cannot tell apart what it has seen one kind of."""


@dataclass(frozen=True, slots=True)
class RandomForestPlan:
    """How the trees are grown.

    Attributes
    ----------
    trees, max_depth, max_leaves, leaf_rows : int
        Of the forest; of a tree; rows a leaf has at least. Depth bounds what a row costs, leaves
        what an explanation costs.
    feature_share : float
        Part of the features that each split chooses from, 0…1.
    most_rows : int
        Rows to learn from: all frauds (at most half of these), and honest ones drawn at random.
    balance : float
        0 leaves frauds as rare as they are among those rows, 1 gives both classes the same weight.
    prior_rows : float
        So many rows of the usual share of frauds are added to each leaf. Then no leaf is certain,
        and a small one less so than a large one.
    threads : int
        The model is the same for any number.
    """

    trees: int = 60
    max_depth: int = 12
    max_leaves: int = 128
    leaf_rows: int = 10
    feature_share: float = 0.1
    most_rows: int = 120_000
    balance: float = 0.5
    prior_rows: float = 1.0
    threads: int = 2


def fit_random_forest(
    rows: Slice, plan: RandomForestPlan, *, seed: int, progress: PartDone | None = None
) -> bytes:
    """Grow the plan's trees, and return the file that `read_random_forest` reads.

    Honest rows left out and weights change the odds of fraud by a factor that is known. It is
    stored as a shift of the log-odds: margins are then those among all rows.

    Raises
    ------
    OneClassOnly
        All rows are honest, or all are frauds.

    References
    ----------
    Dal Pozzolo et al. 2015, "Calibrating probability with undersampling for unbalanced
    classification", eq. 4, doi:10.1109/SSCI.2015.33.
    Provost & Domingos 2003, "Tree induction for probability-based ranking", §3.2 (smoothed leaves),
    doi:10.1023/A:1024099825458.
    """
    drawn = drawn_rows(rows, plan.most_rows, seed=seed)
    features, labels = rows.features[drawn], rows.is_fraud[drawn]
    if not 0 < labels.sum() < labels.size:
        message = "A random forest learns from frauds and honest transactions, not from one kind."
        raise OneClassOnly(message)
    weights = class_weights(labels, plan.balance)
    forest = _forest(plan, seed)
    for grown in range(0, plan.trees, TREES_AT_ONCE):
        forest.n_estimators = min(grown + TREES_AT_ONCE, plan.trees)
        forest.fit(features, labels, sample_weight=weights)
        if progress is not None:
            progress(forest.n_estimators / plan.trees)
    usual = float(weights[labels == 1].sum() / weights.sum())
    trees = [_tree(one.tree_, usual, plan.prior_rows) for one in forest.estimators_]
    shift = _log_odds_of(rows.is_fraud.mean()) - _log_odds_of(usual)
    return pack_random_forest(trees, log_odds_shift=shift, feature_count=features.shape[1])


def drawn_rows(rows: Slice, most: int, *, seed: int) -> Rows:
    """Return the numbers of at most so many rows, in order: frauds first, up to half of them.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 0, 0, 0, 1, 0], np.int8)
    >>> drawn = drawn_rows(Slice(np.zeros((8, 1), np.float32), labels), 5, seed=1)
    >>> drawn.size, labels[drawn].sum()
    (5, 2)
    """
    rng = np.random.default_rng(seed)
    frauds, honest = (rng.permutation(np.flatnonzero(rows.is_fraud == kind)) for kind in (1, 0))
    frauds = frauds[: max(most // 2, most - honest.size)]
    return np.sort(np.concatenate([frauds, honest[: most - frauds.size]]))


def _forest(plan: RandomForestPlan, seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(
        max_depth=plan.max_depth,
        max_leaf_nodes=plan.max_leaves,
        min_samples_leaf=plan.leaf_rows,
        max_features=plan.feature_share,
        n_jobs=plan.threads,
        random_state=seed,
        warm_start=True,
    )


def _tree(tree: SklearnTree, usual: float, prior_rows: float) -> Tree:
    """Return a tree whose leaves are smoothed towards the usual share of frauds."""
    seen = tree.weighted_n_node_samples
    frauds = tree.value[:, 0, 1] * seen
    return tree_of_sklearn(tree, (frauds + prior_rows * usual) / (seen + prior_rows))


def _log_odds_of(share: float) -> float:
    return float(np.log(share / (1 - share)))
