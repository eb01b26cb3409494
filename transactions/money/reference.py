"""Amounts in one reference currency, so that payments in any currency can be compared.

For scoring, not for accounting: a rate that is a few per cent off moves no decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from types import MappingProxyType

from transactions.money.amount import MAX_MINOR, Money
from transactions.money.currencies import exponent_of

# Wide enough for MAX_MINOR times any rate, so that only the last step rounds.
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)

# Euros for one unit. Rounded orders of magnitude, set by hand from memory of mid rates of 2024 and
# 2025, good to some ten per cent at the time; operators replace them by REFERENCE_RATES.
_DEFAULT_EUR_PER_UNIT = {
    "EUR": "1",
    "AED": "0.25", "ARS": "0.0009", "AUD": "0.6", "BRL": "0.16", "CAD": "0.65", "CHF": "1.05",
    "CLP": "0.001", "CNY": "0.13", "COP": "0.00023", "CZK": "0.04", "DKK": "0.134", "EGP": "0.019",
    "GBP": "1.17", "HKD": "0.12", "HUF": "0.0025", "IDR": "0.000057", "ILS": "0.26", "INR": "0.011",
    "ISK": "0.007", "JPY": "0.006", "KES": "0.007", "KRW": "0.00065", "KWD": "3", "MAD": "0.094",
    "MXN": "0.05", "MYR": "0.21", "NGN": "0.0006", "NOK": "0.086", "NZD": "0.54", "PHP": "0.016",
    "PLN": "0.235", "QAR": "0.25", "RON": "0.2", "RSD": "0.0085", "SAR": "0.245", "SEK": "0.09",
    "SGD": "0.68", "THB": "0.027", "TND": "0.3", "TRY": "0.024", "TWD": "0.028", "UAH": "0.022",
    "USD": "0.9", "VND": "0.000035", "ZAR": "0.05",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReferenceRates:
    """What one unit of each currency is worth in the reference currency.

    Attributes
    ----------
    per_unit : mapping of str to Decimal
        ISO 4217 code to major units of the reference currency for one major unit; above 0. The
        reference currency itself is always 1.
    currency : str
        The reference currency.
    as_of : date or None
        The day the rates are from, None if not known.

    Raises
    ------
    ValueError
        For a currency or a rate that cannot be, by name.

    Examples
    --------
    >>> rates = ReferenceRates({"USD": Decimal("0.92")})
    >>> reference_minor(Money(1000, "USD"), rates)
    920
    """

    per_unit: Mapping[str, Decimal]
    currency: str = "EUR"
    as_of: date | None = None
    _factors: Mapping[str, Decimal] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if exponent_of(self.currency) is None:
            raise ValueError(f"{self.currency!r} is no currency of ISO 4217.")
        rates = {**self.per_unit, self.currency: Decimal(1)}
        factors = {code: self._factor(code, rate) for code, rate in rates.items()}
        object.__setattr__(self, "per_unit", MappingProxyType(rates))
        object.__setattr__(self, "_factors", MappingProxyType(factors))

    def _factor(self, code: str, rate: Decimal) -> Decimal:
        """Return reference minor units for one minor unit."""
        exponent, own = exponent_of(code), exponent_of(self.currency)
        if exponent is None or own is None:
            raise ValueError(f"{code!r} is no currency of ISO 4217.")
        if not isinstance(rate, Decimal) or not rate.is_finite() or rate <= 0:
            raise ValueError(f"The rate of {code} is a decimal above 0.")
        factor = _EXACT.scaleb(rate, own - exponent)
        if factor * MAX_MINOR >= 2**63:
            raise ValueError(f"The rate of {code} is too large: check which way round it is.")
        return factor

    def factor_of(self, currency: str) -> Decimal | None:
        """Return reference minor units for one minor unit, None for a currency without a rate."""
        return self._factors.get(currency)


DEFAULT_RATES = ReferenceRates(
    {code: Decimal(rate) for code, rate in _DEFAULT_EUR_PER_UNIT.items()}, as_of=date(2025, 1, 1)
)


def reference_minor(money: Money, rates: ReferenceRates) -> int | None:
    """Return an amount in minor units of the reference currency, rounded half to even.

    Returns
    -------
    int or None
        At least 1: a payment is never nothing. None when there is no rate for the currency, which
        scoring treats as an unknown amount.

    Examples
    --------
    >>> reference_minor(Money(1, "VND"), DEFAULT_RATES)
    1
    >>> reference_minor(Money(100, "AFN"), DEFAULT_RATES) is None
    True
    """
    factor = rates.factor_of(money.currency)
    if factor is None:
        return None
    exact = _EXACT.multiply(Decimal(money.minor), factor)
    return max(1, int(exact.to_integral_value(rounding=ROUND_HALF_EVEN)))
