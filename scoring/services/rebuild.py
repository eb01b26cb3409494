"""The feature state made anew from the records, bit for bit."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from scoring.entity_names import signed, unsigned
from scoring.features import StateTable, StateUnreadable, apply_events
from scoring.models import EntityState
from scoring.stored_events import last_sequence, stored_events

# History that was loaded, not scored, joins in the order in which it would have been applied: a
# transaction when it arrived, a label when it was known but behind its transaction. Where times
# are equal, a verification or label comes first: it was known when the transaction came.
ASSIGN = """
WITH waiting AS (
    SELECT 0 AS rank, id::text AS id, decided_at AS moment
    FROM scoring_verificationchange WHERE sequence IS NULL
    UNION ALL
    SELECT 1, label.id::text,
           greatest(label.known_at, moved.arrived_at + interval '1 microsecond')
    FROM transactions_label AS label
    JOIN transactions_transaction AS moved ON moved.id = label.transaction_id
    WHERE label.sequence IS NULL
    UNION ALL
    SELECT 2, id::text, arrived_at FROM transactions_transaction WHERE sequence IS NULL
), placed AS MATERIALIZED (
    SELECT rank, id, nextval('transactions_application_seq') AS sequence
    FROM (SELECT rank, id FROM waiting ORDER BY moment, rank, id) AS ordered
), verifications AS (
    UPDATE scoring_verificationchange AS row SET sequence = placed.sequence
    FROM placed WHERE placed.rank = 0 AND row.id = placed.id::bigint RETURNING 1
), labels AS (
    UPDATE transactions_label AS row SET sequence = placed.sequence
    FROM placed WHERE placed.rank = 1 AND row.id = placed.id::bigint RETURNING 1
), moved AS (
    UPDATE transactions_transaction AS row SET sequence = placed.sequence
    FROM placed WHERE placed.rank = 2 AND row.id = placed.id::uuid RETURNING 1
)
SELECT (SELECT count(*) FROM verifications) + (SELECT count(*) FROM labels)
     + (SELECT count(*) FROM moved)
"""
# Nobody applies anything while it is held; reading goes on.
LOCK = "LOCK TABLE scoring_entitystate IN EXCLUSIVE MODE"
READ_AT_ONCE = 20_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did, or what a check found."""

    events: int
    newly_ordered: int
    entities: int
    differing: int = 0


def features_rebuild(*, actor: Actor, progress: Progress | None = None) -> RebuildReport:
    """Replay everything recorded and put the result in the place of the stored states.

    1. Give history that was loaded its places in the order, behind what was applied.
    2. Replay, while scoring goes on, what is committed by then.
    3. Hold scoring back, replay the rest, exchange the states.
    """
    with transaction.atomic():
        _execute(LOCK)
        newly_ordered = _assign()
        last = last_sequence()
    table = StateTable()
    events = _replay(table, 1, last, progress)
    with transaction.atomic():
        _execute(LOCK)
        events += _replay(table, last + 1, last_sequence(), None)
        EntityState.objects.all().delete()
        _store(table)
        report = RebuildReport(events, newly_ordered, len(table))
        audit_record(
            actor=actor,
            action="features.rebuilt",
            target=None,
            details={"events": events, "entities": len(table), "newly_ordered": newly_ordered},
        )
    _execute("ANALYZE scoring_entitystate")
    return report


def features_check(*, progress: Progress | None = None) -> RebuildReport:
    """Replay everything recorded and count the stored states that differ; change nothing.

    Scoring is held back meanwhile, so that both are of one moment.
    """
    with transaction.atomic():
        _execute(LOCK)
        table = StateTable()
        events = _replay(table, 1, last_sequence(), progress)
        stored = dict(_stored())
    replayed = dict(table.blobs())
    differing = sum(stored.get(key) != blob for key, blob in replayed.items())
    differing += len(stored.keys() - replayed.keys())
    return RebuildReport(events, 0, len(replayed), differing)


def is_rebuild_needed() -> bool:
    """Whether stored states were written by another version, or history waits for its place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM transactions_transaction WHERE sequence IS NULL)"
        )
        if cursor.fetchone()[0]:
            return True
    first = EntityState.objects.exclude(blob=b"").values_list("kind", "key", "blob").first()
    if first is None:
        return last_sequence() > 0
    kind, key, blob = first
    try:
        StateTable().load({(kind, unsigned(key)): bytes(blob)})
    except StateUnreadable:
        return True
    return False


def _assign() -> int:
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN)
        return int(cursor.fetchone()[0])


def _replay(table: StateTable, first: int, last: int, progress: Progress | None) -> int:
    count = 0
    for stretch in stored_events(first=first, last=last, progress=progress):
        apply_events(stretch.events, table)
        count += len(stretch.events)
    return count


def _store(table: StateTable) -> None:
    lines = (
        f"{int(kind)},{signed(key)},\\x{blob.hex()}\n".encode()
        for (kind, key), blob in table.blobs()
    )
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            "COPY scoring_entitystate (kind, key, blob) FROM STDIN WITH (FORMAT csv)",
            _Readable(lines),
        )


def _stored() -> Iterator[tuple[tuple[int, int], bytes]]:
    rows = EntityState.objects.values_list("kind", "key", "blob")
    for kind, key, blob in rows.iterator(chunk_size=READ_AT_ONCE):
        yield (kind, unsigned(key)), bytes(blob)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class _Readable(io.RawIOBase):
    """Lines as a file for COPY, made as they are read."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._rest = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, at least one until all are read."""
        while len(self._rest) < size:
            line = next(self._lines, None)
            if line is None:
                break
            self._rest += line
        part, self._rest = self._rest[:size], self._rest[size:]
        return part
