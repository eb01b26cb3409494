"""Events from the tables of a history, in the order in which they would have been applied."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from scoring.features.events import EVENT, EventKind
from scoring.features.keys import keys_of
from scoring.features.timeline import LABEL, Timeline
from transactions.columns import (
    ACCOUNTS,
    CHANNELS,
    KINDS,
    KYC_PROFILES,
    LABELS,
    OUTCOMES,
    RISK_LEVELS,
    TRANSACTIONS,
    code_of,
)

Array = np.ndarray[Any, np.dtype[Any]]


def events_from_frames(
    transactions: pl.DataFrame,
    *,
    labels: pl.DataFrame | None = None,
    kyc_profiles: pl.DataFrame | None = None,
    accounts: pl.DataFrame | None = None,
    namespace: str = "",
) -> Timeline:
    """Return the events of a history in the form of `transactions.columns`.

    A transaction is applied when it arrived (when it happened, if that is not known), a label when
    it was known but not before its transaction, a verification when it was decided. At the same
    microsecond verifications come first, then labels, then transactions, each in the order of rows.
    Labels of transactions that are not in the table are left out.

    Parameters
    ----------
    transactions : DataFrame
        At least the columns in `transactions.columns.REQUIRED`.
    labels, kyc_profiles, accounts : DataFrame, optional
    namespace : str
        The one of `entity_key`.

    Notes
    -----
    Without a reference amount, an amount in euros counts as it is; any other is missing.
    """
    payments = _transactions(_complete(transactions, TRANSACTIONS), accounts, namespace)
    known = _labels(payments, transactions["transaction_id"], labels)
    profiles = _verifications(kyc_profiles, namespace)
    return Timeline.ordered(payments, known, profiles)


def _complete(frame: pl.DataFrame, columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return exactly these columns; those left out are null."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in columns.items()
    )


def _transactions(frame: pl.DataFrame, accounts: pl.DataFrame | None, namespace: str) -> Array:
    events = np.zeros(frame.height, EVENT)
    events["kind"] = EventKind.TRANSACTION
    events["transaction_kind"] = _codes(frame["kind"], KINDS)
    events["channel"] = _codes(frame["channel"], CHANNELS)
    events["country"] = _countries(frame["country"])
    events["mcc"] = frame["mcc"].fill_null(0)
    events["time_us"] = _instants(frame["occurred_at"])
    events["arrival_us"] = _instants(frame["arrived_at"])
    events["account_opened_us"] = _openings(frame["account_id"], accounts)
    events["amount"] = _amounts(frame)
    events["transaction"] = keys_of(frame["transaction_id"], namespace)
    events["customer"] = keys_of(frame["customer_id"], namespace)
    events["merchant"] = keys_of(frame["merchant_id"], namespace)
    events["device"] = keys_of(frame["device_id"], namespace)
    events["ip"] = keys_of(frame["ip_address"], namespace)
    events["card"] = keys_of(frame["card_token"], namespace)
    events["latitude"] = frame["latitude"].fill_null(np.nan)
    events["longitude"] = frame["longitude"].fill_null(np.nan)
    return _without_scores(events)


def _verifications(frame: pl.DataFrame | None, namespace: str) -> Array:
    frame = _complete(frame if frame is not None else pl.DataFrame(), KYC_PROFILES)
    frame = frame.filter(pl.col("customer_id").is_not_null())
    events = np.zeros(frame.height, EVENT)
    events["kind"] = EventKind.VERIFICATION
    events["time_us"] = _instants(frame["decided_at"])
    events["customer"] = keys_of(frame["customer_id"], namespace)
    events["verification_outcome"] = _codes(frame["outcome"], OUTCOMES)
    events["verification_risk"] = _codes(frame["risk_level"], RISK_LEVELS)
    events["amount"] = events["latitude"] = events["longitude"] = np.nan
    events["face_match_score"] = frame["face_match_score"].fill_null(np.nan)
    events["liveness_score"] = frame["liveness_score"].fill_null(np.nan)
    return events


def _without_scores(events: Array) -> Array:
    events["face_match_score"] = events["liveness_score"] = np.nan
    return events


def _labels(payments: Array, ids: pl.Series, labels: pl.DataFrame | None) -> Array:
    frame = _complete(labels if labels is not None else pl.DataFrame(), LABELS)
    rows = pl.DataFrame({"transaction_id": ids}).with_row_index("of")
    joined = (
        frame.with_row_index("row")
        .join(rows, on="transaction_id", how="inner", maintain_order="left")
        .filter(pl.col("is_fraud").is_not_null() & pl.col("known_at").is_not_null())
    )
    known = np.zeros(joined.height, LABEL)
    known["row"], known["of"] = joined["row"], joined["of"]
    known["is_fraud"] = joined["is_fraud"]
    arrived = _arrivals(payments)[known["of"]]
    known["time_us"] = np.maximum(_instants(joined["known_at"]), arrived + 1)
    return _with_previous(known)


def _with_previous(known: Array) -> Array:
    """Note at each label what the one before of the same transaction said."""
    order = np.lexsort((known["row"], known["time_us"], known["of"]))
    ordered = known[order]
    again = np.flatnonzero(ordered["of"][1:] == ordered["of"][:-1]) + 1
    ordered["previous_label"][again] = 1 + ordered["is_fraud"][again - 1]
    known[order] = ordered
    return known


def _arrivals(payments: Array) -> Array:
    return np.where(payments["arrival_us"] > 0, payments["arrival_us"], payments["time_us"])


def _amounts(frame: pl.DataFrame) -> Array:
    is_euro = pl.col("currency") == "EUR"
    minor = pl.coalesce("amount_reference_minor", pl.when(is_euro).then("amount_minor"))
    cents: Array = frame.select(minor.cast(pl.Float64).fill_null(np.nan)).to_series().to_numpy()
    # Not by polars, which multiplies by 0.01 and is off by the last bit in one amount of seven.
    return cents / 100.0


def _instants(column: pl.Series) -> Array:
    return column.cast(pl.Int64).fill_null(0).to_numpy()


def _codes(column: pl.Series, words: tuple[str, ...]) -> Array:
    codes = {word: code_of(word, words) for word in words}
    return column.replace_strict(codes, default=0, return_dtype=pl.Int8).to_numpy()


def _countries(column: pl.Series) -> Array:
    codes = {word: country_code(word) for word in column.unique().drop_nulls()}
    return column.replace_strict(codes, default=0, return_dtype=pl.UInt16).to_numpy()


def country_code(country: str) -> int:
    """Return two letters as an event holds them, 0 for anything else.

    Examples
    --------
    >>> country_code("DE") == 256 * ord("D") + ord("E"), country_code("Germany")
    (True, 0)
    """
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        return 0
    first, second = country.upper().encode()
    return 256 * first + second


def _openings(account_ids: pl.Series, accounts: pl.DataFrame | None) -> Array:
    frame = _complete(accounts if accounts is not None else pl.DataFrame(), ACCOUNTS)
    opened = frame.select("account_id", "opened_at").unique("account_id", keep="first")
    joined = account_ids.to_frame().join(opened, on="account_id", how="left", maintain_order="left")
    return _instants(joined["opened_at"])
