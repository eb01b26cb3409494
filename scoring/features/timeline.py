"""The events of a whole history in the order of application, put together piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.features.events import EventKind

Array = np.ndarray[Any, np.dtype[Any]]

# A label as a history holds it: the rest of the event is its transaction's.
LABEL = np.dtype(
    [("time_us", "i8"), ("row", "i8"), ("of", "i8"), ("is_fraud", "i1"), ("previous_label", "i1")]
)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A history.

    Attributes
    ----------
    transactions : ndarray of EVENT
        In the order of their table.
    labels : ndarray of LABEL
        `of` is the transaction's row, `row` the label's own.
    verifications : ndarray of EVENT
        In the order of their table.
    kinds : ndarray of int8, shape (n,)
        `EventKind` of each event, in the order of application.
    places : ndarray of int64, shape (n,)
        Where each event is in the array of its kind.
    """

    transactions: Array
    labels: Array
    verifications: Array
    kinds: Array
    places: Array

    @classmethod
    def ordered(cls, transactions: Array, labels: Array, verifications: Array) -> Timeline:
        """Return the three kinds of events as one history.

        What happened at the same microsecond is applied verifications first, then labels, then
        transactions.
        """
        arrival = transactions["arrival_us"]
        arrivals = np.where(arrival > 0, arrival, transactions["time_us"])
        parts = {
            EventKind.VERIFICATION: verifications["time_us"],
            EventKind.LABEL: labels["time_us"],
            EventKind.TRANSACTION: arrivals,
        }
        # A stable sort by time of parts that stand in their precedence.
        order = np.argsort(np.concatenate(list(parts.values())), kind="stable")
        kinds = np.concatenate(
            [np.full(times.size, kind, np.int8) for kind, times in parts.items()]
        )
        places = np.concatenate([np.arange(times.size) for times in parts.values()])
        return cls(transactions, labels, verifications, kinds[order], places[order])

    def __len__(self) -> int:
        return int(self.kinds.size)

    def events(self, start: int = 0, stop: int | None = None) -> Array:
        """Return a stretch of the history.

        Returns
        -------
        ndarray of EVENT
        """
        kinds, places = self.kinds[start:stop], self.places[start:stop]
        events = np.zeros(kinds.size, self.transactions.dtype)
        chosen = kinds == EventKind.TRANSACTION
        events[chosen] = self.transactions[places[chosen]]
        chosen = kinds == EventKind.VERIFICATION
        events[chosen] = self.verifications[places[chosen]]
        chosen = kinds == EventKind.LABEL
        events[chosen] = self._label_events(self.labels[places[chosen]])
        return events

    def _label_events(self, labels: Array) -> Array:
        events: Array = self.transactions[labels["of"]]
        events["kind"] = EventKind.LABEL
        events["labelled_time_us"] = events["time_us"]
        events["time_us"] = labels["time_us"]
        events["arrival_us"] = 0
        events["is_fraud"] = labels["is_fraud"]
        events["previous_label"] = labels["previous_label"]
        return events

    def stretches(self, length: int) -> Iterator[tuple[int, int]]:
        """Yield start and stop of stretches of a length that cover the history."""
        for start in range(0, len(self), length):
            yield start, min(start + length, len(self))
