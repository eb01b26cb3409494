"""IP addresses over a column, in the one way they are written here."""

from __future__ import annotations

import polars as pl

from transactions.importing.asked_once import asked_once
from transactions.incoming import plain_address

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"^(?:{_BYTE}\.){{3}}{_BYTE}$"


def plain_addresses(texts: pl.Expr) -> pl.Expr:
    """Return addresses as the API keeps them, null for what is none.

    Examples
    --------
    >>> pl.select(plain_addresses(pl.lit("2001:DB8:0::1"))).item()
    '2001:db8::1'
    >>> pl.select(plain_addresses(pl.lit("256.1.1.1"))).item() is None
    True
    """
    is_usual = texts.str.contains(_IPV4)
    others = asked_once(pl.when(~is_usual).then(texts), _plain_or_none, pl.String())
    return pl.when(is_usual).then(texts).otherwise(others)


def _plain_or_none(text: str) -> str | None:
    try:
        return plain_address(text)
    except ValueError:
        return None
