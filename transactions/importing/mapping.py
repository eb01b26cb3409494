"""From somebody's columns to ours: words, amounts, times and labels as the map says."""

from __future__ import annotations

import polars as pl

from transactions.columns import TRANSACTIONS
from transactions.importing.addresses import plain_addresses
from transactions.importing.amounts import (
    amount_refusals,
    exponents,
    minor_units,
    plain_amount,
)
from transactions.importing.checks import Check
from transactions.importing.instants import instants_of
from transactions.importing.map_file import INSTANTS, HistoryMap, LabelForm, MapRefused
from transactions.importing.sources import ROW

# A cell as it was given stays beside what was made of it, so that a check can tell the two cases
# of "nothing came out": nothing was given, or it could not be read.
GIVEN = "_given_"
IS_FRAUD, KNOWN_AT, FRAUD_TYPE = "is_fraud", "known_at", "fraud_type"
_LOWERED, _RAISED = ("kind", "channel"), ("currency", "country")
_IDS = ("transaction_id", "customer_id", "account_id", "card_token", "device_id", "merchant_id")


def mapped(frame: pl.DataFrame, history_map: HistoryMap) -> pl.DataFrame:
    """Return the columns of `TRANSACTIONS` and of labels, `ROW`, and the given texts.

    Parameters
    ----------
    frame : DataFrame
        The source columns that the map names, and `ROW`.

    Raises
    ------
    MapRefused
        If a column of ids holds floating-point numbers, which do not keep an id exactly.
    """
    _demand_exact_ids(frame, history_map)
    given = frame.select(ROW, *_given_columns(frame, history_map))
    rows = given.with_columns(*_texts(given), *_numbers(given, history_map))
    rows = rows.with_columns(
        instants_of(given[GIVEN + name], history_map.time).alias(name)
        for name in INSTANTS
        if GIVEN + name in given.columns
    )
    if "arrived_at" not in rows.columns:
        rows = rows.with_columns(pl.col("occurred_at").alias("arrived_at"))
    rows = rows.with_columns(pl.coalesce("arrived_at", "occurred_at").alias("arrived_at"))
    if history_map.labels is not None:
        rows = rows.with_columns(*_label_columns(rows, history_map.labels, history_map))
    return rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in TRANSACTIONS.items()
        if name not in rows.columns
    )


def mapping_checks(history_map: HistoryMap, columns: list[str]) -> list[Check]:
    """Return the checks on what could not be read, for a frame with these columns."""
    checks = _unread_checks(columns)
    amount = "amount" if GIVEN + "amount" in columns else "amount_minor"
    # Without a known currency nothing can be said of decimals; that is refused by another check.
    exponent = exponents(pl.col("currency")) if amount == "amount" else pl.lit(0, dtype=pl.Int64)
    text = plain_amount(pl.col(GIVEN + amount), history_map.amount)
    checks += [
        Check(amount, "missing", pl.col(GIVEN + amount).is_null()),
        Check("currency", "missing", pl.col("currency").is_null()),
        Check("currency", "unknown_currency", exponents(pl.col("currency")).is_null()),
        *(Check(amount, reason, fails) for reason, fails in amount_refusals(text, exponent)),
    ]
    return checks


def _demand_exact_ids(frame: pl.DataFrame, history_map: HistoryMap) -> None:
    for name in _IDS:
        source = history_map.columns.get(name)
        if source is not None and frame.schema[source].is_float():
            raise MapRefused(
                f"The column {source} holds floating-point numbers, which do not keep an id "
                "exactly; write it as text or whole numbers."
            )


def _given_columns(frame: pl.DataFrame, history_map: HistoryMap) -> list[pl.Expr]:
    """Return every column of ours as it was given: texts, or instants as they are."""
    columns = [
        _given(frame, source, name, history_map).alias(GIVEN + name)
        for name, source in history_map.columns.items()
    ]
    columns += [
        pl.lit(str(value)).alias(GIVEN + name) for name, value in history_map.constants.items()
    ]
    columns += [
        (pl.lit(prefix) + pl.col(ROW).cast(pl.String)).alias(GIVEN + name)
        for name, prefix in history_map.numbered.items()
    ]
    if history_map.labels is not None:
        columns += _given_labels(frame, history_map.labels, history_map)
    return columns


def _given(frame: pl.DataFrame, source: str, name: str, history_map: HistoryMap) -> pl.Expr:
    if frame.schema[source].is_temporal():
        return pl.col(source)
    text = _clean(pl.col(source), history_map)
    if name in history_map.values:
        text = text.replace(history_map.values[name])
    if name in history_map.defaults:
        text = text.fill_null(str(history_map.defaults[name]))
    return text


