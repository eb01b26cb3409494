"""Arithmetic on single numbers: NaN is missing, infinity is an error.

The reference for `scoring.rules.columns`, which does the same on arrays.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

MISSING = math.nan
ERROR = math.inf

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def add(left: float, right: float) -> float:
    """Return the sum."""
    total = left + right
    return total if math.isfinite(total) else _unusable(left, right)


def subtract(left: float, right: float) -> float:
    """Return the difference."""
    difference = left - right
    return difference if math.isfinite(difference) else _unusable(left, right)


def multiply(left: float, right: float) -> float:
    """Return the product."""
    product = left * right
    return product if math.isfinite(product) else _unusable(left, right)


def divide(left: float, right: float) -> float:
    """Return the quotient; by zero is an error.

    Examples
    --------
    >>> divide(1.0, 4.0), divide(1.0, 0.0), divide(MISSING, 0.0), divide(MISSING, ERROR)
    (0.25, inf, nan, inf)
    """
    # A finite number over an infinite one would be zero: the error would be lost.
    if not (math.isfinite(left) and math.isfinite(right)):
        return _unusable(left, right)
    quotient = left / right if right else ERROR
    return quotient if math.isfinite(quotient) else ERROR


def smaller(left: float, right: float) -> float:
    """Return the smaller one."""
    if math.isfinite(left) and math.isfinite(right):
        return min(left, right)
    return _unusable(left, right)


def larger(left: float, right: float) -> float:
    """Return the larger one."""
    if math.isfinite(left) and math.isfinite(right):
        return max(left, right)
    return _unusable(left, right)


def _unusable(left: float, right: float) -> float:
    """Return what two numbers give that cannot be reckoned with: an error outweighs a gap."""
    if math.isinf(left) or math.isinf(right):
        return ERROR
    if math.isnan(left) or math.isnan(right):
        return MISSING
    return ERROR


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
}
EXTREMES: dict[str, Callable[[float, float], float]] = {"min": smaller, "max": larger}
