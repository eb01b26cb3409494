"""An amount of money: whole minor units and a currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from transactions.money.currencies import exponent_of

# Above any payment there is (10^13 EUR), and far enough below 2^53 for sums in floats to be exact.
MAX_MINOR = 10**15

# No sign, exponent, underscore, space or grouping: what two people could read differently.
_PLAIN_DECIMAL = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,16})?")


class AmountRefused(ValueError):
    """An amount that cannot be kept exactly or cannot be paid.

    Attributes
    ----------
    code : str
        ``unknown_currency``, ``not_exact``, ``not_a_number``, ``too_many_decimals``,
        ``not_above_zero`` or ``too_large``.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Money:
    """What is paid: above zero, at most `MAX_MINOR`.

    Attributes
    ----------
    minor : int
        Whole minor units: cents for EUR, yen for JPY, fils for KWD.
    currency : str
        ISO 4217 code.

    Raises
    ------
    AmountRefused
        For an unknown currency, or minor units that are no whole number within the range.

    Examples
    --------
    >>> str(Money(123450, "EUR"))
    '1,234.50 EUR'
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _exponent(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise AmountRefused("not_exact", "Minor units are a whole number.")
        if self.minor <= 0:
            raise AmountRefused("not_above_zero", "An amount is above zero.")
        if self.minor > MAX_MINOR:
            raise AmountRefused("too_large", f"An amount is at most {MAX_MINOR:,} minor units.")

    @property
    def major(self) -> Decimal:
        """The amount as people write it, exact."""
        return Decimal(self.minor).scaleb(-_exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.major:,.{_exponent(self.currency)}f} {self.currency}"


def parse_money(amount: str | Decimal, currency: str) -> Money:
    """Return the amount that a decimal in major units stands for, exactly.

    Parameters
    ----------
    amount : str or Decimal
        ``12.34``; a string holds ASCII digits and at most one dot. Zeros behind the currency's
        decimals are allowed, as they change nothing. A float has lost what was meant and an int
        could be minor units; both are refused.
    currency : str
        ISO 4217 code.

    Raises
    ------
    AmountRefused
        With a code and a sentence for people.

    Examples
    --------
    >>> parse_money("12.34", "EUR")
    Money(minor=1234, currency='EUR')
    >>> parse_money(Decimal("1.5"), "KWD").minor
    1500
    >>> parse_money("12.345", "EUR")
    Traceback (most recent call last):
    transactions.money.amount.AmountRefused: EUR has 2 decimals.
    """
    exponent = _exponent(currency)
    value = _decimal(amount)
    if value <= 0:
        raise AmountRefused("not_above_zero", "An amount is above zero.")
    # Before scaling: a huge exponent would take huge memory.
    if value.adjusted() + exponent > len(str(MAX_MINOR)):
        raise AmountRefused("too_large", f"An amount is at most {MAX_MINOR:,} minor units.")
    # Comparing digits, not values: arithmetic would round to the context's precision.
    _, digits, power = value.as_tuple()
    return Money(_whole(digits, int(power) + exponent, currency, exponent), currency)


def _decimal(amount: object) -> Decimal:
    if isinstance(amount, Decimal):
        if not amount.is_finite():
            raise AmountRefused("not_a_number", "The amount is not a number.")
        return amount
    if isinstance(amount, str):
        if not _PLAIN_DECIMAL.fullmatch(amount):
            raise AmountRefused("not_a_number", "Write the amount as digits with a dot: 12.34.")
        return Decimal(amount)
    raise AmountRefused("not_exact", "The amount is a decimal in quotes, or whole minor units.")


def _whole(digits: tuple[int, ...], power: int, currency: str, exponent: int) -> int:
    """Return digits times ten to the power, refusing what is not whole."""
    text = "".join(map(str, digits))
    if power >= 0:
        return int(text + "0" * power)
    if text[power:].strip("0"):
        words = f"{exponent} decimals" if exponent else "no decimals"
        raise AmountRefused("too_many_decimals", f"{currency} has {words}.")
    return int(text[:power] or "0")


def _exponent(currency: object) -> int:
    exponent = exponent_of(currency) if isinstance(currency, str) else None
    if exponent is None:
        raise AmountRefused(
            "unknown_currency", "The currency is a code of ISO 4217 such as EUR, in capitals."
        )
    return exponent
