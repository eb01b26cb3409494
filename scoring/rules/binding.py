"""Columns from outside, brought into the form that `scoring.rules.columns` works on.

The same conversions as `scoring.rules.values` makes for one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.rules import outcomes
from scoring.rules.schema import ValueType
from scoring.rules.values import as_flag, as_number, as_text

Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]

# Codes of texts: two words of an evaluation have the same code exactly if they are equal.
MISSING_WORD, ERROR_WORD = 0, -1


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers, shape (n,), or one number for all rows, shape ().

    Attributes
    ----------
    values : ndarray, dtype=float64
        Anything where a mask is set.
    missing, error : ndarray of bool, or None
        None for nowhere. Where both are set, it is an error.
    """

    values: NDArray[np.float64]
    missing: Mask | None = None
    error: Mask | None = None


class Words(dict[str, int]):
    """Numbers the words of one evaluation as they come up."""

    def __missing__(self, word: str) -> int:
        code = self[word] = len(self) + 1
        return code


# A column as it is evaluated: numbers, the codes of texts, or the codes of flags.
Bound = Numbers | NDArray[np.int32] | Codes


def bind_numbers(column: NDArray[Any]) -> Numbers:
    """Return a column of any numeric kind or of objects as numbers."""
    if column.dtype.kind in "fiub":
        values = column.astype(np.float64)
    else:
        values = np.array([as_number(value) for value in column.tolist()], dtype=np.float64)
    if np.isfinite(values).all():
        return Numbers(values)
    return Numbers(values, _or_none(np.isnan(values)), _or_none(np.isinf(values)))


def bind_texts(column: NDArray[Any], words: Words) -> NDArray[np.int32]:
    """Return the codes of a column of texts or objects."""
    items = column.tolist()
    if not set(map(type, items)) <= {str}:
        return np.array([_word_code(as_text(item), words) for item in items], dtype=np.int32)
    codes = np.fromiter(map(words.__getitem__, items), np.int32, len(items))
    codes[codes == words.get("", ERROR_WORD)] = MISSING_WORD
    return codes


def bind_flags(column: NDArray[Any]) -> Codes:
    """Return the codes of a column of booleans, numbers or objects."""
    if column.dtype.kind == "b":
        return column.astype(np.int8)
    if column.dtype.kind not in "fiu":
        return np.array([as_flag(value) for value in column.tolist()], dtype=np.int8)
    codes: Codes = (column != 0).astype(np.int8)
    if column.dtype.kind == "f" and not np.isfinite(column).all():
        codes[np.isnan(column)] = outcomes.MISSING
        codes[np.isinf(column)] = outcomes.ERROR
    return codes


def bind_column(
    column: NDArray[Any] | None, value_type: ValueType, n_rows: int, words: Words
) -> Bound:
    """Return one column in the form of its type; one that is not there is an error in every row.

    Raises
    ------
    ValueError
        For a column of another length.
    """
    if column is None:
        column = np.full(n_rows, _ABSENT, dtype=object)
    if column.shape != (n_rows,):
        raise ValueError(f"A column has the shape {column.shape}, not {(n_rows,)}.")
    if value_type is ValueType.NUMBER:
        return bind_numbers(column)
    if value_type is ValueType.TEXT:
        return bind_texts(column, words)
    return bind_flags(column)


def bind(
    columns: Mapping[str, NDArray[Any]], names: Mapping[str, ValueType], n_rows: int
) -> tuple[tuple[Bound, ...], Words]:
    """Return the columns of some names in their order, and the words met."""
    words = Words()
    bound = tuple(
        bind_column(columns.get(name), value_type, n_rows, words)
        for name, value_type in names.items()
    )
    return bound, words


_ABSENT = object()


def _word_code(word: str | None, words: Words) -> int:
    if word is None:
        return ERROR_WORD
    return words[word] if word else MISSING_WORD


def _or_none(mask: Mask) -> Mask | None:
    return mask if mask.any() else None
