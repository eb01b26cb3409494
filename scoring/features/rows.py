"""Which row of memory an entity's state is in: a hash table over kind and key.

The table holds entity numbers plus 1 (0: free), is a power of two long and at most half full.
Entities are numbered in the order in which they were first seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.features.kernel import compiled, whole

KINDS = 5

# Value of `EventKind.VERIFICATION`.
VERIFICATION = 2


@compiled
def find_rows(events: Any, rows: Any, table: Any, entities: Any, counts: Any) -> None:
    """Give every entity of a batch its row, new entities the next free one.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
    rows : ndarray of int64, shape (n, 5)
        Written: a row each for customer, merchant, device, IP and card; -1 if none is named.
    table : ndarray of int32
    entities : ndarray of ENTITY
    counts : ndarray of int64, shape (6,)
        Rows in use of each kind, and entities in all.
    """
    for place in range(events.size):
        event = events[place]
        rows[place, 0] = _row_of(1, event.customer, table, entities, counts)
        for kind in range(1, KINDS):
            rows[place, kind] = -1
        # A verification names nothing but the customer.
        if event.kind != VERIFICATION:
            rows[place, 1] = _row_of(2, event.merchant, table, entities, counts)
            rows[place, 2] = _row_of(3, event.device, table, entities, counts)
            rows[place, 3] = _row_of(4, event.ip, table, entities, counts)
            rows[place, 4] = _row_of(5, event.card, table, entities, counts)


@compiled
def _row_of(kind: int, key: Any, table: Any, entities: Any, counts: Any) -> int:
    if key == 0:
        return -1
    place = place_of(kind, key, table, entities)
    if table[place] == 0:
        number = counts[KINDS]
        entities[number].kind = kind
        entities[number].key = key
        entities[number].row = counts[kind - 1]
        counts[kind - 1] += 1
        counts[KINDS] += 1
        table[place] = number + 1
    return whole(entities[table[place] - 1].row)


@compiled
def place_of(kind: int, key: Any, table: Any, entities: Any) -> int:
    """Return where an entity is in the table, or the free place where it belongs."""
    mask = whole(table.size - 1)
    # Fibonacci hashing (Knuth, TAOCP 3, §6.4): keys need not be hashes themselves.
    mixed = (key ^ np.uint64(kind)) * np.uint64(0x9E3779B97F4A7C15)
    place = whole(mixed >> np.uint64(32)) & mask
    while table[place] != 0:
        entity = entities[table[place] - 1]
        if entity.key == key and entity.kind == kind:
            return place
        place = (place + 1) & mask
    return place


@compiled
def enter_all(table: Any, entities: Any, total: int) -> None:
    """Fill a new table with all entities."""
    for number in range(total):
        entity = entities[number]
        table[place_of(whole(entity.kind), entity.key, table, entities)] = number + 1
