"""What each row must be to be taken: the same checks for files of every origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from transactions.columns import CHANNELS, KINDS, REQUIRED
from transactions.importing.addresses import plain_addresses
from transactions.importing.asked_once import asked_once
from transactions.importing.instants import LATEST
from transactions.importing.reasons import REFUSED_SCHEMA
from transactions.importing.sources import ROW
from transactions.incoming import EARLIEST
from transactions.money import EXPONENTS, MAX_MINOR, looks_like_pan

# Text columns and the longest text their tables hold.
MAX_LENGTHS = {
    "transaction_id": 100,
    "customer_id": 100,
    "account_id": 100,
    "card_token": 100,
    "device_id": 100,
    "merchant_id": 100,
}
# C0 and C1 controls, and what undecodable bytes become.
_UNREADABLE = r"[\x00-\x1f\x7f-\x9f\x{FFFD}]"
# Whatever `looks_like_pan` could find among ASCII; the rest is asked for each text.
_MAYBE_CARD_NUMBER = r"[0-9](?:[ -]{0,2}[0-9]){12}|[^\x00-\x7f]"


@dataclass(frozen=True, slots=True)
class Check:
    """Where `fails` is true, a row is refused for `reason`, told of `column`; null passes."""

    column: str
    reason: str
    fails: pl.Expr


def check_rows(frame: pl.DataFrame, checks: Sequence[Check]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that pass all checks, and the refusals of the others.

    Parameters
    ----------
    frame : DataFrame
        With the columns the checks name, and `ROW`.
    checks : sequence of Check
        In order: of several that fail, a row is refused for the first.

    Returns
    -------
    passed : DataFrame
        Rows of `frame`, in its order.
    refused : DataFrame
        In the form of `REFUSED_SCHEMA`.
    """
    places = [
        pl.when(check.fails).then(pl.lit(place, dtype=pl.Int16))
        for place, check in enumerate(checks)
    ]
    first = frame.select(pl.coalesce(places)).to_series()
    names = pl.DataFrame(
        {
            "place": pl.Series(range(len(checks)), dtype=pl.Int16),
            "column": [check.column for check in checks],
            "reason": [check.reason for check in checks],
        }
    )
    refused = frame.select(pl.col(ROW).alias("row"), first.alias("place"))
    refused = refused.drop_nulls("place").join(names, on="place", how="left", maintain_order="left")
    return frame.filter(first.is_null()), refused.select(*REFUSED_SCHEMA)


def transaction_checks(*, latest: datetime | None = None) -> list[Check]:
    """Return the checks of a frame of transactions.

    Parameters
    ----------
    latest : datetime, optional
        Transactions after it are refused as lying in the future.
    """
    return [
        *(Check(name, "missing", pl.col(name).is_null()) for name in REQUIRED),
        *(check for name in MAX_LENGTHS for check in _text_checks(name)),
        _word_check("kind", KINDS),
        _word_check("channel", CHANNELS),
        Check("currency", "unknown_currency", ~pl.col("currency").is_in(list(EXPONENTS))),
        Check("amount_minor", "not_above_zero", pl.col("amount_minor") <= 0),
        Check("amount_minor", "too_large", pl.col("amount_minor") > MAX_MINOR),
        *_instant_checks(latest),
        _address_check(),
        Check("country", "not_a_country", ~pl.col("country").str.contains("^[A-Z]{2}$")),
        Check("mcc", "out_of_range", ~pl.col("mcc").is_between(0, 9999)),
        *_place_checks(),
    ]


def _text_checks(name: str) -> list[Check]:
    column = pl.col(name)
    return [
        Check(name, "missing", column == ""),
        Check(name, "too_long", column.str.len_chars() > MAX_LENGTHS[name]),
        Check(name, "unreadable_text", column.str.contains(_UNREADABLE)),
        Check(name, "card_number", _is_card_number(column)),
    ]


def _word_check(name: str, words: tuple[str, ...]) -> Check:
    return Check(name, "unknown_word", ~pl.col(name).is_in(list(words)))


def _instant_checks(latest: datetime | None) -> list[Check]:
    checks = [
        Check(name, "out_of_range", ~pl.col(name).is_between(EARLIEST, LATEST, closed="left"))
        for name in ("occurred_at", "arrived_at")
    ]
    if latest is not None:
        checks.append(Check("occurred_at", "in_the_future", pl.col("occurred_at") > latest))
    return checks


def _place_checks() -> list[Check]:
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    return [
        # Not a number is beyond every range.
        Check("latitude", "out_of_range", ~latitude.is_between(-90, 90)),
        Check("longitude", "out_of_range", ~longitude.is_between(-180, 180)),
        Check("latitude", "half_a_place", latitude.is_null() != longitude.is_null()),
    ]


def _address_check() -> Check:
    address = pl.col("ip_address")
    # Written in another way than ours, an address would be another entity.
    is_plain = plain_addresses(address).eq_missing(address)
    return Check("ip_address", "not_an_address", address.is_not_null() & ~is_plain)


def _is_card_number(column: pl.Expr) -> pl.Expr:
    suspects = pl.when(column.str.contains(_MAYBE_CARD_NUMBER)).then(column)
    return asked_once(suspects, looks_like_pan, pl.Boolean())
