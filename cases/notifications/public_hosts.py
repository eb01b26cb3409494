"""Connections to hosts on the public internet, and to no others unless the operator allows it.

A channel's address is typed in by staff, so without this a webhook could be pointed at what only
this machine can reach: a database, a cloud's metadata service, the neighbour's admin page.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# RFC 6052: an IPv4 address in the last 32 bits, reached through a translator.
NAT64 = IPv6Network("64:ff9b::/96")


class HostRefused(Exception):
    """The host may not be connected to; the text is a sentence without the address."""


def connect_to_host(
    host: str, port: int, timeout_s: float, *, is_private_allowed: bool
) -> socket.socket:
    """Return a connection to a host whose addresses all lie on the public internet.

    The name is looked up once and the connection goes to what was checked: looked up twice, it
    could name a public address for the check and a private one for the connection.

    Raises
    ------
    HostRefused
        When one of its addresses is none of the public internet.
    OSError
        When the name is unknown or nobody answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not is_private_allowed:
        require_public(str(address[0]) for *_, address in found)
    fault: OSError | None = None
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout_s)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            fault = error
        else:
            return connection
    raise fault or OSError("The name has no address.")


def require_public_host(host: str, port: int) -> None:
    """Look a name up and raise `HostRefused` unless all its addresses are public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    require_public(str(address[0]) for *_, address in found)


def require_public(addresses: Iterable[str]) -> None:
    """Raise `HostRefused` if one of the addresses is none of the public internet."""
    if all(is_public(address) for address in addresses):
        return
    message = (
        "The address leads into a private network. If that is meant, set "
        "NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES=true."
    )
    raise HostRefused(message)


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet.

    Parameters
    ----------
    address : str
        IPv4 or IPv6, the latter with or without a scope ("fe80::1%eth0").

    References
    ----------
    IANA special-purpose address registries, as Python's `ipaddress` has them; RFC 4291 §2.5.5.2
    (IPv4-mapped), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 6052 (NAT64).

    Examples
    --------
    >>> [is_public(text) for text in ("1.1.1.1", "127.0.0.1", "169.254.169.254", "10.1.2.3")]
    [True, False, False, False]
    >>> [is_public(text) for text in ("::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::")]
    [False, False, False]
    """
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and (inner := _inner_addresses(parsed)):
        return all(is_public(str(one)) for one in inner)
    return parsed.is_global and not parsed.is_multicast


def _inner_addresses(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address stands for."""
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return []
