"""The rates that amounts are compared by, as the operator sets them."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings

from transactions.money import DEFAULT_RATES, ReferenceRates


def rates_of_settings() -> ReferenceRates:
    """Return the rates of REFERENCE_RATES, or the shipped ones when it is empty."""
    rates = settings.REFERENCE_RATES
    if not rates:
        return DEFAULT_RATES
    return ReferenceRates({code: Decimal(rate) for code, rate in rates.items()})
