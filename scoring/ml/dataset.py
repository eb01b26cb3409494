"""The table a model learns from: features, labels, and when each label became known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.intp]

# `label_known_us` of a transaction whose label nobody knows yet: later than every cut.
NEVER_US = np.iinfo(np.int64).max


class DatasetRefused(ValueError):
    """The columns do not make one table; the sentence says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Transactions with their features and labels, one row each, in any order.

    Attributes
    ----------
    features : ndarray of shape (n, d), dtype=float32
        As they were when the transaction was judged; NaN where unknown, never infinite.
    is_fraud : ndarray of shape (n,), dtype=int8
        The newest label, 0 or 1; of no meaning where the label is not known.
    label_known_us : ndarray of shape (n,), dtype=int64
        When the label became known, in microseconds since 1970 UTC; `NEVER_US` if it is not.
    time_us : ndarray of shape (n,), dtype=int64
        When the transaction happened.
    amount : ndarray of shape (n,), dtype=float64
        In major units of the reference currency.
    customer_key, merchant_key : ndarray of shape (n,), dtype=uint64
        For measures that count customers; never features.

    Raises
    ------
    DatasetRefused
        The columns differ in length, or a feature is infinite.
    """

    features: npt.NDArray[np.float32]
    is_fraud: npt.NDArray[np.int8]
    label_known_us: Instants
    time_us: Instants
    amount: Floats
    customer_key: Keys
    merchant_key: Keys

    def __post_init__(self) -> None:
        if self.features.ndim != 2:
            message = f"Features are a table of rows and columns, not {self.features.ndim}-d."
            raise DatasetRefused(message)
        for column in fields(self):
            length = len(getattr(self, column.name))
            if length != len(self):
                message = f"{column.name} has {length} rows where features have {len(self)}."
                raise DatasetRefused(message)

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Rows) -> Dataset:
        """Return a copy of some rows, in the order asked for."""
        return Dataset(*(getattr(self, column.name)[rows] for column in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Rows to learn from or to watch: features of shape (n, d) and labels of shape (n,)."""

    features: npt.NDArray[np.float32]
    is_fraud: npt.NDArray[np.int8]


def check_finite(features: npt.NDArray[np.float32], names: Sequence[str]) -> None:
    """Refuse infinite values: trees would learn them as a place of its own.

    Raises
    ------
    DatasetRefused
        Names the first such column.
    """
    infinite = [name for name, column in zip(names, features.T, strict=True) if _has_inf(column)]
    if infinite:
        message = f"The feature {infinite[0]} has infinite values; unknown is NaN."
        raise DatasetRefused(message)


def _has_inf(column: npt.NDArray[np.float32]) -> bool:
    return bool(np.isinf(column).any())
