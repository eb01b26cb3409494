"""Amounts in the reference currency."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.money import DEFAULT_RATES, EXPONENTS, Money, ReferenceRates, reference_minor
from transactions.money.amount import MAX_MINOR

RATES = ReferenceRates(
    {"USD": Decimal("0.925"), "JPY": Decimal("0.0061"), "KWD": Decimal("3"), "CLF": Decimal("35")}
)


@pytest.mark.parametrize(
    ("money", "cents"),
    [
        (Money(1234, "EUR"), 1234),
        (Money(1000, "USD"), 925),
        (Money(10_000, "JPY"), 6100),
        (Money(1000, "KWD"), 300),
        (Money(10_000, "CLF"), 3500),
    ],
)
def test_it_converts_by_rate_and_decimals(money: Money, cents: int) -> None:
    assert reference_minor(money, RATES) == cents


@pytest.mark.parametrize(("minor", "cents"), [(1, 1), (2, 1), (3, 2), (5, 2), (7, 4)])
def test_halves_go_to_the_even_cent_and_nothing_becomes_zero(minor: int, cents: int) -> None:
    rates = ReferenceRates({"USD": Decimal("0.5")})

    assert reference_minor(Money(minor, "USD"), rates) == cents


def test_a_currency_without_a_rate_has_no_reference_amount() -> None:
    assert reference_minor(Money(1, "GBP"), RATES) is None


def test_the_reference_currency_is_always_one() -> None:
    assert ReferenceRates({"EUR": Decimal("2")}).per_unit["EUR"] == 1


@given(
    st.integers(1, MAX_MINOR),
    st.sampled_from(sorted(DEFAULT_RATES.per_unit)),
)
def test_it_is_the_exact_product_rounded_once(minor: int, currency: str) -> None:
    exact = (
        Fraction(DEFAULT_RATES.per_unit[currency])
        * Fraction(minor, 10 ** EXPONENTS[currency])
        * 100
    )

    assert reference_minor(Money(minor, currency), DEFAULT_RATES) == max(1, round(exact))


@pytest.mark.parametrize(
    "rate", [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity"), 0.9]
)
def test_a_rate_is_a_decimal_above_zero(rate: object) -> None:
    with pytest.raises(ValueError, match="The rate of USD is a decimal above 0"):
        ReferenceRates({"USD": rate})  # type: ignore[dict-item]  # the point of the test


def test_an_amount_never_leaves_64_bits_whatever_the_rates() -> None:
    with pytest.raises(ValueError, match="too large"):
        ReferenceRates({"JPY": Decimal(164)})

    assert reference_minor(Money(MAX_MINOR, "JPY"), ReferenceRates({"JPY": Decimal(92)})) < 2**63


@pytest.mark.parametrize("arguments", [({"XXX": Decimal(1)},), ({}, "euro")])
def test_only_currencies_of_the_standard_have_rates(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="no currency of ISO 4217"):
        ReferenceRates(*arguments)


def test_the_rates_that_come_along_name_the_day_they_are_from() -> None:
    assert DEFAULT_RATES.as_of is not None
    assert len(DEFAULT_RATES.per_unit) >= 35
