"""Decimals to whole minor units over a column, exactly: digits are moved, nothing is rounded."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from transactions.importing.map_file import AmountForm
from transactions.money import EXPONENTS, MAX_MINOR, Money, ReferenceRates, reference_minor

# Sixteen digits before the point hold `MAX_MINOR` in any currency; behind it a float may have more.
_PATTERN = r"^0*([0-9]{1,16})(?:\.([0-9]{0,40}))?$"
_DIGITS_OF_MAX = len(str(MAX_MINOR))


def plain_amount(text: pl.Expr, form: AmountForm) -> pl.Expr:
    """Return amounts as digits and one dot, from how the map says they are written.

    Examples
    --------
    >>> form = AmountForm(decimal_separator=",", thousands_separator=".", absolute=True)
    >>> pl.select(plain_amount(pl.lit("-1.234,50"), form)).item()
    '1234.50'
    """
    if form.thousands_separator:
        text = text.str.replace_all(form.thousands_separator, "", literal=True)
    if form.decimal_separator != ".":
        # A dot that is left would be read as one; it makes the amount unreadable instead.
        text = text.str.replace_all(".", "?", literal=True)
        text = text.str.replace_all(form.decimal_separator, ".", literal=True)
    return text.str.strip_prefix("-") if form.absolute else text


def exponents(currency: pl.Expr) -> pl.Expr:
    """Return how many decimals each currency has, null for an unknown one."""
    return currency.replace_strict(dict(EXPONENTS), default=None, return_dtype=pl.Int64)


def minor_units(amount: pl.Expr, exponent: pl.Expr) -> pl.Expr:
    """Return whole minor units; null where `amount_refusals` has a reason.

    Parameters
    ----------
    amount : Expr of String
        As `plain_amount` returns it. Zeros behind the currency's decimals change nothing.
    exponent : Expr of Int64
        Decimals of the currency, 0…4; 0 for texts that are minor units already.

    Examples
    --------
    >>> pl.select(minor_units(pl.lit("12.3"), pl.lit(2))).item()
    1230
    """
    whole, decimals = _parts(amount)
    digits = whole + decimals.str.pad_end(exponent.cast(pl.UInt32), "0")
    fits = (decimals.str.len_chars() <= exponent) & (digits.str.len_chars() <= _DIGITS_OF_MAX)
    return pl.when(fits).then(digits).cast(pl.Int64)


def amount_refusals(amount: pl.Expr, exponent: pl.Expr) -> list[tuple[str, pl.Expr]]:
    """Return why `minor_units` has nothing, the first that holds being the one to tell."""
    whole, decimals = _parts(amount)
    return [
        ("not_a_number", whole.is_null()),
        ("too_many_decimals", decimals.str.len_chars() > exponent),
        ("too_large", whole.str.len_chars() + exponent > _DIGITS_OF_MAX),
    ]


def reference_amounts(frame: pl.DataFrame, rates: ReferenceRates) -> pl.Series:
    """Return `amount_minor` in minor units of the reference currency, null without a rate.

    Each pair of amount and currency is converted once, by the same function as a single payment.
    """
    foreign = frame.filter(pl.col("currency") != rates.currency)
    pairs = foreign.select("amount_minor", "currency").unique()
    convert = _converter(rates)
    pairs = pairs.with_columns(
        pl.Series("converted", [convert(*pair) for pair in pairs.iter_rows()], dtype=pl.Int64)
    )
    own = pl.col("currency") == rates.currency
    return (
        frame.select("amount_minor", "currency")
        .join(pairs, on=["amount_minor", "currency"], how="left", maintain_order="left")
        .select(pl.when(own).then("amount_minor").otherwise("converted"))
        .to_series()
        .alias("amount_reference_minor")
    )


def _converter(rates: ReferenceRates) -> Callable[[int, str], int | None]:
    return lambda minor, currency: reference_minor(Money(minor, currency), rates)


def _parts(amount: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the digits before the point, null if it is no amount, and those behind it."""
    whole = amount.str.extract(_PATTERN, 1)
    return whole, amount.str.extract(_PATTERN, 2).fill_null("").str.strip_chars_end("0")
