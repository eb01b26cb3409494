"""The states of many entities in memory: for training, rebuilding and streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from scoring.features.blobs import READ
from scoring.features.engine import ENTITY, find_all, rehash, unpack_all
from scoring.features.events import EVENT
from scoring.features.layout import ENTITY_KINDS, RECORDS, EntityKind
from scoring.features.online import packed, refuse
from scoring.features.rows import KINDS

Array = np.ndarray[Any, np.dtype[Any]]

_RECORDS = tuple(RECORDS.values())
_SMALLEST = 1_024
_EXPORTED_AT_ONCE = 8_192


class StateTable:
    """The states of entities, found by kind and key; grows as they come.

    Examples
    --------
    >>> table = StateTable()
    >>> len(table), table.blob(EntityKind.CUSTOMER, 7) is None
    (0, True)
    """

    def __init__(self) -> None:
        self._counts = np.zeros(KINDS + 1, np.int64)
        self._entities = np.empty(_SMALLEST, ENTITY)
        self._table = np.zeros(2 * _SMALLEST, np.int32)
        self._memories = [np.zeros(_SMALLEST, record) for record in _RECORDS]

    def __len__(self) -> int:
        return int(self._counts[KINDS])

    @property
    def memories(self) -> tuple[Array, ...]:
        """Return the records of each kind, rows beyond those in use being all zero."""
        return tuple(self._memories)

    def rows_of(self, events: Array) -> Array:
        """Return the rows of a batch's entities, giving those never seen a new one.

        Parameters
        ----------
        events : ndarray of EVENT, shape (n,)

        Returns
        -------
        ndarray of int64, shape (n, 5)
            -1 where an event names none.
        """
        self._make_room(KINDS * events.size)
        rows = np.empty((events.size, KINDS), np.int64)
        find_all(events, rows, self._table, self._entities, self._counts)
        for place, count in enumerate(self._counts[:KINDS].tolist()):
            self._memories[place] = _grown(self._memories[place], count)
        return rows

    def load(self, blobs: dict[tuple[int, int], bytes]) -> None:
        """Take stored states in, replacing what is here of the same entities.

        Raises
        ------
        StateLayoutChanged, StateDamaged
            A blob cannot be read; the table is not to be used any more.
        """
        keys = list(blobs)
        entities = self._enter(keys)
        for entity in entities:
            self._memories[entity["kind"] - 1][entity["row"]] = 0
        ends = np.array([len(blob) for blob in blobs.values()], np.int64).cumsum()
        answers = np.empty(len(keys), np.int64)
        data = np.frombuffer(b"".join(blobs.values()), np.uint8)
        unpack_all(entities, self._views(), data, ends, answers)
        if (answers != READ).any():
            refuse(answers, keys)

    def blob(self, kind: EntityKind, key: int) -> bytes | None:
        """Return the state of one entity as it is stored; None if it was never seen.

        Looks at all entities in turn; `blobs` is the way to many.
        """
        used = self._entities[: len(self)]
        found = np.flatnonzero((used["kind"] == kind) & (used["key"] == np.uint64(key)))
        return packed(used[found], self._views())[0] if found.size else None

    def blobs(self) -> Iterator[tuple[tuple[int, int], bytes]]:
        """Yield kind and key with the blob of every entity, in the order they were first seen."""
        for start in range(0, len(self), _EXPORTED_AT_ONCE):
            part = self._entities[start : min(start + _EXPORTED_AT_ONCE, len(self))]
            keys = zip(part["kind"].tolist(), part["key"].tolist(), strict=True)
            yield from zip(keys, packed(part, self._views()), strict=True)

    def _enter(self, keys: list[tuple[int, int]]) -> Array:
        # An event that names nothing but this entity gives it its row.
        events = np.zeros(len(keys), EVENT)
        entities = np.empty(len(keys), ENTITY)
        entities["kind"] = [kind for kind, _ in keys]
        entities["key"] = np.array([key for _, key in keys], np.uint64)
        for kind, field in ENTITY_KINDS.items():
            chosen = entities["kind"] == kind
            events[field][chosen] = entities["key"][chosen]
        rows = self.rows_of(events)
        entities["row"] = rows[np.arange(len(keys)), entities["kind"] - 1]
        return entities

    def _views(self) -> tuple[Array, ...]:
        return tuple(memory.view(np.uint8).reshape(memory.size, -1) for memory in self._memories)

    def _make_room(self, coming: int) -> None:
        total = len(self)
        if total + coming > self._entities.size:
            self._entities = np.resize(self._entities, 2 * (total + coming))
        if 2 * (total + coming) > self._table.size:
            self._table = np.zeros(1 << (2 * (total + coming)).bit_length(), np.int32)
            rehash(self._table, self._entities, total)


def _grown(memory: Array, count: int) -> Array:
    if count <= memory.size:
        return memory
    larger = np.zeros(max(count, memory.size * 3 // 2), memory.dtype)
    larger[: memory.size] = memory
    return larger
