"""What staff see of ids that lead to a person: enough to tell two apart, not enough to use."""

from __future__ import annotations

import ipaddress

from transactions.choices import MerchantKind
from transactions.models import Merchant

SHOWN_CHARACTERS = 4


def masked_id(reference: str) -> str:
    """Return the end of an id.

    Examples
    --------
    >>> masked_id("device-7f3a"), masked_id("d1"), masked_id("")
    ('…7f3a', '…', '')
    """
    if not reference:
        return ""
    shown = reference[-SHOWN_CHARACTERS:] if len(reference) > SHOWN_CHARACTERS * 2 else ""
    return f"…{shown}"


def masked_address(address: str | None) -> str:
    """Return the network of an IP address: /24 of IPv4, /48 of IPv6.

    Examples
    --------
    >>> masked_address("203.0.113.77"), masked_address("2001:db8:5:6::1"), masked_address(None)
    ('203.0.113.0/24', '2001:db8:5::/48', '')
    """
    if not address:
        return ""
    length = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network((address, length), strict=False))


def shown_counterparty(merchant: Merchant | None) -> str:
    """Return a shop by its name, a person who is paid by the end of their id."""
    if merchant is None:
        return ""
    if merchant.kind == MerchantKind.SHOP:
        return merchant.name or masked_id(merchant.external_id)
    return f"{merchant.get_kind_display()} {masked_id(merchant.external_id)}"
