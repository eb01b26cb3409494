"""The recorded history as events, in the order in which it was applied.

Read by COPY and turned column by column, so that millions of rows take minutes and not hours. The
records are the same to the bit as those of `scoring.entity_events`; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from scoring.copied_rows import copied_rows
from scoring.event_records import BLANK, key_of
from scoring.features import EVENT, EventKind, country_code
from transactions.columns import CHANNELS, KINDS, OUTCOMES, RISK_LEVELS, code_of
from transactions.incoming import plain_address

# Of the order of application; some 200 MB of text and records at a time.
CHUNK = 400_000

# A name is made in SQL as `scoring.entity_names.name_in` makes it.
TRANSACTION_COLUMNS = """
    moved.id::text AS transaction, moved.customer_id::text AS customer,
    moved.workspace_id::text || ':' || moved.merchant_id AS merchant,
    moved.workspace_id::text || ':' || nullif(moved.device_reference, '') AS device,
    moved.workspace_id::text AS workspace, host(moved.ip_address) AS ip,
    moved.workspace_id::text || ':' || moved.card_id AS card,
    moved.kind AS transaction_kind, moved.channel, nullif(moved.country, '') AS country,
    moved.mcc, moved.latitude, moved.longitude, moved.amount_reference_minor
"""
TRANSACTIONS = f"""
SELECT moved.sequence, {TRANSACTION_COLUMNS},
    (extract(epoch FROM moved.occurred_at) * 1000000)::bigint AS time_us,
    (extract(epoch FROM moved.arrived_at) * 1000000)::bigint AS arrival_us,
    coalesce((extract(epoch FROM account.opened_at) * 1000000)::bigint, 0) AS account_opened_us
FROM transactions_transaction AS moved
LEFT JOIN transactions_account AS account ON account.id = moved.account_id
WHERE moved.sequence BETWEEN {{first}} AND {{last}}
ORDER BY moved.sequence
"""  # noqa: S608 - nothing from outside: numbers go in through `int`
LABELS = f"""
SELECT label.sequence, {TRANSACTION_COLUMNS},
    (extract(epoch FROM label.known_at) * 1000000)::bigint AS time_us,
    (extract(epoch FROM moved.occurred_at) * 1000000)::bigint AS labelled_time_us,
    label.is_fraud::int AS is_fraud,
    coalesce((SELECT 1 + earlier.is_fraud::int FROM transactions_label AS earlier
              WHERE earlier.transaction_id = label.transaction_id
                AND earlier.sequence < label.sequence
              ORDER BY earlier.sequence DESC LIMIT 1), 0) AS previous_label
FROM transactions_label AS label
JOIN transactions_transaction AS moved ON moved.id = label.transaction_id
WHERE label.sequence BETWEEN {{first}} AND {{last}}
ORDER BY label.sequence
"""  # noqa: S608 - as above
VERIFICATIONS = """
SELECT sequence, customer_id::text AS customer, outcome, nullif(risk_level, '') AS risk_level,
    face_match_score, liveness_score,
    (extract(epoch FROM decided_at) * 1000000)::bigint AS time_us
