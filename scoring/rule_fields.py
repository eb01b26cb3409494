"""What rules see of a transaction beside its features. Knows no Django.

Serving, backtests and the in-process detector take the values from here, so that a rule never
sees two different things under one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scoring.event_records import TransactionFacts, microseconds
from scoring.features import SCHEMA
from scoring.rules import FIELD_SCHEMA, ValueType, hour_and_weekday
from transactions.columns import RISK_LEVELS

Array = np.ndarray[Any, np.dtype[Any]]

PLACE = {name: place for place, name in enumerate(SCHEMA.names)}
_APPROVED, _IN_REVIEW, _DECLINED, _AGE, _RISK = (
    PLACE[f"{name}"]
    for name in (
        "is_verification_approved",
        "is_verification_in_review",
        "is_verification_declined",
        "verification_age_days",
        "verification_risk",
    )
)


@dataclass(frozen=True, slots=True)
class ListHit:
    """An entity of a transaction on a list. `kind` is "block" or "allow"."""

    list_id: str
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """All that rules may ask of one transaction."""

    facts: TransactionFacts
    amount_minor: int
    currency: str
    vector: Array
    hits: tuple[ListHit, ...] = field(default=())

    def is_blocked(self, subject: str) -> bool:
        """Whether the subject is on a block list."""
        return any(hit.kind == "block" and hit.subject == subject for hit in self.hits)


def row_values(row: RuleRow, names: Iterable[str]) -> dict[str, Any]:
    """Return the values that rules need, by name; None or NaN for what is not known."""
    return {name: _value(row, name) for name in names}


def row_columns(rows: Sequence[RuleRow], features: Array, names: Iterable[str]) -> dict[str, Array]:
    """Return the same for many rows, as one column a name."""
    return {name: _column(rows, features, name) for name in names}


def _value(row: RuleRow, name: str) -> Any:
    getter = GETTERS.get(name)
    return getter(row) if getter else float(row.vector[PLACE[name]])


def _column(rows: Sequence[RuleRow], features: Array, name: str) -> Array:
    getter = GETTERS.get(name)
    if getter is None:
        return features[:, PLACE[name]]
    values = [getter(row) for row in rows]
    spec = FIELD_SCHEMA.find(name)
    if spec is not None and spec.type is ValueType.TEXT:
        return np.array(values, dtype=object)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _amount(row: RuleRow) -> float | None:
    cents = row.facts.amount_reference_minor
    return None if cents is None else cents / 100


def _verification_outcome(row: RuleRow) -> str | None:
    """Return the outcome that the features know, which is the one known when it was applied."""
    for place, outcome in (
        (_APPROVED, "approved"),
        (_IN_REVIEW, "in_review"),
        (_DECLINED, "declined"),
    ):
        if row.vector[place] == 1:
            return outcome
    return None if np.isnan(row.vector[_AGE]) else "pending"


def _verification_risk_level(row: RuleRow) -> str | None:
    level = row.vector[_RISK]
    return None if np.isnan(level) or level < 1 else RISK_LEVELS[int(level) - 1]


def _hour(row: RuleRow) -> int:
    return int(hour_and_weekday(microseconds(row.facts.occurred_at))[0])


def _weekday(row: RuleRow) -> int:
    return int(hour_and_weekday(microseconds(row.facts.occurred_at))[1])


def _blocked(subject: str) -> Callable[[RuleRow], bool]:
    return lambda row: row.is_blocked(subject)


GETTERS: Mapping[str, Callable[[RuleRow], Any]] = {
    "amount": _amount,
    "amount_minor": lambda row: row.amount_minor,
    "currency": lambda row: row.currency,
    "kind": lambda row: row.facts.kind,
    "channel": lambda row: row.facts.channel or None,
    "country": lambda row: row.facts.country or None,
    "mcc": lambda row: row.facts.mcc,
    "hour_utc": _hour,
    "weekday": _weekday,
    "is_verified": lambda row: bool(row.vector[_APPROVED] == 1),
    "verification_outcome": _verification_outcome,
    "verification_risk_level": _verification_risk_level,
    "has_merchant": lambda row: bool(row.facts.merchant),
    "has_device": lambda row: bool(row.facts.device),
    "has_ip": lambda row: bool(row.facts.ip),
    "has_card": lambda row: bool(row.facts.card),
    "on_block_list": lambda row: any(hit.kind == "block" for hit in row.hits),
    "on_allow_list": lambda row: any(hit.kind == "allow" for hit in row.hits),
    **{
        f"blocked_{subject}": _blocked(subject)
        for subject in ("customer", "merchant", "device", "ip", "card")
    },
}
