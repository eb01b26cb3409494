"""Random rules and random values for them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import strategies as st

from scoring.rules import NameSpec, RuleSchema, ValueType

NUMBERS = ("amount", "mean", "count")
TEXTS = ("country", "home")
FLAGS = ("is_new", "is_verified")
SCHEMA = RuleSchema.of(
    [NameSpec(name, ValueType.NUMBER) for name in NUMBERS]
    + [NameSpec(name, ValueType.TEXT) for name in TEXTS]
    + [NameSpec(name, ValueType.FLAG) for name in FLAGS]
)
WORDS = ("DE", "FR", "JP", "é")

_figures = st.sampled_from(["0", "1", "2.5", "3", "100", "1e15", "0.1"])
_texts_written = st.sampled_from([f'"{word}"' for word in (*WORDS, "XX", "YY")])


def _lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=3).map(lambda members: f"({', '.join(members)},)")


def _numbers() -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), _figures),
            st.builds("-{}".format, inner),
            st.builds("abs({})".format, inner),
            st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, _figures),
            st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
            st.builds("coalesce({}, {})".format, inner, inner | _figures),
        )

    return st.recursive(st.sampled_from(NUMBERS), grow, max_leaves=4)


def _texts() -> st.SearchStrategy[str]:
    names = st.sampled_from(TEXTS)
    return names | st.builds("coalesce({}, {})".format, names, names | _texts_written)


def _tests() -> st.SearchStrategy[str]:
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    numbers, texts = _numbers(), _texts()
    return st.one_of(
        st.builds("({} {} {})".format, numbers, signs, _figures),
        st.builds("({} {} {})".format, numbers, signs, numbers),
        st.builds("({} {} {} {} {})".format, _figures, signs, numbers, signs, numbers),
        st.builds("({} in {})".format, numbers, _lists(_figures)),
        st.builds(
            "({} {} {})".format, texts, st.sampled_from(["==", "!="]), texts | _texts_written
        ),
        st.builds("({} not in {})".format, texts, _lists(_texts_written)),
        st.sampled_from(FLAGS),
        st.builds("is_missing({})".format, numbers | texts | st.sampled_from(FLAGS)),
        st.builds(
            "coalesce({}, {})".format, st.sampled_from(FLAGS), st.sampled_from(["True", *FLAGS])
        ),
    )


def expressions() -> st.SearchStrategy[str]:
    """Return texts of the language, every part of it among them."""

    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("({} and {} and {})".format, inner, inner, inner),
            st.builds("(not {})".format, inner),
            st.builds("is_missing({})".format, inner),
            st.builds("coalesce({}, {})".format, inner, inner),
        )

    return st.recursive(_tests(), grow, max_leaves=6)


_BROKEN: list[Any] = [object(), "12", b"1", [1], 1j, math.inf, -math.inf, 10**400, Decimal("sNaN")]
_MISSING: list[Any] = [None, math.nan, np.float32("nan")]
_anything = st.sampled_from(_BROKEN + _MISSING)
_known_numbers = st.one_of(
    st.integers(-5, 5),
    st.floats(-1e3, 1e3, width=32),
    st.sampled_from([0.0, -0.0, 0.1, 2.5, 100, True, Decimal("2.5"), np.int64(3), np.float32(0.1)]),
)
_huge_numbers = st.sampled_from([1e308, -1e308, 5e-324, 2**53 + 1])
_known_texts = st.sampled_from(WORDS)
_known_flags = st.sampled_from([True, False, 0, 1, 0.0, 1.0, np.bool_(True)])

known_values: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    dict.fromkeys(NUMBERS, _known_numbers)
    | dict.fromkeys(TEXTS, _known_texts)
    | dict.fromkeys(FLAGS, _known_flags)
)
any_values: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    dict.fromkeys(NUMBERS, _known_numbers | _huge_numbers | _anything)
    | dict.fromkeys(TEXTS, _known_texts | st.sampled_from(["", "d", "ß\0"]) | _anything)
    | dict.fromkeys(FLAGS, _known_flags | _anything)
)
