"""In which currency something is paid, and the amount in minor units, exactly."""

from __future__ import annotations

import numpy as np

from transactions.money import DEFAULT_RATES, EXPONENTS
from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.batch import ATM, POS, Batch
from transactions.simulation.geography import COUNTRY_OF_CITY, CURRENCIES
from transactions.simulation.population import Population

WORDS: tuple[str, ...] = tuple(sorted(set(CURRENCIES)))
_OF_COUNTRY: Ints = np.array([WORDS.index(code) for code in CURRENCIES])
_EXPONENTS: Ints = np.array([EXPONENTS[code] for code in WORDS])
_EUR_PER_UNIT: Floats = np.array([float(DEFAULT_RATES.per_unit[code]) for code in WORDS])
# Euro cents for one minor unit, as fractions of whole numbers.
_FRACTIONS = [
    (DEFAULT_RATES.factor_of(code) or DEFAULT_RATES.per_unit["EUR"]).as_integer_ratio()
    for code in WORDS
]
_NUMERATORS: Ints = np.array([fraction[0] for fraction in _FRACTIONS])
_DENOMINATORS: Ints = np.array([fraction[1] for fraction in _FRACTIONS])


def currencies_of(batch: Batch, population: Population) -> Ints:
    """Return places in `WORDS`: at tills and machines the country's money, else the account's."""
    is_local = (batch.channel == POS) | (batch.channel == ATM)
    city = np.where(is_local, batch.city, population.city[batch.customer])
    currency: Ints = _OF_COUNTRY[COUNTRY_OF_CITY[city]]
    return currency


def minor_units(amount_eur: Floats, currency: Ints) -> Ints:
    """Return amounts in minor units of these currencies, at least 1."""
    units = amount_eur / _EUR_PER_UNIT[currency] * 10.0 ** _EXPONENTS[currency]
    minor: Ints = np.maximum(1, np.round(units).astype(np.int64))
    return minor


def reference_cents(minor: Ints, currency: Ints) -> Ints:
    """Return minor units as euro cents, exactly as `transactions.money.reference_minor` does.

    Rounded half to even, at least 1.

    Examples
    --------
    >>> currency = np.array([WORDS.index("GBP"), WORDS.index("JPY")])
    >>> reference_cents(np.array([1_000, 1_000]), currency)
    array([1170,  600])
    """
    denominator = _DENOMINATORS[currency]
    whole, rest = np.divmod(minor * _NUMERATORS[currency], denominator)
    twice = 2 * rest
    goes_up = (twice > denominator) | ((twice == denominator) & (whole % 2 == 1))
    cents: Ints = np.maximum(1, whole + goes_up)
    return cents
