"""The compiled functions that Python calls; each is compiled once and kept on disk."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.features.blobs import READ
from scoring.features.kernel import SOURCES, entry, whole
from scoring.features.packing import pack_row, unpack_row
from scoring.features.rows import enter_all, find_rows
from scoring.features.schema import SCHEMA
from scoring.features.step import step

# A feature vector as compiled code writes it: the schema's order, by name.
FEATURE_ROW = np.dtype([(name, "f4") for name in SCHEMA.names])

# Whose state is in which row.
ENTITY = np.dtype([("key", "u8"), ("row", "i4"), ("kind", "i4")])


def _apply(sources: int) -> Any:
    @entry
    def apply_rows(
        events: Any,
        rows: Any,
        customers: Any,
        merchants: Any,
        devices: Any,
        ips: Any,
        cards: Any,
        features: Any,
    ) -> int:
        """Apply a batch in its order; what an event does not name is row 0, which stays as is."""
        for place in range(events.size):
            step(
                events[place],
                customers[max(0, rows[place, 0])],
                merchants[max(0, rows[place, 1])],
                devices[max(0, rows[place, 2])],
                ips[max(0, rows[place, 3])],
                cards[max(0, rows[place, 4])],
                features[place],
            )
        return sources

    return apply_rows


def _find(sources: int) -> Any:
    @entry
    def find_all(events: Any, rows: Any, table: Any, entities: Any, counts: Any) -> int:
        find_rows(events, rows, table, entities, counts)
        return sources

    return find_all


def _enter(sources: int) -> Any:
    @entry
    def rehash(table: Any, entities: Any, total: int) -> int:
        enter_all(table, entities, total)
        return sources

    return rehash


def _pack(sources: int) -> Any:
    @entry
    def pack_all(entities: Any, memories: Any, out: Any, ends: Any) -> int:
        """Write the blobs of entities one after the other."""
        end = 0
        for number in range(entities.size):
            entity = entities[number]
            memory = memories[entity.kind - 1]
            end = pack_row(whole(entity.kind), memory[entity.row], out, end)
            ends[number] = end
        return sources

    return pack_all


def _unpack(sources: int) -> Any:
    @entry
    def unpack_all(entities: Any, memories: Any, blob: Any, ends: Any, answers: Any) -> int:
        """Read the blobs of entities; an empty one leaves its record as it is."""
        start = 0
        for number in range(entities.size):
            entity = entities[number]
            answers[number] = READ
            if ends[number] > start:
                memory = memories[entity.kind - 1]
                answers[number] = unpack_row(
                    whole(entity.kind), blob, start, ends[number], memory[entity.row]
                )
            start = ends[number]
        return sources

    return unpack_all


apply_rows = _apply(SOURCES)
find_all = _find(SOURCES)
rehash = _enter(SOURCES)
pack_all = _pack(SOURCES)
unpack_all = _unpack(SOURCES)
