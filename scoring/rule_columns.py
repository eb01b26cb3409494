"""What rules see of many transactions in the form of `transactions.columns`, without lists.

The same values as `scoring.rule_fields` reads from facts one by one. Knows no Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from scoring.rule_fields import PLACE
from scoring.rules import hour_and_weekday
from scoring.rules.fields import SUBJECTS
from transactions.columns import OUTCOMES, RISK_LEVELS

Array = np.ndarray[Any, np.dtype[Any]]
Column = Callable[[pl.DataFrame, Array], Array]

# Of a word's code as an event holds it; 0 is none.
_OUTCOME_WORDS = np.array([None, *OUTCOMES], dtype=object)
_RISK_WORDS = np.array([None, *RISK_LEVELS], dtype=object)


def frame_columns(
    transactions: pl.DataFrame, features: Array, names: Iterable[str]
) -> Mapping[str, Array]:
    """Return a column for each name that rules look at.

    Parameters
    ----------
    transactions : DataFrame, n rows
        All columns of `transactions.columns.TRANSACTIONS`.
    features : ndarray of float32, shape (n, len(SCHEMA))
        In the same order.
    """
    return {name: _column(name, transactions, features) for name in names}


def _column(name: str, transactions: pl.DataFrame, features: Array) -> Array:
    told = COLUMNS.get(name)
    return features[:, PLACE[name]] if told is None else told(transactions, features)


def _numbers(expression: pl.Expr) -> Column:
    def read(transactions: pl.DataFrame, _: Array) -> Array:
        column = transactions.select(expression.cast(pl.Float64)).to_series()
        return column.fill_null(np.nan).to_numpy()

    return read


def _amount(transactions: pl.DataFrame, features: Array) -> Array:
    # Not divided by polars, which multiplies by 0.01: that is another number now and then.
    return _numbers(pl.col("amount_reference_minor"))(transactions, features) / 100


def _texts(name: str) -> Column:
    return lambda transactions, _: transactions[name].to_numpy().astype(object)


def _has(name: str) -> Column:
    return lambda transactions, _: (transactions[name].fill_null("") != "").to_numpy()


def _nowhere(transactions: pl.DataFrame, _: Array) -> Array:
    return np.zeros(len(transactions), dtype=bool)


def _hour(transactions: pl.DataFrame, _: Array) -> Array:
    return np.asarray(hour_and_weekday(_microseconds(transactions))[0])


def _weekday(transactions: pl.DataFrame, _: Array) -> Array:
    return np.asarray(hour_and_weekday(_microseconds(transactions))[1])


def _microseconds(transactions: pl.DataFrame) -> Array:
    return transactions["occurred_at"].cast(pl.Int64).to_numpy()


def _is_verified(_: pl.DataFrame, features: Array) -> Array:
    return features[:, PLACE["is_verification_approved"]] == 1


def _outcome(_: pl.DataFrame, features: Array) -> Array:
    is_known = ~np.isnan(features[:, PLACE["verification_age_days"]])
    codes = np.where(is_known, OUTCOMES.index("pending") + 1, 0)
    for outcome in ("declined", "in_review", "approved"):
        is_so = features[:, PLACE[f"is_verification_{outcome}"]] == 1
        codes = np.where(is_so, OUTCOMES.index(outcome) + 1, codes)
    return _OUTCOME_WORDS[codes]


def _risk(_: pl.DataFrame, features: Array) -> Array:
    return _RISK_WORDS[np.nan_to_num(features[:, PLACE["verification_risk"]]).astype(np.int64)]


COLUMNS: Mapping[str, Column] = {
    "amount": _amount,
    "amount_minor": _numbers(pl.col("amount_minor")),
    "mcc": _numbers(pl.col("mcc")),
    **{name: _texts(name) for name in ("currency", "kind", "channel", "country")},
    "hour_utc": _hour,
    "weekday": _weekday,
    "is_verified": _is_verified,
    "verification_outcome": _outcome,
    "verification_risk_level": _risk,
    "has_merchant": _has("merchant_id"),
    "has_device": _has("device_id"),
    "has_ip": _has("ip_address"),
    "has_card": _has("card_token"),
    # There are no lists beside a file.
    "on_block_list": _nowhere,
    "on_allow_list": _nowhere,
    **{f"blocked_{subject}": _nowhere for subject in SUBJECTS},
}
