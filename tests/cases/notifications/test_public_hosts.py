from __future__ import annotations

import socket
from typing import Any

import pytest

from cases.notifications.public_hosts import (
    HostRefused,
    connect_to_host,
    is_public,
    require_public_host,
)
from tests.cases.notifications.http_sink import HttpSink

# IANA IPv4 and IPv6 special-purpose address registries, one of each that is not globally reachable,
# and the ways in which an IPv6 address stands for an IPv4 one.
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
]
PUBLIC = ["1.1.1.1", "9.9.9.9", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_only_some_networks_have_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def names(*addresses: str) -> Any:
    """Return a resolver that finds these, whatever it is asked for, and counts."""

    def found(host: str, port: int, **_: Any) -> list[Any]:
        found.calls += 1
        return [(family_of(one), socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    found.calls = 0
    return found


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("1.1.1.1", "10.0.0.1"))

    with pytest.raises(HostRefused, match="private network"):
        connect_to_host("hooks.example.com", 443, 1.0, is_private_allowed=False)
    with pytest.raises(HostRefused, match="private network"):
        require_public_host("hooks.example.com", 443)


def test_nothing_is_connected_to_when_a_host_is_refused(http: HttpSink) -> None:
    with pytest.raises(HostRefused):
        connect_to_host("localhost", http.port, 1.0, is_private_allowed=False)
    with pytest.raises(HostRefused):
        connect_to_host("127.1", http.port, 1.0, is_private_allowed=False)

    assert http.requests == []


def test_the_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = names("127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolver)

    with connect_to_host("anything.example", http.port, 1.0, is_private_allowed=True) as made:
        assert made.getpeername() == ("127.0.0.1", http.port)
    assert resolver.calls == 1


def test_the_next_address_is_tried_when_one_does_not_answer(
    http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names("::1", "127.0.0.1"))

    with connect_to_host("anything.example", http.port, 1.0, is_private_allowed=True) as made:
        assert made.getpeername() == ("127.0.0.1", http.port)


def test_a_port_nobody_listens_on_is_an_error_of_the_network(closed_port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        connect_to_host("127.0.0.1", closed_port, 1.0, is_private_allowed=True)