FROM scoring_verificationchange
WHERE sequence BETWEEN {first} AND {last}
ORDER BY sequence
"""
MAX_SEQUENCE = """
SELECT greatest(
    (SELECT max(sequence) FROM transactions_transaction WHERE sequence IS NOT NULL),
    (SELECT max(sequence) FROM transactions_label WHERE sequence IS NOT NULL),
    (SELECT max(sequence) FROM scoring_verificationchange WHERE sequence IS NOT NULL)
)
"""

Array = np.ndarray[Any, np.dtype[Any]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StoredEvents:
    """A stretch of history.

    Attributes
    ----------
    events : ndarray of EVENT, shape (n,)
        In the order of application.
    transaction_ids : list of str
        Of the transactions among them, in the same order.
    """

    events: Array
    transaction_ids: list[str]


def last_sequence() -> int:
    """Return the last place in the order of application, 0 if nothing was applied."""
    with connection.cursor() as cursor:
        cursor.execute(MAX_SEQUENCE)
        return int(cursor.fetchone()[0] or 0)


def stored_events(
    *, first: int, last: int, progress: Progress | None = None
) -> Iterator[StoredEvents]:
    """Yield the history between two places, both included, in stretches."""
    for start in range(first, last + 1, CHUNK):
        stop = min(start + CHUNK - 1, last)
        yield _stretch(start, stop)
        if progress:
            progress(stop - first + 1, last - first + 1)


def _stretch(first: int, last: int) -> StoredEvents:
    moved = _copied(TRANSACTIONS, first, last)
    labels = _copied(LABELS, first, last)
    changes = _copied(VERIFICATIONS, first, last)
    sequences = np.concatenate([frame["sequence"].to_numpy() for frame in (moved, labels, changes)])
    events = np.concatenate(
        [
            _described(moved, EventKind.TRANSACTION),
            _described(labels, EventKind.LABEL),
            _verifications(changes),
        ]
    )
    order = np.argsort(sequences, kind="stable")
    return StoredEvents(events[order], moved["transaction"].to_list())


TYPES: dict[str, pl.DataType] = {
    "sequence": pl.Int64(),
    "mcc": pl.Int16(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "amount_reference_minor": pl.Int64(),
    "time_us": pl.Int64(),
    "arrival_us": pl.Int64(),
    "account_opened_us": pl.Int64(),
    "labelled_time_us": pl.Int64(),
    "is_fraud": pl.Int8(),
    "previous_label": pl.Int8(),
    "face_match_score": pl.Float64(),
    "liveness_score": pl.Float64(),
}

INSTANTS_AND_LABELS = (
    *("time_us", "arrival_us", "account_opened_us", "labelled_time_us"),
    *("is_fraud", "previous_label"),
)


def _copied(query: str, first: int, last: int) -> pl.DataFrame:
    return copied_rows(query.format(first=int(first), last=int(last)), TYPES)


def _described(frame: pl.DataFrame, kind: EventKind) -> Array:
    events = _blank(frame.height, kind)
    for name in ("transaction", "customer", "merchant", "device", "card"):
        events[name] = _mapped(frame[name], key_of, np.uint64)
    events["ip"] = _address_keys(frame)
    events["transaction_kind"] = _mapped(
        frame["transaction_kind"], lambda word: code_of(word, KINDS), np.int8
    )
    events["channel"] = _mapped(frame["channel"], lambda word: code_of(word, CHANNELS), np.int8)
    events["country"] = _mapped(frame["country"], country_code, np.uint16)
    events["mcc"] = frame["mcc"].fill_null(0).to_numpy()
    events["amount"] = frame["amount_reference_minor"].cast(pl.Float64).to_numpy() / 100
    for name in ("latitude", "longitude"):
        events[name] = frame[name].to_numpy()
    for name in INSTANTS_AND_LABELS:
        if name in frame.columns:
            events[name] = frame[name].to_numpy()
    if kind is EventKind.LABEL:
        events["arrival_us"] = events["time_us"]
    return events


def _verifications(frame: pl.DataFrame) -> Array:
    events = _blank(frame.height, EventKind.VERIFICATION)
    events["customer"] = _mapped(frame["customer"], key_of, np.uint64)
    events["time_us"] = events["arrival_us"] = frame["time_us"].to_numpy()
    events["verification_outcome"] = _mapped(
        frame["outcome"], lambda word: code_of(word, OUTCOMES), np.int8
    )
    events["verification_risk"] = _mapped(
        frame["risk_level"], lambda word: code_of(word, RISK_LEVELS), np.int8
    )
    for name in ("face_match_score", "liveness_score"):
        events[name] = frame[name].to_numpy()
    return events


def _blank(rows: int, kind: EventKind) -> Array:
    events = np.array([tuple(BLANK.values())], EVENT).repeat(rows)
    events["kind"] = int(kind)
    return events


def _address_keys(frame: pl.DataFrame) -> Array:
    plain = {text: plain_address(text) for text in frame["ip"].unique().drop_nulls()}
    named = frame.select(
        pl.col("workspace") + ":" + pl.col("ip").replace_strict(plain, return_dtype=pl.String)
    )
    return _mapped(named.to_series(), key_of, np.uint64)


def _mapped(column: pl.Series, convert: Callable[[str], int], dtype: type[np.generic]) -> Array:
    """Return what each word stands for, asking once a word; 0 for none."""
    words = column.drop_nulls().unique().to_list()
    codes = column.cast(pl.Enum(words)).to_physical().fill_null(len(words)).to_numpy()
    values = np.array([convert(word) for word in words] + [0], dtype=dtype)
    return values[codes]
