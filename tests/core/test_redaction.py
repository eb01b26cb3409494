from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from fraudsite.core.logging import logging_config
from fraudsite.core.redaction import (
    REDACTED,
    is_sensitive_key,
    passes_luhn,
    redact_event,
    redact_text,
    redact_value,
    sensitive_keys,
)

# ICAO Doc 9303 part 4, appendix B, and part 5, appendix B: the standard's own examples.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6"


@pytest.mark.parametrize(
    "text",
    [
        "anna.eriksson+kyc@mail.example.org",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "378282246310005",
        *TD3.split("\n"),
        *TD1.split("\n"),
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_personal_data_is_taken_out_of_any_text(text: str) -> None:
    assert redact_text(f"value ({text}) refused") == f"value ({REDACTED}) refused"


@pytest.mark.parametrize(
    "text",
    [
        "0c4d1c1e-6f1f-4b0b-9d0f-5c1c7c5a1234",
        "4111 1111 1111 1112",
        "2026-11-21T06:13:34.201178Z",
        "kyc.verification.approved",
        "DE89370400440532013001",
        "a < b and c << d",
        "VERIFICATION_STAGE_RESULT",
        "duration 1234567 ms, 99 of 100",
    ],
)
def test_ids_codes_and_numbers_stay(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("key", "is_sensitive"),
    [
        ("email", True),
        ("declared_birth_date", True),
        ("mrz-lines", True),
        ("Authorization", True),
        ("new_password", True),
        ("request_id", False),
        ("document_id", False),
        ("token_count", False),
        ("reason_code", False),
    ],
)
def test_a_key_is_judged_by_the_words_it_ends_with(key: str, is_sensitive: bool) -> None:
    assert is_sensitive_key(key) is is_sensitive


def test_values_are_redacted_however_deep_they_lie() -> None:
    event = {
        "fields": {"surname": "Lovelace", "items": [{"email": "x"}, ("a@example.org", 7)]},
        "photo": b"\xff\xd8",
        "count": 3,
        "ok": None,
    }

    assert redact_event(None, "info", event) == {
        "fields": {"surname": REDACTED, "items": [{"email": REDACTED}, [REDACTED, 7]]},
        "photo": "[2 bytes]",
        "count": 3,
        "ok": None,
    }


def test_an_id_keeps_its_digits_even_if_they_pass_for_a_card_number() -> None:
    assert redact_value({"payment_id": "4111111111111111", "note": "4111111111111111"}) == {
        "payment_id": "4111111111111111",
        "note": REDACTED,
    }
    assert redact_value("anna@example.org", "external_id") == REDACTED


def test_keys_of_personal_data_are_found_however_deep() -> None:
    payload = {"a": [{"surname": "x"}, ({"birth_date": None},)], "document_id": 7, "email": ""}

    assert sensitive_keys(payload) == {"surname", "birth_date", "email"}


def test_something_nested_without_end_is_cut_off() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless

    assert REDACTED in json.dumps(redact_value(endless))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::77", "2001:db8:1::/48"),
        ("not an address", REDACTED),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str, kept: str) -> None:
    assert redact_value(address, "ip") == kept


def test_a_request_line_loses_its_query_and_its_secret_path() -> None:
    line = "GET /accounts/password/reset/key/3-d1x8q2/?next=/me"

    assert redact_value(line, "request") == f"GET /accounts/password/reset/key/{REDACTED}/"


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact_text(text)

    assert redact_text(once) == once


@given(st.integers(10**11, 10**18 - 1))
def test_luhn_accepts_exactly_one_check_digit(number: int) -> None:
    assert sum(passes_luhn(f"{number}{digit}") for digit in range(10)) == 1


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The configured log, written to memory."""
    stream = io.StringIO()
    config = logging_config(level="INFO")
    handler = {**config["handlers"]["stderr"], "stream": stream}
    before = logging.getLogger().handlers[:]
    logging.config.dictConfig({**config, "handlers": {"stderr": handler}})
    yield stream
    logging.getLogger().handlers[:] = before


def parsed(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_the_request_id(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        structlog.get_logger("fraudsite.kyc").info("stage_done", stage="document", email="a@b.org")

    (line,) = parsed(lines)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "stage_done",
        "stage": "document",
        "email": REDACTED,
        "request_id": "req-1",
        "level": "info",
        "logger": "fraudsite.kyc",
    }


def test_records_of_the_standard_library_take_the_same_form(lines: io.StringIO) -> None:
    logging.getLogger("django.security").warning("No user %s", "a@example.org")

    (line,) = parsed(lines)
    assert (line["event"], line["level"]) == (f"No user {REDACTED}", "warning")


def test_a_traceback_stays_on_its_line_and_loses_what_its_message_quotes(
    lines: io.StringIO,
) -> None:
    try:
        raise ValueError("Key (email)=(a@example.org) already exists")
    except ValueError:
        structlog.get_logger("fraudsite").exception("failed")

    (line,) = parsed(lines)
    assert "ValueError: Key (email)=([redacted]) already exists" in line["exception"]
    assert "a@example.org" not in json.dumps(line)
