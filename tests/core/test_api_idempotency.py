from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.idempotency import (
    idempotency_key_of,
    key_in_progress,
    key_reused,
    request_fingerprint,
)


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """Return the value with the names of its objects in the opposite order."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_order_space_and_escapes_make_no_other_request(value: Any) -> None:
    one = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    other = json.dumps(shuffled(value), ensure_ascii=True, indent=3)

    assert request_fingerprint(one.encode()) == request_fingerprint(other.encode())


@given(JSON, JSON)
def test_two_values_have_two_fingerprints(one: Any, other: Any) -> None:
    # As text: Python holds 1 and True for equal.
    texts = [json.dumps(value, sort_keys=True) for value in (one, other)]
    prints = [request_fingerprint(text.encode()) for text in texts]

    assert (texts[0] == texts[1]) is (prints[0] == prints[1])


def test_the_fingerprint_is_that_of_the_canonical_text() -> None:
    # printf '{"a":1.50,"b":[true]}' | sha256sum
    canonical = "9db24daaf14c6e2550c9d8ad841484887ea611b17865d53146f388995f388312"

    assert request_fingerprint(b'{ "b": [true], "a": 1.50 }') == canonical


def test_numbers_that_floats_cannot_tell_apart_are_two_requests() -> None:
    bodies = [b'{"a": 0.10000000000000000001}', b'{"a": 0.1}', b'{"a": "0.1"}']

    assert len({request_fingerprint(body) for body in bodies}) == 3


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b"1 2"])
def test_what_is_no_json_stands_for_itself(body: bytes) -> None:
    assert request_fingerprint(body) == request_fingerprint(body)
    assert request_fingerprint(body) != request_fingerprint(body + b" ")


def test_a_key_used_for_another_request_and_one_in_progress_are_told_apart() -> None:
    reused, in_progress = key_reused(), key_in_progress()

    assert (reused.status_code, reused.error.code) == (422, "idempotency_conflict")
    assert (in_progress.status_code, in_progress.error.code) == (409, "idempotency_in_progress")
