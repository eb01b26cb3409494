"""Exact amounts: what is read, what is refused, how it is shown."""

from __future__ import annotations

from decimal import Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.money import EXPONENTS, MAX_MINOR, AmountRefused, Money, parse_money

# ISO 4217 gives these no minor unit, or they are units of account that nobody pays in.
NOBODY_PAYS_IN = {
    "XAD",
    "XAG",
    "XAU",
    "XBA",
    "XBB",
    "XBC",
    "XBD",
    "XDR",
    "XPD",
    "XPT",
    "XSU",
    "XTS",
    "XUA",
    "XXX",
}


def test_every_currency_of_the_standard_that_people_pay_in_has_its_decimals() -> None:
    assert set(EXPONENTS) == {c.alpha_3 for c in pycountry.currencies} - NOBODY_PAYS_IN


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12", "EUR", 1200),
        ("12.3", "EUR", 1230),
        ("12.3400", "EUR", 1234),
        ("0.01", "USD", 1),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("0007.5", "EUR", 750),
        ("10000000000000", "EUR", MAX_MINOR),
        (Decimal("12.34"), "EUR", 1234),
        (Decimal("1E+3"), "EUR", 100000),
        (Decimal("0.010000000000000000000000000000000000"), "EUR", 1),
    ],
)
def test_it_reads_a_decimal_exactly(amount: str | Decimal, currency: str, minor: int) -> None:
    assert parse_money(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (12.34, "EUR", "not_exact"),
        (12, "EUR", "not_exact"),
        (True, "EUR", "not_exact"),
        (None, "EUR", "not_exact"),
        ("", "EUR", "not_a_number"),
        (" 12.34", "EUR", "not_a_number"),
        ("12.34\n", "EUR", "not_a_number"),
        ("12,34", "EUR", "not_a_number"),
        ("1_000", "EUR", "not_a_number"),
        ("1e3", "EUR", "not_a_number"),
        ("+1", "EUR", "not_a_number"),
        ("-1", "EUR", "not_a_number"),
        (".5", "EUR", "not_a_number"),
        ("5.", "EUR", "not_a_number"),
        ("١٢", "EUR", "not_a_number"),
        ("NaN", "EUR", "not_a_number"),
        (Decimal("NaN"), "EUR", "not_a_number"),
        (Decimal("sNaN"), "EUR", "not_a_number"),
        (Decimal("Infinity"), "EUR", "not_a_number"),
        ("12.345", "EUR", "too_many_decimals"),
        ("12.5", "JPY", "too_many_decimals"),
        ("1.2345", "KWD", "too_many_decimals"),
        (Decimal("1E-999999999"), "EUR", "too_many_decimals"),
        ("0", "EUR", "not_above_zero"),
        ("0.00", "EUR", "not_above_zero"),
        (Decimal("-0.01"), "EUR", "not_above_zero"),
        (Decimal("-Infinity"), "EUR", "not_a_number"),
        ("10000000000000.01", "EUR", "too_large"),
        ("9999999999999999", "EUR", "too_large"),
        (Decimal("1E+999999999"), "EUR", "too_large"),
        ("1", "eur", "unknown_currency"),
        ("1", "XXX", "unknown_currency"),
        ("1", "XAU", "unknown_currency"),
        ("1", "", "unknown_currency"),
        ("1", None, "unknown_currency"),
        ("1", ["EUR"], "unknown_currency"),
    ],
)
def test_it_refuses_by_name_what_it_cannot_keep(amount: object, currency: str, code: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        parse_money(amount, currency)

    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("minor", "code"),
    [
        (0, "not_above_zero"),
        (-1, "not_above_zero"),
        (MAX_MINOR + 1, "too_large"),
        (1.0, "not_exact"),
        (True, "not_exact"),
        ("1", "not_exact"),
    ],
)
def test_minor_units_are_whole_and_above_zero(minor: object, code: str) -> None:
    with pytest.raises(AmountRefused) as refused:
        Money(minor, "EUR")

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(1, "EUR"), "0.01 EUR"),
        (Money(123450, "EUR"), "1,234.50 EUR"),
        (Money(1234, "JPY"), "1,234 JPY"),
        (Money(1234567, "KWD"), "1,234.567 KWD"),
        (Money(MAX_MINOR, "EUR"), "10,000,000,000,000.00 EUR"),
    ],
)
def test_people_read_groups_of_three_and_the_code(money: Money, shown: str) -> None:
    assert str(money) == shown


@given(st.integers(1, MAX_MINOR), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_shown_is_read_back_exactly(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert parse_money(str(money).split()[0].replace(",", ""), currency) == money
    assert parse_money(money.major, currency) == money
