"""The names rules know beside the features: the transaction itself, verification and lists.

Whoever evaluates rules gives a value for each of these; what is not known is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.rules.schema import NameSpec, RuleSchema, ValueType
from transactions.columns import CHANNELS, KINDS, OUTCOMES, RISK_LEVELS

# Entities that lists name; `scoring.choices.ListSubject` has the same words.
SUBJECTS = ("customer", "merchant", "device", "ip", "card")

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
# 1970-01-01 was a Thursday; Monday is 0.
EPOCH_WEEKDAY = 3


def _number(name: str, description: str, unit: str = "") -> NameSpec:
    return NameSpec(name, ValueType.NUMBER, description, unit)


def _text(name: str, description: str, words: tuple[str, ...] = (), pattern: str = "") -> NameSpec:
    return NameSpec(name, ValueType.TEXT, description, "", frozenset(words), pattern)


def _flag(name: str, description: str) -> NameSpec:
    return NameSpec(name, ValueType.FLAG, description)


FIELDS: tuple[NameSpec, ...] = (
    # Whole cents over 100 in 64 bits: `amount >= 9999.99` is true of 999,999 cents exactly.
    _number("amount", "the amount in the reference currency, to the cent", "EUR"),
    _number("amount_minor", "the amount in minor units of its own currency"),
    _text("currency", "three capital letters of ISO 4217", pattern="[A-Z]{3}"),
    _text("kind", "which way the money goes", KINDS),
    _text("channel", "through what it came", CHANNELS),
    _text("country", "two capital letters of ISO 3166-1", pattern="[A-Z]{2}"),
    _number("mcc", "the category of the merchant, ISO 18245"),
    _number("hour_utc", "the hour of the day in UTC, 0 to 23", "hours"),
    _number("weekday", "the day of the week in UTC, 0 Monday to 6 Sunday"),
    _flag("is_verified", "whether the customer's identity is verified"),
    _text("verification_outcome", "what the customer's verification came to", OUTCOMES),
    _text("verification_risk_level", "the risk the verification saw", RISK_LEVELS),
    _flag("has_merchant", "whether the transaction names a counterparty"),
    _flag("has_device", "whether the transaction names a device"),
    _flag("has_ip", "whether the transaction names an IP address"),
    _flag("has_card", "whether the transaction names a card"),
    _flag("on_block_list", "whether anything the transaction names is on a block list"),
    *(
        _flag(f"blocked_{subject}", f"whether the {subject} is on a block list")
        for subject in SUBJECTS
    ),
    _flag("on_allow_list", "whether anything the transaction names is on an allow list"),
)

FIELD_SCHEMA = RuleSchema.of(FIELDS)


class Feature(Protocol):
    """What a feature's description has to say; `scoring.features.FeatureSpec` does."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def description(self) -> str: ...


def rule_schema(features: Iterable[Feature]) -> RuleSchema:
    """Return the schema of features and fields together; a field hides a feature of its name.

    Parameters
    ----------
    features : iterable of Feature
        Those of unit "flag" become flags, the others numbers.
    """
    return RuleSchema.of([*map(_of_feature, features), *FIELDS])


def hour_and_weekday(
    time_us: NDArray[np.int64] | int,
) -> tuple[NDArray[np.int64] | int, NDArray[np.int64] | int]:
    """Return the hour (0–23) and weekday (0 Monday) in UTC of times in microseconds since 1970.

    Examples
    --------
    >>> hour_and_weekday(0)
    (0, 3)
    >>> hour_and_weekday(-1)
    (23, 2)
    """
    return time_us // HOUR_US % 24, (time_us // DAY_US + EPOCH_WEEKDAY) % 7


def _of_feature(feature: Feature) -> NameSpec:
    value_type = ValueType.FLAG if feature.unit == "flag" else ValueType.NUMBER
    unit = "" if value_type is ValueType.FLAG else feature.unit
    return NameSpec(feature.name, value_type, feature.description, unit)
