"""Values from outside, brought into the three types of the language.

Missing are None, NaN and the empty text. What is infinite, of another type or not there at all is
an error: it never takes part in a condition as if it were a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import numpy as np

from scoring.rules import arithmetic, outcomes
from scoring.rules.schema import ValueType


class _Absent:
    """Stands for a name that the caller gave no value for: of no type of the language."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

# Of texts: "" is missing, None an error.
TEXT_MISSING: Final = ""
TEXT_ERROR: Final = None

_NUMBERS = (int, float, Decimal, np.integer, np.floating, np.bool_)


def as_number(value: object) -> float:
    """Return a number, NaN for a missing one, infinity for an error.

    Examples
    --------
    >>> as_number(3), as_number(None), as_number("3"), as_number(10**400)
    (3.0, nan, inf, inf)
    """
    if type(value) is float:
        return value
    if value is None:
        return arithmetic.MISSING
    if not isinstance(value, _NUMBERS):
        return arithmetic.ERROR
    try:
        return float(value)
    except (OverflowError, ValueError):
        return arithmetic.ERROR


def as_text(value: object) -> str | None:
    """Return a text, the empty one for a missing one, None for an error.

    Examples
    --------
    >>> as_text("DE"), as_text(None), as_text(3)
    ('DE', '', None)
    """
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return TEXT_MISSING
    return TEXT_ERROR


def as_flag(value: object) -> int:
    """Return a flag as a code of `scoring.rules.outcomes`; of numbers, 0 is false.

    Examples
    --------
    >>> as_flag(True), as_flag(0.0), as_flag(None), as_flag("yes")
    (1, 0, 2, 3)
    """
    if value is True:
        return outcomes.TRUE
    if value is False:
        return outcomes.FALSE
    number = as_number(value)
    if math.isfinite(number):
        return outcomes.TRUE if number else outcomes.FALSE
    return outcomes.ERROR if math.isinf(number) else outcomes.MISSING


# `Any`: each type has its own form of values.
CONVERT: dict[ValueType, Callable[[object], Any]] = {
    ValueType.NUMBER: as_number,
    ValueType.TEXT: as_text,
    ValueType.FLAG: as_flag,
}
