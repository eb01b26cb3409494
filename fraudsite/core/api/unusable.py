"""Values of the right type that nothing further on can hold, found in a decoded body.

A decimal may be "NaN", or 1E+999999999, which as a whole number takes a gigabyte; a whole number
may be beyond PostgreSQL's bigint; a time may leave Python's calendar when moved to UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from typing import Any

import msgspec

# PostgreSQL: bigint is 8 bytes with a sign.
BIGINT_END = 2**63
# Beyond any amount of money in any currency, in minor units as well (ISO 4217 has at most 4).
DECIMAL_MAX_EXPONENT = 18
DECIMAL_MAX_DIGITS = 36

Path = tuple[str, ...]


def find_unusable(value: Any) -> tuple[Path, str] | None:
    """Return the path to the first unusable value and how a value must be instead, or None.

    Examples
    --------
    >>> find_unusable({"amounts": [1, 2**63]})
    (('amounts', '1'), 'must be a whole number between -2^63 and 2^63 - 1')
    >>> find_unusable({"amounts": [1, 2]}) is None
    True
    """
    rule = _RULES.get(type(value))
    if rule is not None:
        wanted = rule(value)
        return ((), wanted) if wanted else None
    for name, member in _members(value):
        # Most values are plain; asking no further halves the time for a batch.
        found = None if type(member) in _PLAIN else find_unusable(member)
        if found is not None:
            return (name, *found[0]), found[1]
    return None


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        values = (getattr(value, name) for name in value.__struct_fields__)
        return zip(value.__struct_encode_fields__, values, strict=True)
    if isinstance(value, dict):
        return ((str(name), member) for name, member in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return ((str(position), member) for position, member in enumerate(value))
    return iter(())


def _of_integer(value: int) -> str | None:
    fits = -BIGINT_END <= value < BIGINT_END
    return None if fits else "must be a whole number between -2^63 and 2^63 - 1"


def _of_decimal(value: Decimal) -> str | None:
    if value.is_finite():
        digits, exponent = value.as_tuple().digits, value.adjusted()
        if len(digits) <= DECIMAL_MAX_DIGITS and abs(exponent) <= DECIMAL_MAX_EXPONENT:
            return None
    return "must be a decimal number such as 12.50"


def _of_time(value: datetime) -> str | None:
    # A zone moves a time by less than a day.
    is_safe = MINYEAR < value.year < MAXYEAR
    return None if is_safe else "must be a time between the years 2 and 9998"


_PLAIN = {str, float, bool, type(None)}
_RULES: dict[type, Callable[[Any], str | None]] = {
    int: _of_integer,
    Decimal: _of_decimal,
    datetime: _of_time,
}
