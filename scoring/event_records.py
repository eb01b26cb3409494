"""The records that move the feature state, made from plain facts. Knows no Django.

One function a kind of event, for the database's rows and for the in-process detector alike, so
that the same facts always make the same record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from scoring.features import EVENT, EventKind, Known, country_code, entity_key
from transactions.columns import CHANNELS, KINDS, OUTCOMES, RISK_LEVELS, code_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MISSING = float("nan")
MEASURES = ("amount", "latitude", "longitude", "face_match_score", "liveness_score")
BLANK: dict[str, Any] = {name: MISSING if name in MEASURES else 0 for name in EVENT.names or ()}

Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFacts:
    """What features know of a transaction; entities by name, "" where it names none.

    `amount_reference_minor` is in cents of the reference currency, None if no rate is known.
    """

    transaction: str
    customer: str
    merchant: str = ""
    device: str = ""
    ip: str = ""
    card: str = ""
    kind: str
    channel: str = ""
    amount_reference_minor: int | None
    occurred_at: datetime
    arrived_at: datetime
    account_opened_at: datetime | None = None
    country: str = ""
    mcc: int | None = None
    latitude: float | None = None
    longitude: float | None = None


def events_of(records: Iterable[Record]) -> np.ndarray:
    """Return records as one array, in their order."""
    return np.array(list(records), dtype=EVENT)


def transaction_record(facts: TransactionFacts) -> Record:
    """Return the record of a transaction."""
    opened_at = facts.account_opened_at
    return _record(
        _described(facts),
        kind=int(EventKind.TRANSACTION),
        time_us=microseconds(facts.occurred_at),
        arrival_us=microseconds(facts.arrived_at),
        account_opened_us=microseconds(opened_at) if opened_at else 0,
    )


def label_record(
    facts: TransactionFacts, *, is_fraud: bool, previous: Known, known_at: datetime
) -> Record:
    """Return the record of a label that became known; it repeats its transaction.

    `previous` is what the features knew of the transaction until then.
    """
    known_us = microseconds(known_at)
    return _record(
        _described(facts),
        kind=int(EventKind.LABEL),
        is_fraud=int(is_fraud),
        previous_label=int(previous),
        time_us=known_us,
        arrival_us=known_us,
        labelled_time_us=microseconds(facts.occurred_at),
    )


def verification_record(
    *,
    customer: str,
    outcome: str,
    risk_level: str,
    face_match_score: float | None,
    liveness_score: float | None,
    decided_at: datetime,
) -> Record:
    """Return the record of a verification's change."""
    decided_us = microseconds(decided_at)
    return _record(
        BLANK,
        kind=int(EventKind.VERIFICATION),
        customer=key_of(customer),
        time_us=decided_us,
        arrival_us=decided_us,
        verification_outcome=code_of(outcome, OUTCOMES),
        verification_risk=code_of(risk_level, RISK_LEVELS),
        face_match_score=_or_missing(face_match_score),
        liveness_score=_or_missing(liveness_score),
    )


def microseconds(instant: datetime) -> int:
    """Return a time as whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


@lru_cache(maxsize=100_000)
def key_of(name: str) -> int:
    """Return the key of an entity's name, 0 for none; hashing a name once is enough."""
    return entity_key("", name) if name else 0


def _described(facts: TransactionFacts) -> dict[str, Any]:
    cents = facts.amount_reference_minor
    return BLANK | {
        # Not remembered: no transaction comes twice.
        "transaction": entity_key("", facts.transaction),
        "customer": key_of(facts.customer),
        "merchant": key_of(facts.merchant),
        "device": key_of(facts.device),
        "ip": key_of(facts.ip),
        "card": key_of(facts.card),
        "transaction_kind": code_of(facts.kind, KINDS),
        "channel": code_of(facts.channel, CHANNELS),
        "country": country_code(facts.country),
        "mcc": facts.mcc or 0,
        "latitude": _or_missing(facts.latitude),
        "longitude": _or_missing(facts.longitude),
        "amount": MISSING if cents is None else cents / 100,
    }


def _record(described: dict[str, Any], **more: Any) -> Record:
    return tuple((described | more).values())


def _or_missing(value: float | None) -> float:
    return MISSING if value is None else value
