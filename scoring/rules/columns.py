"""An expression as a function of columns: the same outcomes as row by row, array at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.rules.binding import ERROR_WORD, MISSING_WORD, Bound, Codes, Mask, Numbers, Words
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
from scoring.rules.outcomes import (
    AND_TABLE,
    ERROR,
    FALSE,
    MISSING,
    NOT_TABLE,
    OR_TABLE,
    TRUE,
)
from scoring.rules.schema import ValueType

Pair = Callable[[Any, Any], Any]

ARITHMETIC: dict[str, Pair] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "min": np.minimum,
    "max": np.maximum,
}
COMPARE: dict[str, Pair] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_FLAG_MISSING = np.array((FALSE, FALSE, TRUE, ERROR), dtype=np.int8)


@dataclass(frozen=True, slots=True)
class ColumnEvaluator:
    """Works expressions out over the columns of one batch.

    Attributes
    ----------
    columns : tuple of Bound
        By slot.
    slots : mapping of str to int
        Of each name.
    words : Words
        Codes of the texts in the columns; those of the expression are added as they come.
    n_rows : int
        Length of every column.
    """

    columns: tuple[Bound, ...]
    slots: Mapping[str, int]
    words: Words
    n_rows: int

    def condition(self, expression: Expression) -> Codes:
        """Return the outcome of a condition for every row, as codes of `scoring.rules.outcomes`."""
        match expression:
            case Name():
                flags: Codes = self._column(expression)
                return flags
            case Constant():
                return np.full(self.n_rows, TRUE if expression.value else FALSE, dtype=np.int8)
            case Not():
                return NOT_TABLE.take(self.condition(expression.item))
            case AllOf():
                return _joined(AND_TABLE, [self.condition(item) for item in expression.items])
            case AnyOf():
                return _joined(OR_TABLE, [self.condition(item) for item in expression.items])
            case _:
                return self._test(expression)

    def _test(self, expression: Expression) -> Codes:
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

    def number(self, expression: Expression) -> Numbers:
        """Return the values of a number for every row."""
        match expression:
            case Name():
                numbers: Numbers = self._column(expression)
                return numbers
            case Constant():
                return Numbers(np.asarray(float(expression.value)))
            case Arithmetic():
                sides = (self.number(expression.left), self.number(expression.right))
                return _work_out(ARITHMETIC[expression.operator], *sides)
            case Function(name="abs"):
                item = self.number(expression.items[0])
                return Numbers(np.abs(item.values), item.missing, item.error)
            case Function():
                choose = ARITHMETIC[expression.name]
                items = map(self.number, expression.items)
                return reduce(lambda one, other: _work_out(choose, one, other), items)
            case Coalesce():
                return reduce(_first_known_number, map(self.number, expression.items))
            case _:
                raise TypeError(f"{type(expression).__name__} is no number")

    def text(self, expression: Expression) -> NDArray[np.int32]:
        """Return the codes of a text for every row."""
        match expression:
            case Name():
                texts: NDArray[np.int32] = self._column(expression)
                return texts
            case Constant():
                return np.full(self.n_rows, self.words[str(expression.value)], dtype=np.int32)
            case Coalesce():
                return reduce(_first_known_text, map(self.text, expression.items))
            case _:
                raise TypeError(f"{type(expression).__name__} is no text")

    def _column(self, name: Name) -> Any:
        # `Any`: the form follows from the name's type, which the checker has seen to.
        return self.columns[self.slots[name.name]]

    def _comparison(self, expression: Comparison) -> Codes:
        if type_of(expression.left) is ValueType.TEXT:
            return self._texts_compare(expression)
        one, other = self.number(expression.left), self.number(expression.right)
        holds = COMPARE[expression.operator](one.values, other.values)
        return _masked(holds, _either(one.missing, other.missing), _either(one.error, other.error))

    def _texts_compare(self, expression: Comparison) -> Codes:
        one, other = self.text(expression.left), self.text(expression.right)
        codes: Codes = COMPARE[expression.operator](one, other).astype(np.int8)
        codes[(one == MISSING_WORD) | (other == MISSING_WORD)] = MISSING
        codes[(one == ERROR_WORD) | (other == ERROR_WORD)] = ERROR
        return codes

    def _membership(self, expression: Membership) -> Codes:
        if type_of(expression.item) is ValueType.TEXT:
            return self._texts_among(expression)
        item = self.number(expression.item)
        holds = np.isin(item.values, np.array(sorted(expression.members), dtype=np.float64))
        return _masked(holds, item.missing, item.error)

    def _texts_among(self, expression: Membership) -> Codes:
        texts = self.text(expression.item)
        members = [self.words[str(word)] for word in expression.members]
        # The outcome of every code there is: missing, the words, and last, at -1, an error.
        outcomes = np.zeros(len(self.words) + 2, dtype=np.int8)
        outcomes[members] = TRUE
        outcomes[MISSING_WORD], outcomes[ERROR_WORD] = MISSING, ERROR
        return outcomes.take(texts, mode="wrap")

    def _is_missing(self, item: Expression) -> Codes:
        if type_of(item) is ValueType.FLAG:
            return _FLAG_MISSING.take(self.condition(item))
        if type_of(item) is ValueType.TEXT:
            texts = self.text(item)
            return _masked(texts == MISSING_WORD, None, texts == ERROR_WORD)
        number = self.number(item)
        missing = np.zeros(self.n_rows, dtype=np.bool_)
        return _masked(missing if number.missing is None else number.missing, None, number.error)


def _joined(table: Codes, parts: list[Codes]) -> Codes:
    return reduce(lambda one, other: table.take(one * np.int8(4) + other), parts)


def _masked(holds: NDArray[np.bool_], missing: Mask | None, error: Mask | None) -> Codes:
    codes = holds.astype(np.int8)
    if missing is not None:
        codes[missing] = MISSING
    if error is not None:
        codes[error] = ERROR
    return codes


def _either(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None:
        return other
    return one if other is None else one | other


def _work_out(operation: Pair, one: Numbers, other: Numbers) -> Numbers:
    values = operation(one.values, other.values)
    missing, error = _either(one.missing, other.missing), _either(one.error, other.error)
    unusable = ~np.isfinite(values)
    if missing is not None:
        unusable &= ~missing
    return Numbers(values, missing, _either(error, unusable) if unusable.any() else error)


def _first_known_flag(first: Codes, then: Codes) -> Codes:
    return np.where(first == MISSING, then, first)


def _first_known_text(first: NDArray[np.int32], then: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where(first == MISSING_WORD, then, first)


def _first_known_number(first: Numbers, then: Numbers) -> Numbers:
    if first.missing is None:
        return first
    values = np.where(first.missing, then.values, first.values)
    missing = None if then.missing is None else first.missing & then.missing
    error = first.error
    if then.error is not None:
        error = _either(error, first.missing & then.error)
    return Numbers(values, missing, error)
