"""Serving a one-class support vector machine: how far a payment is from the ones it knows."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numba
import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Features, Floats, plain_table
from scoring.ml.scaling import Scaling, StoredScaling, scale_row
from scoring.ml.stored_numbers import LARGEST, NumbersRefused, unpack_float32, unpack_float64
from scoring.ml.surprise import StoredSurprise, Surprise

KIND = "one_class_svm"


@dataclass(frozen=True, slots=True)
class StoredOneClassSvm:
    """The file.

    Attributes
    ----------
    whitening : bytes
        float32, one input feature after the other.
    vectors : bytes
        Whitened support vectors, float32, one feature of all of them after the other.
    log_weights, usual : bytes
        Logarithms of the dual coefficients, and each feature's part in the oddness of an average
        honest row, float64.
    """

    scaling: StoredScaling
    whitening: bytes
    vectors: bytes
    log_weights: bytes
    gamma: float
    usual: bytes
    surprise: StoredSurprise


@dataclass(frozen=True, slots=True, eq=False)
class SupportVectors:
    """Honest rows that stand for all, and what a row is compared with them in.

    ``oddness = -log Σ_s weight_s exp(-gamma |u - v_s|²)`` with u the whitened row and the weights
    adding up to 1: minus the logarithm of what the machine's decision function has before its
    offset, but for a constant. It ranks the same, is 0 or more, and does not end where the function
    underflows to one value for everything that is far away.

    Attributes
    ----------
    whitening : ndarray of shape (d, d), dtype=float32
        Symmetric, so that each whitened feature still is one feature, without what the others
        tell about it.
    vectors : ndarray of shape (d, s), dtype=float32
        Whitened support vectors, a column each.
    log_weights : ndarray of shape (s,), dtype=float64
        Logarithms of the dual coefficients, which add up to 1 here.
    gamma : float
        One over twice the square of the kernel's width; above 0.
    """

    scaling: Scaling
    whitening: npt.NDArray[np.float32]
    vectors: npt.NDArray[np.float32]
    log_weights: Floats
    gamma: float

    def __post_init__(self) -> None:
        if not 0 < self.gamma <= LARGEST:
            message = "its kernel has no width"
            raise NumbersRefused(message)
        if not self.log_weights.size:
            message = "it has no support vector"
            raise NumbersRefused(message)

    @classmethod
    def from_stored(cls, stored: StoredOneClassSvm) -> SupportVectors:
        """Take support vectors out of a file.

        Raises
        ------
        NumbersRefused
            The numbers do not fit together.
        """
        scaling = Scaling.from_stored(stored.scaling)
        features, vectors = scaling.feature_count, len(stored.log_weights) // 8
        return cls(
            scaling,
            unpack_float32(stored.whitening, (features, features)),
            unpack_float32(stored.vectors, (features, vectors)),
            unpack_float64(stored.log_weights, (vectors,)),
            stored.gamma,
        )

    def oddness(self, features: Features) -> Floats:
        """Return how odd each row is, shape (n,); each by itself.

        Raises
        ------
        ValueError
            The table has another shape or type.
        """
        nowhere: Floats = np.empty((0, self.scaling.feature_count))
        return self._compared(features, nowhere)

    def parts(self, features: Features) -> Floats:
        """Return each feature's part in the oddness, shape (n, d).

        The squared distances to the support vectors, each weighed by its share in the kernel sum,
        are sums over the whitened features. The parts are these, in proportion.

        References
        ----------
        Garthwaite & Koch 2016, "Evaluating the contributions of individual variables to a quadratic
        form", §2 (symmetric whitening), doi:10.1111/anzs.12144.
        """
        distances: Floats = np.zeros(features.shape)
        oddness = self._compared(features, distances)
        # A row that is no distance away from anything is no more this than that.
        distances[~distances.any(axis=1)] = 1
        shares: Floats = distances / distances.sum(axis=1, keepdims=True)
        return shares * oddness[:, None]

    def _compared(self, features: Features, distances: Floats) -> Floats:
        plain = plain_table(features, self.scaling.feature_count)
        oddness: Floats = np.empty(len(plain))
        _compare(
            self.scaling.centre,
            self.scaling.factor,
            self.scaling.missing,
            self.whitening,
            self.vectors,
            self.log_weights,
            self.gamma,
            plain,
            oddness,
            distances,
        )
        return oddness


@dataclass(frozen=True, slots=True, eq=False)
class OneClassSvmMember:
    """Support vectors, and how odd honest rows look to them.

    Attributes
    ----------
    usual : ndarray of shape (d,), dtype=float64
        Mean part of each feature on honest rows.
    """

    kind: str
    support: SupportVectors
    usual: Floats
    surprise: Surprise

    def margins(self, features: Features) -> Floats:
        """Return the surprise of each row, shape (n,), ≥ 0; the same to the bit in any batch."""
        return self.surprise.of_oddness(self.support.oddness(features))

    def contributions(self, features: Features) -> Floats:
        """Return each feature's part above its usual one, in proportion, as surprise.

        Shape (n, d + 1); the last column is the surprise of a row whose parts are all usual. See
        `SupportVectors.parts` for what a part is.
        """
        above = self.support.parts(features) - self.usual
        usual = np.full(len(features), self.usual.sum())
        return self.surprise.of_parts(np.column_stack([above, usual]))


def read_one_class_svm(data: bytes) -> OneClassSvmMember:
    """Return the support vectors that `fit_one_class_svm` stored.

    Raises
    ------
    NumbersRefused
        The bytes are no such file.
    """
    try:
        stored = msgspec.msgpack.decode(data, type=StoredOneClassSvm)
        support = SupportVectors.from_stored(stored)
        usual = unpack_float64(stored.usual, (support.scaling.feature_count,))
        surprise = Surprise.from_stored(stored.surprise)
    except ValueError as error:
        message = f"The file is no one-class support vector machine ({error})."
        raise NumbersRefused(message) from error
    return OneClassSvmMember(KIND, support, usual, surprise)


@numba.njit(cache=True, nogil=True)
def _compare(  # type: ignore[no-untyped-def]  # compiled
    centre, factor, missing, whitening, vectors, log_weights, gamma, features, oddness, distances
):
    columns, count = vectors.shape
    scaled, white = np.empty(columns, np.float32), np.empty(columns, np.float32)
    squares = np.empty(count, np.float32)
    logs = np.empty(count, np.float64)
    for number in range(features.shape[0]):
        scale_row(centre, factor, missing, features[number], scaled)
        _whiten(scaled, whitening, white)
        _squared_distances(white, vectors, squares)
        nearest = -np.inf
        for vector in range(count):
            logs[vector] = log_weights[vector] - gamma * squares[vector]
            nearest = max(nearest, logs[vector])
        total = 0.0
        for vector in range(count):
            logs[vector] = np.exp(logs[vector] - nearest)
            total += logs[vector]
        oddness[number] = -nearest - np.log(total)
        if distances.shape[0] > 0:
            _spread(white, vectors, logs, distances[number])


# One input after the other into all outputs: independent sums, so the compiler may take several at
# once without changing the order in which any of them is added up.
@numba.njit(cache=True, nogil=True, inline="always")
def _whiten(scaled, whitening, white):  # type: ignore[no-untyped-def]  # compiled
    for out in range(white.size):
        white[out] = 0
    for place in range(scaled.size):
        value = scaled[place]
        for out in range(white.size):
            white[out] += value * whitening[place, out]


@numba.njit(cache=True, nogil=True, inline="always")
def _squared_distances(white, vectors, squares):  # type: ignore[no-untyped-def]  # compiled
    for vector in range(squares.size):
        squares[vector] = 0
    for place in range(white.size):
        value = white[place]
        for vector in range(squares.size):
            apart = value - vectors[place, vector]
            squares[vector] += apart * apart


@numba.njit(cache=True, nogil=True, inline="always")
def _spread(white, vectors, shares, distances):  # type: ignore[no-untyped-def]  # compiled
    for place in range(white.size):
        for vector in range(shares.size):
            apart = np.float64(white[place]) - vectors[place, vector]
            distances[place] += shares[vector] * apart * apart
