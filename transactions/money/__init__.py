"""Money: exact amounts by ISO 4217, a reference currency, and card numbers that must stay out."""

from __future__ import annotations

from transactions.money.amount import MAX_MINOR, AmountRefused, Money, parse_money
from transactions.money.card_numbers import looks_like_pan
from transactions.money.currencies import EXPONENTS, exponent_of
from transactions.money.reference import DEFAULT_RATES, ReferenceRates, reference_minor

__all__ = [
    "DEFAULT_RATES",
    "EXPONENTS",
    "MAX_MINOR",
    "AmountRefused",
    "Money",
    "ReferenceRates",
    "exponent_of",
    "looks_like_pan",
    "parse_money",
    "reference_minor",
]
