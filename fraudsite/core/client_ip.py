"""The address a request came from, as far as it can be believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the client's address; X-Forwarded-For is believed as far as our proxies wrote it."""
    return client_ip_of(request.META, settings.TRUSTED_PROXY_COUNT)


def client_ip_of(meta: Mapping[str, Any], trusted_proxies: int) -> str:
    """Return the client's address from the request's environment.

    Each proxy appends the address it was called from, so with n proxies of ours the n-th entry
    from the right is the last one that we know to be true. What stands further left is the
    client's word. A shorter list, or an entry that is no address, means that the request took
    another way: then the peer's own address is returned.

    Examples
    --------
    >>> meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.7"}
    >>> client_ip_of(meta, 0), client_ip_of(meta, 1)
    ('10.0.0.1', '203.0.113.7')
    """
    peer = str(meta.get("REMOTE_ADDR") or "")
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    if not 0 < trusted_proxies <= len(forwarded):
        return _address(peer)
    return _address(forwarded[-trusted_proxies].strip()) or _address(peer)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        # A Unix socket has no peer address.
        return ""
