"""An expression as a function of one row: nested closures over the values it needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from scoring.rules.arithmetic import ARITHMETIC, COMPARE, EXTREMES
from scoring.rules.expression import (
    AllOf,
    AnyOf,
    Arithmetic,
    Coalesce,
    Comparison,
    Constant,
    Expression,
    Function,
    IsMissing,
    Membership,
    Name,
    Not,
    type_of,
)
from scoring.rules.outcomes import AND, ERROR, FALSE, MISSING, NOT, OR, TRUE
from scoring.rules.schema import ValueType
from scoring.rules.values import TEXT_ERROR, TEXT_MISSING

# The values of the names in use, in the order of their slots, as `scoring.rules.values` makes them.
Row = Sequence[Any]
Numeric = Callable[[Row], float]
Textual = Callable[[Row], str | None]
Condition = Callable[[Row], int]


def compile_row(expression: Expression, slots: Mapping[str, int]) -> Condition:
    """Return a function from a row to the outcome of a condition.

    Parameters
    ----------
    expression : Expression
        Of type FLAG.
    slots : mapping of str to int
        Where in the row the value of each name stands.

    Examples
    --------
    >>> amount = Name("amount", ValueType.NUMBER)
    >>> is_large = compile_row(Comparison(">", amount, Constant(5.0, ValueType.NUMBER)), {"amount": 0})
    >>> is_large([9.0]), is_large([math.nan])
    (1, 2)
    """  # noqa: E501 - a statement of a doctest stands on one line
    return _Compiler(slots).condition(expression)


class _Compiler:
    """Builds the closures; knows the slots."""

    def __init__(self, slots: Mapping[str, int]) -> None:
        self._slots = slots

    def condition(self, expression: Expression) -> Condition:
        match expression:
            case Name():
                return self._slot(expression)
            case Constant():
                return _always(TRUE if expression.value else FALSE)
            case Not():
                return _opposite(self.condition(expression.item))
            case AllOf():
                return _joined([self.condition(item) for item in expression.items], AND, FALSE)
            case AnyOf():
                return _joined([self.condition(item) for item in expression.items], OR, TRUE)
            case _:
                return self._test(expression)

    def _test(self, expression: Expression) -> Condition:
        match expression:
            case Comparison():
                return self._comparison(expression)
            case Membership():
                return self._membership(expression)
            case IsMissing():
                return self._is_missing(expression.item)
            case Coalesce():
                return reduce(_first_known_flag, map(self.condition, expression.items))
            case _:
                raise TypeError(f"{type(expression).__name__} is no condition")

    def number(self, expression: Expression) -> Numeric:
        match expression:
            case Name():
                return self._slot(expression)
            case Constant():
                return _always(float(expression.value))
            case Arithmetic():
                work_out = ARITHMETIC[expression.operator]
                return _pair(work_out, *map(self.number, (expression.left, expression.right)))
            case Function(name="abs"):
                return _absolute(self.number(expression.items[0]))
            case Function():
                choose = EXTREMES[expression.name]
                numbers = map(self.number, expression.items)
                return reduce(lambda one, other: _pair(choose, one, other), numbers)
            case Coalesce():
                return reduce(_first_known_number, map(self.number, expression.items))
            case _:
                raise TypeError(f"{type(expression).__name__} is no number")

    def text(self, expression: Expression) -> Textual:
        match expression:
            case Name():
                return self._slot(expression)
            case Constant():
                return _always(str(expression.value))
            case Coalesce():
                return reduce(_first_known_text, map(self.text, expression.items))
            case _:
                raise TypeError(f"{type(expression).__name__} is no text")

    def _slot(self, name: Name) -> Callable[[Row], Any]:
        slot = self._slots[name.name]
        return lambda row: row[slot]

    def _comparison(self, expression: Comparison) -> Condition:
        sides = (expression.left, expression.right)
        if type_of(expression.left) is ValueType.TEXT:
            equal = _texts_equal(*map(self.text, sides))
            return equal if expression.operator == "==" else _opposite(equal)
        return _numbers_compare(COMPARE[expression.operator], *map(self.number, sides))

    def _membership(self, expression: Membership) -> Condition:
        if type_of(expression.item) is ValueType.TEXT:
            return _text_among(self.text(expression.item), expression.members)
        return _number_among(self.number(expression.item), expression.members)

    def _is_missing(self, item: Expression) -> Condition:
        if type_of(item) is ValueType.TEXT:
            return _text_missing(self.text(item))
        if type_of(item) is ValueType.FLAG:
            return _flag_missing(self.condition(item))
        return _number_missing(self.number(item))


def _always(value: Any) -> Callable[[Row], Any]:
    return lambda row: value  # noqa: ARG005 - takes the row as all of them do


def _opposite(item: Condition) -> Condition:
    return lambda row: NOT[item(row)]


def _joined(items: list[Condition], table: tuple[tuple[int, ...], ...], certain: int) -> Condition:
    def join(row: Row) -> int:
        code = items[0](row)
        for item in items[1:]:
            if code == certain:
                return code
            code = table[code][item(row)]
        return code

    return join


def _pair(work_out: Callable[[float, float], float], left: Numeric, right: Numeric) -> Numeric:
    return lambda row: work_out(left(row), right(row))


def _absolute(item: Numeric) -> Numeric:
    return lambda row: abs(item(row))


def _numbers_compare(
    holds: Callable[[float, float], bool], left: Numeric, right: Numeric
) -> Condition:
    def compare(row: Row) -> int:
        one, other = left(row), right(row)
        if math.isfinite(one) and math.isfinite(other):
            return TRUE if holds(one, other) else FALSE
        return ERROR if math.isinf(one) or math.isinf(other) else MISSING

    return compare


def _texts_equal(left: Textual, right: Textual) -> Condition:
    def equal(row: Row) -> int:
        one, other = left(row), right(row)
        if one is TEXT_ERROR or other is TEXT_ERROR:
            return ERROR
        if not one or not other:
            return MISSING
        return TRUE if one == other else FALSE

    return equal


def _number_among(item: Numeric, members: frozenset[Any]) -> Condition:
    def among(row: Row) -> int:
        number = item(row)
        if math.isfinite(number):
            return TRUE if number in members else FALSE
        return ERROR if math.isinf(number) else MISSING

    return among


def _text_among(item: Textual, members: frozenset[Any]) -> Condition:
    def among(row: Row) -> int:
        text = item(row)
        if text is TEXT_ERROR:
            return ERROR
        if not text:
            return MISSING
        return TRUE if text in members else FALSE

    return among


def _number_missing(item: Numeric) -> Condition:
    def is_missing(row: Row) -> int:
        number = item(row)
        if math.isfinite(number):
            return FALSE
        return TRUE if math.isnan(number) else ERROR

    return is_missing


def _text_missing(item: Textual) -> Condition:
    def is_missing(row: Row) -> int:
        text = item(row)
        if text is TEXT_ERROR:
            return ERROR
        return FALSE if text else TRUE

    return is_missing


# Of a flag: known either way is not missing; an error stays one.
_FLAG_MISSING = (FALSE, FALSE, TRUE, ERROR)


def _flag_missing(item: Condition) -> Condition:
    return lambda row: _FLAG_MISSING[item(row)]


def _first_known_flag(first: Condition, then: Condition) -> Condition:
    def known(row: Row) -> int:
        code = first(row)
        return then(row) if code == MISSING else code

    return known


def _first_known_number(first: Numeric, then: Numeric) -> Numeric:
    def known(row: Row) -> float:
        number = first(row)
        return then(row) if math.isnan(number) else number

    return known


def _first_known_text(first: Textual, then: Textual) -> Textual:
    def known(row: Row) -> str | None:
        text = first(row)
        return then(row) if text == TEXT_MISSING else text

    return known
