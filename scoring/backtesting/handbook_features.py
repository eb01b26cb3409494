"""The fifteen features of the handbook, for its own row beside ours.

References
----------
Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection", 2022, chapter
3.3, "Baseline feature transformation".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.backtesting.folds import DAY_US
from scoring.ml.dataset import Dataset, Instants, Keys
from scoring.ml.ranking import Floats

WINDOWS_DAYS = (1, 7, 30)
HOUR_US = DAY_US // 24
# 1970 began on a Thursday.
EPOCH_WEEKDAY = 3
SATURDAY = 4 + 1
LAST_NIGHT_HOUR = 6
NAMES = (
    "amount",
    "is_weekend",
    "is_night",
    *(f"customer_{what}_{days}d" for days in WINDOWS_DAYS for what in ("count", "mean")),
    *(f"terminal_{what}_{days}d" for days in WINDOWS_DAYS for what in ("count", "risk")),
)

Array = np.ndarray[Any, np.dtype[Any]]


def handbook_features(dataset: Dataset, delay_days: int) -> npt.NDArray[np.float32]:
    """Return the book's features of every row, shape (n, 15), named `NAMES`.

    A customer's windows end with the transaction itself, a terminal's `delay_days` before it: the
    risk of a terminal is the part of frauds there, among transactions whose outcome is known.

    Parameters
    ----------
    delay_days : int
        How long a label takes to become known.
    """
    columns = [*_own(dataset), *_customer(dataset), *_terminal(dataset, delay_days * DAY_US)]
    return np.column_stack(columns).astype(np.float32)


def _own(dataset: Dataset) -> list[Array]:
    weekday = (dataset.time_us // DAY_US + EPOCH_WEEKDAY) % 7
    hour = dataset.time_us % DAY_US // HOUR_US
    return [dataset.amount, weekday >= SATURDAY, hour <= LAST_NIGHT_HOUR]


def _customer(dataset: Dataset) -> list[Array]:
    past = _Past.of(dataset.customer_key, dataset.time_us)
    columns: list[Array] = []
    for days in WINDOWS_DAYS:
        count, spent = past.until_now(days * DAY_US, dataset.amount)
        columns += [count, spent / count]
    return columns


def _terminal(dataset: Dataset, delay_us: int) -> list[Array]:
    past = _Past.of(dataset.merchant_key, dataset.time_us)
    is_fraud = dataset.is_fraud.astype(np.float64)
    unknown, unknown_frauds = past.until_now(delay_us, is_fraud)
    columns: list[Array] = []
    for days in WINDOWS_DAYS:
        count, frauds = past.until_now(delay_us + days * DAY_US, is_fraud)
        known = count - unknown
        columns += [known, (frauds - unknown_frauds) / np.maximum(known, 1)]
    return columns


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """Rows in the order of entity and time.

    Attributes
    ----------
    order : ndarray of shape (n,), dtype=intp
        Rows, entity by entity, oldest first.
    entity : ndarray of shape (n,), dtype=int64
        Number of the entity, in that order.
    time_us : ndarray of shape (n,), dtype=int64
        In that order.
    """

    order: Array
    entity: Array
    time_us: Instants

    @classmethod
    def of(cls, keys: Keys, time_us: Instants) -> _Past:
        _, entity = np.unique(keys, return_inverse=True)
        order = np.lexsort((time_us, entity))
        return cls(order, entity[order], time_us[order])

    def until_now(self, window_us: int, values: Floats) -> tuple[Floats, Floats]:
        """Return count and sum of the window that ends with each row, which it includes.

        A row exactly `window_us` old is out; of rows of the same instant, those before this one in
        the table are in, as pandas' `rolling` has it.
        """
        first = self._first_within(window_us)
        after = np.arange(1, self.order.size + 1)
        running = np.concatenate([[0.0], np.cumsum(values[self.order])])
        count, total = np.empty(self.order.size), np.empty(self.order.size)
        count[self.order] = after - first
        total[self.order] = running[after] - running[first]
        return count, total

    def _first_within(self, window_us: int) -> Array:
        """Return for each row the place of the first of the same entity in its window."""
        # One number that rises with entity and time: instants count by rank, so that it never
        # grows beyond the square of the rows.
        instants, rank = np.unique(self.time_us, return_inverse=True)
        begins = np.searchsorted(instants, self.time_us - window_us, side="right")
        width = instants.size + 1
        place = self.entity * width + rank
        return np.searchsorted(place, self.entity * width + begins, side="left")
