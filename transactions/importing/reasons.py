"""Why a row is refused: stable codes, and for each a sentence that quotes no value."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

REASONS = MappingProxyType(
    {
        "missing": "The cell is empty and the column is required.",
        "too_long": "The text is longer than the column allows.",
        "unreadable_text": "The text holds characters that do not belong into an id.",
        "card_number": "The text looks like a card number; only tokens are taken.",
        "unknown_word": "The word is none of the allowed ones; map it under [values].",
        "unknown_currency": "The currency is no code of ISO 4217.",
        "not_a_number": "The amount is not written as digits with one decimal separator.",
        "too_many_decimals": "The amount has more decimals than its currency.",
        "not_above_zero": "The amount is not above zero.",
        "too_large": "The amount is larger than any that is taken.",
        "not_a_time": "The time cannot be read as the map says, or its zone skips or repeats it.",
        "out_of_range": "The value lies outside the range of its column.",
        "in_the_future": "The transaction lies in the future.",
        "not_an_address": "This is no IPv4 or IPv6 address.",
        "not_a_country": "The country is not written as two letters (ISO 3166-1 alpha-2).",
        "half_a_place": "Latitude and longitude are given together or not at all.",
        "not_a_code": "A merchant category is a whole number of up to four digits.",
        "known_too_early": "The label was known before the transaction happened.",
        "wrong_field_count": "The line has more or fewer fields than the header.",
        "duplicate_in_file": "An earlier row of this file has the same transaction id.",
        "duplicate_in_database": "A transaction with this id was recorded before.",
        "account_of_another": "The account belongs to another customer.",
    }
)

# `row` is the line in a CSV file (the header is line 1, a row that spans several counts by its
# first) and the row in a Parquet file, from 1 on. `column` is ours; empty: the row as a whole.
REFUSED_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.UInt64(),
    "column": pl.String(),
    "reason": pl.String(),
}


def refused_frame(rows: pl.Series, column: str, reason: str) -> pl.DataFrame:
    """Return the refusals of some rows that all have one reason.

    Examples
    --------
    >>> refused_frame(pl.Series([7]), "", "wrong_field_count").rows()
    [(7, '', 'wrong_field_count')]
    """
    return pl.DataFrame({"row": rows.cast(pl.UInt64)}).with_columns(
        column=pl.lit(column), reason=pl.lit(reason)
    )
