"""Serving an autoencoder: how badly a payment is put together again from a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numba
import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Features, Floats, plain_table
from scoring.ml.scaling import Scaling, StoredScaling, scale_row
from scoring.ml.stored_numbers import NumbersRefused, unpack_float32, unpack_float64
from scoring.ml.surprise import StoredSurprise, Surprise

KIND = "autoencoder"
# A feature that is five deviations off is wrong; how wrong must not outweigh all others. Without
# an end, .04 less of the frauds at 3.2 % false positives.
WORST_ERROR = 25.0
# Bounds what a damaged file can ask for; training makes a few hundred.
WIDEST = 4_096


@dataclass(frozen=True, slots=True)
class StoredAutoencoder:
    """The file.

    Attributes
    ----------
    widths : list of int
        Of the input, each hidden layer, and the output, which is as wide as the input.
    weights, biases : bytes
        Of all layers, one after the other, little-endian float32; a weight matrix holds one input
        after the other.
    usual : bytes
        Mean error of each feature on honest rows, float64.
    """

    scaling: StoredScaling
    widths: list[int]
    weights: bytes
    biases: bytes
    usual: bytes
    surprise: StoredSurprise


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Fully connected layers, hidden ones with tanh, as compiled code takes them.

    Attributes
    ----------
    widths : ndarray of shape (l + 1,), dtype=int64
        See `StoredAutoencoder`.
    weights, biases : ndarray of shape (w,) and (b,), dtype=float32
        Flat, so that the same compiled code serves any number of layers.
    """

    widths: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]

    @classmethod
    def from_stored(cls, stored: StoredAutoencoder) -> Layers:
        """Take layers out of a file.

        Raises
        ------
        NumbersRefused
            The widths do not lead from a row to a row, or the numbers do not fit them.
        """
        widths = stored.widths
        if len(widths) < 3 or widths[0] != widths[-1] or not all(0 < w <= WIDEST for w in widths):
            message = f"layers of widths {widths[:9]} lead from no row to a row"
            raise NumbersRefused(message)
        return cls(
            np.array(widths, np.int64),
            unpack_float32(stored.weights, (sum(a * b for a, b in pairwise(widths)),)),
            unpack_float32(stored.biases, (sum(widths[1:]),)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Autoencoder:
    """Layers, with the scale they take rows in."""

    scaling: Scaling
    layers: Layers

    def errors(self, features: Features) -> npt.NDArray[np.float32]:
        """Return each feature's squared error in the row put together again, ≤ `WORST_ERROR`.

        Parameters
        ----------
        features : ndarray of shape (n, d), dtype=float32
            NaN where unknown.

        Raises
        ------
        ValueError
            The table has another shape or type.
        """
        plain = plain_table(features, self.scaling.feature_count)
        out = np.empty_like(plain)
        scaling, layers = self.scaling, self.layers
        _reconstruct(
            scaling.centre,
            scaling.factor,
            scaling.missing,
            layers.widths,
            layers.weights,
            layers.biases,
            plain,
            out,
        )
        return out


@dataclass(frozen=True, slots=True, eq=False)
class AutoencoderMember:
    """An autoencoder, and how badly it puts honest rows together.

    Attributes
    ----------
    usual : ndarray of shape (d,), dtype=float64
        Mean error of each feature on honest rows.
    """

    kind: str
    autoencoder: Autoencoder
    usual: Floats
    surprise: Surprise

    def margins(self, features: Features) -> Floats:
        """Return the surprise of each row, shape (n,), ≥ 0; the same to the bit in any batch."""
        return self.surprise.of_oddness(total_errors(self.autoencoder.errors(features)))

    def contributions(self, features: Features) -> Floats:
        """Return each feature's error above its usual one, in proportion, as surprise.

        Shape (n, d + 1); the last column is the surprise of a row whose errors are all usual. A
        feature that is put together better than usual counts against the suspicion.
        """
        above = self.autoencoder.errors(features) - self.usual
        usual = np.full(len(features), self.usual.sum())
        return self.surprise.of_parts(np.column_stack([above, usual]))


def read_autoencoder(data: bytes) -> AutoencoderMember:
    """Return the autoencoder that `fit_autoencoder` stored.

    Raises
    ------
    NumbersRefused
        The bytes are no such file.
    """
    try:
        stored = msgspec.msgpack.decode(data, type=StoredAutoencoder)
        layers = Layers.from_stored(stored)
        scaling = Scaling.from_stored(stored.scaling)
        usual = unpack_float64(stored.usual, (scaling.feature_count,))
        surprise = Surprise.from_stored(stored.surprise)
    except ValueError as error:
        message = f"The file is no autoencoder ({error})."
        raise NumbersRefused(message) from error
    if stored.widths[0] != scaling.feature_count:
        message = "The file is no autoencoder (its layers and its scale differ in width)."
        raise NumbersRefused(message)
    return AutoencoderMember(KIND, Autoencoder(scaling, layers), usual, surprise)


def total_errors(errors: npt.NDArray[np.float32]) -> Floats:
    """Return the sum of each row, shape (n,), feature after feature."""
    out = np.empty(len(errors))
    _total(errors, out)
    return out


# NumPy's own sums may add in another order for another number of rows.
@numba.njit(cache=True, nogil=True)
def _total(errors, out):  # type: ignore[no-untyped-def]  # compiled
    for number in range(errors.shape[0]):
        total = 0.0
        for place in range(errors.shape[1]):
            total += errors[number, place]
        out[number] = total


@numba.njit(cache=True, nogil=True)
def _reconstruct(centre, factor, missing, widths, weights, biases, features, errors):  # type: ignore[no-untyped-def]  # compiled
    rows, columns = features.shape
    widest = widths.max()
    scaled = np.empty(columns, np.float32)
    taken, given = np.empty(widest, np.float32), np.empty(widest, np.float32)
    for number in range(rows):
        scale_row(centre, factor, missing, features[number], scaled)
        taken[:columns] = scaled
        first_weight, first_bias = 0, 0
        for layer in range(widths.size - 1):
            width = widths[layer + 1]
            _layer(taken, widths[layer], width, weights[first_weight:], biases[first_bias:], given)
            if layer < widths.size - 2:
                for unit in range(width):
                    given[unit] = np.tanh(given[unit])
            taken, given = given, taken
            first_weight += widths[layer] * width
            first_bias += width
        for place in range(columns):
            # What never varied says nothing, however its place is filled.
            off = scaled[place] - taken[place] if factor[place] != 0 else np.float32(0)
            errors[number, place] = min(off * off, np.float32(WORST_ERROR))


# Not compiled into its caller, where the compiler no longer sees that the arrays are different
# ones: 3.5 µs a row against 9.2 (147-64-32-64-147, batch of 1,024).
@numba.njit(cache=True, nogil=True)
def _layer(taken, inputs, width, weights, biases, given):  # type: ignore[no-untyped-def]  # compiled
    # One input after the other into all units: independent sums, so the compiler may take several
    # units at once without changing the order in which any of them is added up.
    for unit in range(width):
        given[unit] = biases[unit]
    for place in range(inputs):
        value = taken[place]
        first = place * width
        for unit in range(width):
            given[unit] += value * weights[first + unit]
