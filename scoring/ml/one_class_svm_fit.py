"""Fitting a one-class support vector machine with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.svm import OneClassSVM
from threadpoolctl import threadpool_limits

from scoring.ml.dataset import Slice
from scoring.ml.forest import Floats
from scoring.ml.honest_rows import honest_rows
from scoring.ml.one_class_svm_vectors import StoredOneClassSvm, SupportVectors
from scoring.ml.scaling import Scaled, Scaling
from scoring.ml.stored_numbers import pack
from scoring.ml.surprise import Surprise

PartDone = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class OneClassSvmPlan:
    """How the machine is fitted.

    Attributes
    ----------
    rows, reference_rows : int
        At most so many honest rows for scale and whitening, and others to say what is usual.
    kernel_rows : int
        So many of `rows` for the machine itself, whose time grows with their square.
    nu : float
        Part of them that may lie outside, 0…1, and at least how many become support vectors.
    width : float
        gamma is this over the number of features. On whitened features a pair of honest rows is
        then exp(-2 width) alike on average.
    shrinkage : float
        Added to each variance before whitening, so that features that follow from others do not
        outweigh all: their noise would be blown up to the size of a feature.
    """

    rows: int = 60_000
    reference_rows: int = 30_000
    kernel_rows: int = 4_000
    nu: float = 0.01
    width: float = 1.0
    shrinkage: float = 0.05


def fit_one_class_svm(
    rows: Slice, plan: OneClassSvmPlan, *, seed: int, progress: PartDone | None = None
) -> bytes:
    """Find the support vectors of honest rows, and return the stored member.

    The same rows, plan and seed give the same bytes on the same kind of processor.

    Raises
    ------
    TooFewHonestRows
        There is not enough to learn what is usual.

    References
    ----------
    Schölkopf et al. 2001, "Estimating the support of a high-dimensional distribution",
    doi:10.1162/089976601750264965.
    """
    done = progress or (lambda _part: None)
    honest = honest_rows(rows, fit=plan.rows, reference=plan.reference_rows, seed=seed)
    scaling = Scaling.of(honest.fit)
    with threadpool_limits(1):
        support = _support(scaling, scaling.scaled(honest.fit), plan, seed)
    done(0.7)
    parts = support.parts(honest.reference)
    done(0.9)
    surprise = Surprise.of(support.oddness(honest.reference))
    stored = StoredOneClassSvm(
        scaling=scaling.stored(),
        whitening=pack(support.whitening),
        vectors=pack(support.vectors),
        log_weights=pack(support.log_weights),
        gamma=support.gamma,
        usual=pack(parts.mean(axis=0)),
        surprise=surprise.stored(),
    )
    done(1.0)
    return msgspec.msgpack.encode(stored)


def _support(scaling: Scaling, scaled: Scaled, plan: OneClassSvmPlan, seed: int) -> SupportVectors:
    whitening = symmetric_whitening(np.cov(scaled, rowvar=False), plan.shrinkage)
    chosen = np.random.default_rng(seed).permutation(len(scaled))[: plan.kernel_rows]
    gamma = plan.width / scaling.feature_count
    machine = OneClassSVM(kernel="rbf", nu=plan.nu, gamma=gamma)
    machine.fit(scaled[np.sort(chosen)] @ whitening)
    return SupportVectors(
        scaling,
        whitening.astype(np.float32),
        np.ascontiguousarray(machine.support_vectors_.T, np.float32),
        np.log(machine.dual_coef_[0] / machine.dual_coef_.sum()),
        gamma,
    )


def symmetric_whitening(covariance: Floats, shrinkage: float) -> npt.NDArray[np.float64]:
    """Return the symmetric W for which rows times W have no covariance, but for the shrinkage.

    Examples
    --------
    >>> symmetric_whitening(np.diag([3.95, 0.95]), 0.05).round(3)
    array([[0.5, 0. ],
           [0. , 1. ]])
    """
    shrunk = covariance + shrinkage * np.eye(len(covariance))
    variances, directions = np.linalg.eigh(shrunk)
    return np.asarray((directions / np.sqrt(variances)) @ directions.T)
