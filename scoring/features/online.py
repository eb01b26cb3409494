"""Features and new state of a few events, given the stored state of exactly their entities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from scoring.features.blobs import (
    LONGEST_BLOB,
    OTHER_LAYOUT,
    READ,
    StateDamaged,
    StateLayoutChanged,
    StateMissing,
)
from scoring.features.engine import (
    ENTITY,
    FEATURE_ROW,
    apply_rows,
    find_all,
    pack_all,
    unpack_all,
)
from scoring.features.events import EVENT, as_events
from scoring.features.layout import RECORDS, EntityKind
from scoring.features.rows import KINDS
from scoring.features.schema import SCHEMA

Blobs = Mapping[tuple[int, int], bytes | None]
Array = np.ndarray[Any, np.dtype[Any]]

_RECORDS = tuple(RECORDS.values())


def entities_of(events: Array) -> list[tuple[int, int]]:
    """Return kind and key of every entity whose state a batch of events reads or writes.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)

    Returns
    -------
    list of (int, int)
        Sorted, so that everybody locks in the same order.
    """
    entities = _found(as_events(events))[0]
    return sorted(zip(entities["kind"].tolist(), entities["key"].tolist(), strict=True))


def advance(events: Array, blobs: Blobs) -> tuple[Array, dict[tuple[int, int], bytes]]:
    """Apply events in their order to the stored states of their entities.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
    blobs : mapping from (kind, key) to bytes or None
        The state of each of `entities_of(events)`, None for one never seen; more are ignored.

    Returns
    -------
    features : ndarray of float32, shape (n, len(SCHEMA))
        In the order of the events; all NaN in rows of labels and verifications.
    new_blobs : dict
        The state of the same entities after the last event.

    Raises
    ------
    StateMissing
        A needed state was not given.
    StateLayoutChanged, StateDamaged
        A stored state cannot be read; nothing was changed.
    """
    events = as_events(events)
    entities, rows, counts = _found(events)
    keys = list(zip(entities["kind"].tolist(), entities["key"].tolist(), strict=True))
    memories = [
        np.zeros(max(1, count), record) for count, record in zip(counts, _RECORDS, strict=False)
    ]
    views = tuple(memory.view(np.uint8).reshape(memory.size, -1) for memory in memories)
    _read(entities, views, _given(keys, blobs), keys)
    features = np.full((events.size, len(SCHEMA)), np.nan, np.float32)
    apply_rows(events, rows, *memories, features.view(FEATURE_ROW)[:, 0])
    return features, dict(zip(keys, packed(entities, views), strict=True))


def warm_up() -> None:
    """Load or compile what `advance` calls, so that the first request does not wait for it."""
    advance(np.zeros(0, EVENT), {})


def _found(events: Array) -> tuple[Array, Array, list[int]]:
    rows = np.empty((events.size, KINDS), np.int64)
    entities = np.empty(KINDS * events.size, ENTITY)
    table = np.zeros(1 << (2 * KINDS * events.size).bit_length(), np.int32)
    counts = np.zeros(KINDS + 1, np.int64)
    find_all(events, rows, table, entities, counts)
    numbers = counts.tolist()
    return entities[: numbers[KINDS]], rows, numbers


def _given(keys: list[tuple[int, int]], blobs: Blobs) -> list[bytes]:
    try:
        return [blobs[key] or b"" for key in keys]
    except KeyError as missing:
        kind, key = missing.args[0]
        raise StateMissing(EntityKind(kind), key) from None


def _read(
    entities: Array, views: tuple[Array, ...], blobs: list[bytes], keys: list[tuple[int, int]]
) -> None:
    ends = np.array([len(blob) for blob in blobs], np.int64).cumsum()
    answers = np.empty(entities.size, np.int64)
    unpack_all(entities, views, np.frombuffer(b"".join(blobs), np.uint8), ends, answers)
    if answers.any():
        refuse(answers, keys)


def refuse(answers: Array, keys: list[tuple[int, int]]) -> None:
    """Raise what was wrong with the first blob that could not be read."""
    first = int(np.flatnonzero(answers != READ)[0])
    kind, key = keys[first]
    if answers[first] == OTHER_LAYOUT:
        raise StateLayoutChanged(EntityKind(kind), key)
    raise StateDamaged(EntityKind(kind), key)


def packed(entities: Array, views: tuple[Array, ...]) -> list[bytes]:
    """Return the blobs of entities, in their order."""
    out = np.empty(entities.size * LONGEST_BLOB, np.uint8)
    ends = np.empty(entities.size, np.int64)
    pack_all(entities, views, out, ends)
    stops = ends.tolist()
    data = out[: stops[-1] if stops else 0].tobytes()
    return [data[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]
