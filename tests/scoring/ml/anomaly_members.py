"""The three models of the usual, small enough to be fitted in a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.ml.autoencoder_fit import AutoencoderPlan, fit_autoencoder
from scoring.ml.autoencoder_layers import read_autoencoder
from scoring.ml.dataset import Slice
from scoring.ml.isolation_forest_fit import IsolationForestPlan, fit_isolation_forest
from scoring.ml.isolation_forest_trees import read_isolation_forest
from scoring.ml.members import Member
from scoring.ml.one_class_svm_fit import OneClassSvmPlan, fit_one_class_svm
from scoring.ml.one_class_svm_vectors import read_one_class_svm

WIDTH = 9


@dataclass(frozen=True)
class Kind:
    """One kind of member, with a plan that is quick."""

    name: str
    fit: Callable[..., bytes]
    read: Callable[[bytes], Any]
    plan: Any
    lowest_auc: float

    def fitted(self, rows: Slice, *, seed: int = 4) -> Member:
        return self.read(self.fit(rows, self.plan, seed=seed))


KINDS = (
    Kind(
        "isolation_forest",
        fit_isolation_forest,
        read_isolation_forest,
        IsolationForestPlan(rows=2000, reference_rows=1000, trees=25, tree_rows=128),
        # Its splits see one feature at a time, and half of the oddness is in how two go together.
        lowest_auc=0.8,
    ),
    Kind(
        "autoencoder",
        fit_autoencoder,
        read_autoencoder,
        AutoencoderPlan(rows=2000, reference_rows=1000, hidden=(8, 4), epochs=5, batch_rows=64),
        lowest_auc=0.97,
    ),
    Kind(
        "one_class_svm",
        fit_one_class_svm,
        read_one_class_svm,
        OneClassSvmPlan(rows=2000, reference_rows=1000, kernel_rows=400),
        lowest_auc=0.97,
    ),
)


def make_rows(rng: np.random.Generator, rows: int = 4000) -> Slice:
    """Return payments of which 5 % are frauds, and odd in two features.

    The first feature has a long tail, the second follows the third, the fourth is a flag, the last
    one never varies, and 5 % of all values are missing.
    """
    features = rng.standard_normal((rows, WIDTH))
    is_fraud = rng.random(rows) < 0.05
    features[is_fraud, 2] += 6
    features[is_fraud, 4] -= 5
    features[:, 0] = np.exp(2 * features[:, 0])
    features[~is_fraud, 1] = features[~is_fraud, 2] + rng.normal(0, 0.1, (~is_fraud).sum())
    features[:, 3] = features[:, 3] > 1
    features[rng.random(features.shape) < 0.05] = np.nan
    features[:, -1] = 7
    return Slice(features.astype(np.float32), is_fraud.astype(np.int8))
