from __future__ import annotations

import pytest

from fraudsite.core.client_ip import client_ip_of

CHAIN = "6.6.6.6, 203.0.113.7, 10.0.0.2"


@pytest.mark.parametrize(
    ("trusted_proxies", "forwarded", "expected"),
    [
        (0, CHAIN, "10.0.0.1"),
        (1, CHAIN, "10.0.0.2"),
        (2, CHAIN, "203.0.113.7"),
        (4, CHAIN, "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "<script>", "10.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_address_is_the_one_our_own_proxies_vouch_for(
    trusted_proxies: int, forwarded: str, expected: str
) -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}

    assert client_ip_of(meta, trusted_proxies) == expected


def test_a_unix_socket_has_no_address() -> None:
    assert client_ip_of({"REMOTE_ADDR": ""}, 0) == ""
    assert client_ip_of({}, 1) == ""
