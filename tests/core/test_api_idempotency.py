from __future__ import annotations

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.idempotency import idempotency_key_of


def with_key(key: str | None) -> Request:
    headers = {} if key is None else {"Idempotency-Key": key}
    return Request(APIRequestFactory().post("/", headers=headers))


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (None, None),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ('"8e03978e"', "8e03978e"),
        ("x" * 255, "x" * 255),
        ('"', '"'),
        ('""', '""'),
        ("!~", "!~"),
    ],
)
def test_a_key_is_read_as_it_was_sent_or_unquoted(sent: str | None, key: str | None) -> None:
    assert idempotency_key_of(with_key(sent)) == key


@pytest.mark.parametrize("sent", ["", "two words", "x" * 256, "clé", "a\tb", '"a b"'])
def test_a_malformed_key_is_refused(sent: str) -> None:
    with pytest.raises(RequestRefused) as raised:
        idempotency_key_of(with_key(sent))

    assert (raised.value.status_code, raised.value.error.code) == (400, "invalid_idempotency_key")
