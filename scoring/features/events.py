"""What moves the feature state: a transaction, a label becoming known, a verification's change.

One fixed-size record each, so that compiled code reads a batch of them as one array. The same
records are made from a request, from database rows and from files.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class EventKind(IntEnum):
    """What happened."""

    TRANSACTION = 0
    LABEL = 1
    VERIFICATION = 2


class Known(IntEnum):
    """What was known of a transaction before a label came."""

    NOTHING = 0
    HONEST = 1
    FRAUD = 2


# `amount` is in major units of the reference currency (EUR), above 0. Keys are 64-bit hashes of
# the entities' ids (see `entity_key`); 0 means that the event names none. Words travel as the codes
# of `transactions.columns.code_of`. Country is two ASCII letters packed as 256 * first + second,
# 0 unknown. Floats that are unknown are NaN.
#
# A LABEL event is at the time the label became known; it repeats keys, amount and time
# (`labelled_time_us`) of its transaction and says `is_fraud`; `previous_label` says what was known
# of the transaction until then (see `Known`), so that a correction takes the right count back. A
# VERIFICATION event names only the customer and what is known since then.
EVENT = np.dtype(
    [
        ("kind", "i1"),
        ("is_fraud", "i1"),
        ("transaction_kind", "i1"),
        ("channel", "i1"),
        ("verification_outcome", "i1"),
        ("verification_risk", "i1"),
        ("country", "u2"),
        ("mcc", "i2"),
        ("time_us", "i8"),
        ("arrival_us", "i8"),
        ("account_opened_us", "i8"),
        ("labelled_time_us", "i8"),
        ("amount", "f8"),
        ("transaction", "u8"),
        ("customer", "u8"),
        ("merchant", "u8"),
        ("device", "u8"),
        ("ip", "u8"),
        ("card", "u8"),
        ("latitude", "f4"),
        ("longitude", "f4"),
        ("face_match_score", "f4"),
        ("liveness_score", "f4"),
        ("previous_label", "i1"),
    ],
    align=True,
)


def as_events(events: Array) -> Array:
    """Return a batch in the one form that compiled code takes, copied only if it has another.

    Raises
    ------
    TypeError
        It is no one-dimensional array of EVENT.
    """
    # Comparing two record types takes longer than applying an event; almost always it is this one.
    if (events.dtype is not EVENT and events.dtype != EVENT) or events.ndim != 1:
        raise TypeError("Events come as an array of one dimension with the dtype EVENT.")
    is_plain = events.flags.carray and events.dtype is EVENT
    return events if is_plain else np.array(events, EVENT)


def entity_key(namespace: str, identifier: str) -> int:
    """Return the 64-bit key of an entity: never 0, the same in every process and on every machine.

    Parameters
    ----------
    namespace : str
        Keeps equal ids apart: the workspace's id in the database, "" in files.
    identifier : str
        The entity's id, not empty.

    Notes
    -----
    Among 50 million entities of one kind two share a key with a chance of 7e-5.

    Examples
    --------
    >>> entity_key("", "M-1") == entity_key("x", "M-1")
    False
    """
    text = f"{namespace}\x1f{identifier}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") or 1
