"""Amounts as customers read them."""

from __future__ import annotations

from decimal import Decimal

from transactions.money import exponent_of

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def amount_text(minor: int, currency: str, *, sign: str = "") -> str:
    """Return an amount with its currency, in one piece that no line break parts.

    Examples
    --------
    >>> amount_text(123450, "EUR").split(NO_BREAK_SPACE)
    ['1,234.50', 'EUR']
    >>> amount_text(500, "JPY", sign="+").split(NO_BREAK_SPACE)
    ['+500', 'JPY']
    """
    return f"{sign}{figure_text(minor, currency)}{NO_BREAK_SPACE}{currency}"


def figure_text(minor: int, currency: str) -> str:
    """Return an amount for a column whose heading names the currency.

    Examples
    --------
    >>> figure_text(123450, "EUR"), figure_text(1500, "KWD"), figure_text(500, "JPY")
    ('1,234.50', '1.500', '500')
    """
    exponent = exponent_of(currency) or 0
    return f"{Decimal(minor).scaleb(-exponent):,.{exponent}f}"


def account_number_text(number: str) -> str:
    """Return an account's number in groups of four that no line break parts, where it is one.

    Examples
    --------
    >>> account_number_text("10027431").split(NO_BREAK_SPACE), account_number_text("acc_7")
    (['1002', '7431'], 'acc_7')
    """
    if not number.isdigit():
        return number
    return NO_BREAK_SPACE.join(number[start : start + 4] for start in range(0, len(number), 4))
