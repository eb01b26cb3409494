"""The feature state in the database: locked, advanced and written in one transaction.

Exactly once: whatever applies an event does so in the transaction that records it, holding the
rows of every entity that the event names. Nothing is kept elsewhere, so nothing can be lost apart
from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from fraudsite.core.array_literals import bytes_array, numbers_array
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
WHERE NOT EXISTS (
    SELECT FROM scoring_entitystate AS known
    WHERE known.kind = wanted.kind AND known.key = wanted.key
)
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
WHERE state.kind = changed.kind AND state.key = changed.key;
SELECT nextval('transactions_application_seq') FROM generate_series(1, %(count)s)
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying events came to.

    Attributes
    ----------
    features : ndarray of float32, shape (n, len(SCHEMA))
        One row an event.
    sequences : list of int, length n
        Their places in the order of application. Whoever holds an entity's row draws later than
        whoever held it before, so this one order is that of every entity.
    """

    features: Array
    sequences: list[int]


def states_advance(events: Array) -> Applied:
    """Apply events in their order; return their features and places.

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
    return Applied(features, _write(changed, len(events)))


def _lock(entities: Iterable[EntityKey]) -> Blobs:
    pairs = list(entities)
    parameters = {
        "kinds": numbers_array(kind for kind, _ in pairs),
        "keys": numbers_array(key for _, key in pairs),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK_STATES, parameters)
        return {(kind, unsigned(key)): bytes(blob) or None for kind, key, blob in cursor.fetchall()}


def _write(blobs: Mapping[EntityKey, bytes], count: int) -> list[int]:
    """Write the states and return the next places in the order of application, in one go."""
    parameters: dict[str, str | int] = {
        "kinds": numbers_array(kind for kind, _ in blobs),
        "keys": numbers_array(signed(key) for _, key in blobs),
        "blobs": bytes_array(blobs.values()),
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE_STATES, parameters)
        return [sequence for (sequence,) in cursor.fetchall()]
