"""The feature state in the database: locked, advanced and written in one transaction.

Exactly once: whatever applies an event does so in the transaction that records it, holding the
rows of every entity that the event names. Nothing is kept elsewhere, so nothing can be lost apart
from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from django.db import connection

from fraudsite.core.in_transaction import require_transaction
from scoring.entity_names import signed, unsigned
from scoring.features import advance, entities_of

Array = np.ndarray[Any, np.dtype[Any]]
EntityKey = tuple[int, int]
Blobs = dict[EntityKey, bytes | None]

# One round trip. The insert makes rows that are new, in the order of their keys, and waits for
# another transaction that is just making the same one; then all are locked in that same order. Two
# transactions therefore never hold what the other waits for.
LOCK_STATES = """
INSERT INTO scoring_entitystate (kind, key, blob)
SELECT wanted.kind, wanted.key, ''
FROM unnest(%(kinds)s::smallint[], %(keys)s::bigint[]) AS wanted (kind, key)
ON CONFLICT DO NOTHING;
SELECT state.kind, state.key, state.blob
FROM unnest(%(kinds)s::smallint[], %(keys)s::bigint[]) AS wanted (kind, key)
JOIN scoring_entitystate AS state USING (kind, key)
ORDER BY state.kind, state.key
FOR UPDATE OF state
"""
WRITE_STATES = """
UPDATE scoring_entitystate AS state SET blob = changed.blob
FROM unnest(%(kinds)s::smallint[], %(keys)s::bigint[], %(blobs)s::bytea[])
     AS changed (kind, key, blob)
WHERE state.kind = changed.kind AND state.key = changed.key
"""
DRAW_SEQUENCES = "SELECT nextval('transactions_application_seq') FROM generate_series(1, %s)"


def states_advance(events: Array) -> Array:
    """Apply events in their order; return the features of each, one row an event.

    Locks the states of every entity named, until the transaction ends.

    Raises
    ------
    scoring.features.StateUnreadable
        When a state was written by another version, or is damaged; nothing is applied then.
        `manage.py rebuild_features` makes all of them anew.
    """
    require_transaction("Advancing the feature state")
    blobs = _lock(sorted((kind, signed(key)) for kind, key in entities_of(events)))
    features, changed = advance(events, blobs)
    _write(changed)
    return features


def sequences_draw(count: int) -> list[int]:
    """Return the next places in the order of application, to be drawn after `states_advance`.

    Whoever holds an entity's row draws later than whoever held it before, so this one order is
    the order of application for every entity.
    """
    with connection.cursor() as cursor:
        cursor.execute(DRAW_SEQUENCES, [count])
        return [row[0] for row in cursor.fetchall()]


def _lock(entities: Iterable[EntityKey]) -> Blobs:
    kinds, keys = _columns(entities)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_STATES, {"kinds": kinds, "keys": keys})
        return {(kind, unsigned(key)): bytes(blob) or None for kind, key, blob in cursor.fetchall()}


def _write(blobs: Mapping[EntityKey, bytes]) -> None:
    entities = list(blobs)
    parameters: dict[str, list[int] | list[bytes]] = {
        "kinds": [kind for kind, _ in entities],
        "keys": [signed(key) for _, key in entities],
        "blobs": [blobs[entity] for entity in entities],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_STATES, parameters)


def _columns(entities: Iterable[EntityKey]) -> tuple[list[int], list[int]]:
    pairs = list(entities)
    return [kind for kind, _ in pairs], [key for _, key in pairs]
