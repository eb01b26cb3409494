"""Features of long histories: the whole past in one compiled pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.features.engine import FEATURE_ROW, apply_rows
from scoring.features.events import EventKind, as_events
from scoring.features.schema import SCHEMA
from scoring.features.table import StateTable
from scoring.features.timeline import Timeline

Array = np.ndarray[Any, np.dtype[Any]]

# Large enough that Python costs nothing, small enough that a progress bar moves.
CHUNK = 65_536


def apply_events(events: Array, states: StateTable) -> Array:
    """Apply events in their order to states in memory.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
    states : StateTable
        Changed in place.

    Returns
    -------
    ndarray of float32, shape (n, len(SCHEMA))
        A row for each event: the features as they stood just before it. All NaN where the event is
        no transaction.
    """
    events = as_events(events)
    features = np.full((events.size, len(SCHEMA)), np.nan, np.float32)
    rows = states.rows_of(events)
    apply_rows(events, rows, *states.memories, features.view(FEATURE_ROW)[:, 0])
    return features


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a history after it was applied.

    Attributes
    ----------
    events : ndarray of EVENT, shape (n,)
    places : ndarray of int64, shape (n,)
        Row of each event in the table of its kind.
    features : ndarray of float32, shape (n, len(SCHEMA))
    """

    events: Array
    places: Array
    features: Array


def replay(
    timeline: Timeline,
    states: StateTable | None = None,
    *,
    progress: Callable[[int], object] | None = None,
    chunk: int = CHUNK,
) -> Iterator[Stretch]:
    """Apply a history and yield it stretch by stretch, so that it never has to fit in memory.

    Parameters
    ----------
    timeline : Timeline
    states : StateTable, optional
        Where the history begins, changed in place; empty if left out.
    progress : callable, optional
        Called with the number of events applied since the last call.
    chunk : int
        Events a stretch. Features do not depend on it.
    """
    states = StateTable() if states is None else states
    for start, stop in timeline.stretches(chunk):
        events = timeline.events(start, stop)
        features = apply_events(events, states)
        if progress is not None:
            progress(stop - start)
        yield Stretch(events, timeline.places[start:stop], features)


def history_features(
    timeline: Timeline,
    states: StateTable | None = None,
    *,
    progress: Callable[[int], object] | None = None,
) -> Array:
    """Return the features of all transactions of a history, in the order of their table.

    Returns
    -------
    ndarray of float32, shape (n_transactions, len(SCHEMA))
        580 bytes a transaction.
    """
    features = np.empty((timeline.transactions.size, len(SCHEMA)), np.float32)
    for stretch in replay(timeline, states, progress=progress):
        chosen = stretch.events["kind"] == EventKind.TRANSACTION
        features[stretch.places[chosen]] = stretch.features[chosen]
    return features
