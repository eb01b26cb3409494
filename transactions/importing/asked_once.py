"""Asking a Python function about a column: once for each text that differs."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def asked_once(texts: pl.Expr, question: Callable[[str], object], dtype: pl.DataType) -> pl.Expr:
    """Return the answer for each text, null for null.

    Parameters
    ----------
    texts : Expr of String
        Few of them distinct, or few not null: the function costs a microsecond or more each.
    question : callable
        Returns a value of `dtype`, or None.

    Examples
    --------
    >>> pl.Series(["a", None, "a"]).to_frame("x").select(
    ...     asked_once(pl.col("x"), str.isalpha, pl.Boolean())
    ... ).to_series().to_list()
    [True, None, True]
    """

    def answered(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        answers = pl.Series([question(text) for text in distinct], dtype=dtype)
        return column.replace_strict(distinct, answers, default=None, return_dtype=dtype)

    return texts.map_batches(answered, return_dtype=dtype)