def _clean(column: pl.Expr, history_map: HistoryMap) -> pl.Expr:
    """Return texts without blanks around them, null for nothing and for the map's words for it."""
    text = column.cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(["", *history_map.csv.nulls])).then(text)


def _given_labels(frame: pl.DataFrame, form: LabelForm, history_map: HistoryMap) -> list[pl.Expr]:
    columns = [_clean(pl.col(form.column), history_map).alias(GIVEN + IS_FRAUD)]
    if form.known_at is not None:
        is_temporal = frame.schema[form.known_at].is_temporal()
        column = pl.col(form.known_at)
        known_at = column if is_temporal else _clean(column, history_map)
        columns.append(known_at.alias(GIVEN + KNOWN_AT))
    if form.fraud_type is not None:
        columns.append(_clean(pl.col(form.fraud_type), history_map).alias(FRAUD_TYPE))
    return columns


def _texts(given: pl.DataFrame) -> list[pl.Expr]:
    columns = []
    for name in (*_IDS, *_LOWERED, *_RAISED):
        if GIVEN + name not in given.columns:
            continue
        text = pl.col(GIVEN + name)
        text = text.str.to_lowercase() if name in _LOWERED else text
        columns.append((text.str.to_uppercase() if name in _RAISED else text).alias(name))
    if GIVEN + "ip_address" in given.columns:
        columns.append(plain_addresses(pl.col(GIVEN + "ip_address")).alias("ip_address"))
    return columns


def _numbers(given: pl.DataFrame, history_map: HistoryMap) -> list[pl.Expr]:
    columns = [_amount(given, history_map).alias("amount_minor")]
    if GIVEN + "mcc" in given.columns:
        code = pl.when(pl.col(GIVEN + "mcc").str.contains("^[0-9]{1,4}$")).then(GIVEN + "mcc")
        columns.append(code.cast(pl.Int16).alias("mcc"))
    columns += [
        pl.col(GIVEN + name).cast(pl.Float32, strict=False).alias(name)
        for name in ("latitude", "longitude")
        if GIVEN + name in given.columns
    ]
    return columns


def _amount(given: pl.DataFrame, history_map: HistoryMap) -> pl.Expr:
    form = history_map.amount
    if GIVEN + "amount_minor" in given.columns:
        zero = pl.lit(0, dtype=pl.Int64)
        return minor_units(plain_amount(pl.col(GIVEN + "amount_minor"), form), zero)
    currency = pl.col(GIVEN + "currency").str.to_uppercase()
    return minor_units(plain_amount(pl.col(GIVEN + "amount"), form), exponents(currency))


def _label_columns(
    rows: pl.DataFrame, form: LabelForm, history_map: HistoryMap
) -> list[pl.Expr | pl.Series]:
    word = pl.col(GIVEN + IS_FRAUD).str.to_lowercase()
    fraud, honest = ([text.lower() for text in words] for words in (form.fraud, form.honest))
    is_fraud = pl.when(word.is_in(fraud)).then(True).when(word.is_in(honest)).then(False)  # noqa: FBT003 - polars' own style
    if form.known_after_days is not None:
        delay_us = round(form.known_after_days * 86_400_000_000)
        known_at: pl.Expr | pl.Series = pl.col("occurred_at") + pl.duration(microseconds=delay_us)
    else:
        known_at = instants_of(rows[GIVEN + KNOWN_AT], history_map.time)
    return [is_fraud.alias(IS_FRAUD), known_at.alias(KNOWN_AT)]


def _unread_checks(columns: list[str]) -> list[Check]:
    """Return the checks of cells that were given, and nothing came out."""
    reasons = {
        "ip_address": "not_an_address",
        "occurred_at": "not_a_time",
        "arrived_at": "not_a_time",
        "mcc": "not_a_code",
        "latitude": "out_of_range",
        "longitude": "out_of_range",
        IS_FRAUD: "unknown_word",
        KNOWN_AT: "not_a_time",
    }
    checks = [
        Check(name, reason, pl.col(GIVEN + name).is_not_null() & pl.col(name).is_null())
        for name, reason in reasons.items()
        if GIVEN + name in columns
    ]
    if KNOWN_AT in columns:
        is_labelled = pl.col(IS_FRAUD).is_not_null()
        known_at = pl.col(KNOWN_AT)
        checks += [
            Check(KNOWN_AT, "missing", is_labelled & known_at.is_null()),
            Check(KNOWN_AT, "known_too_early", is_labelled & (known_at < pl.col("occurred_at"))),
        ]
    return checks
