from __future__ import annotations

import pytest

from cases.notifications.addresses import AddressInvalid, address_read, masked

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
SMS = f"twilio://AC{'a' * 32}:{'b' * 28}c0de@+15005550006/+15005550009"
PAGERDUTY = f"pagerduty://{'1' * 28}f00d@{'2' * 20}"


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "shown"),
    [
        ("email", "ada@example.com bob@example.org", "ada@example.com,bob@example.org",
         "a…@example.com, b…@example.org"),
        ("email", "mailtos://u:secretpass@mail.example.com:587?from=a@example.com",
         "mailtos://u:secretpass@mail.example.com:587?from=a@example.com",
         "mailtos://mail.example.com:587/…"),
        ("personal_email", "ignored@example.com", "", "the person’s own"),
        ("slack", SLACK, "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7", "slack …evi7"),
        ("sms", SMS, SMS, "twilio …aaaa"),
        ("pagerduty", PAGERDUTY, PAGERDUTY, "pagerduty …f00d"),
        ("webhook", " https://siem.example.com:8443/in?token=abc ",
         "https://siem.example.com:8443/in?token=abc", "https://siem.example.com:8443/…"),
    ],
)  # fmt: skip
def test_an_address_is_kept_as_it_is_sent_to_and_shown_as_little_as_tells_it_apart(
    kind: str, typed: str, kept: str, shown: str
) -> None:
    address = address_read(kind, typed)

    assert address.text == kept
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("email", "", "one to 20 mail addresses"),
        ("email", ",".join(f"a{n}@example.com" for n in range(21)), "one to 20 mail addresses"),
        ("email", "ada@example", "is none"),
        ("email", "a@example.com\nBcc: b@example.com", "is none"),
        ("email", "https://example.com", "no address for E-mail"),
        ("email", "mailto://mail.example.com?from=a@b.cc&pgp=yes", "options that are not allowed"),
        ("slack", "https://hooks.slack.com.evil.example/services/T/B/X", "no address for Slack"),
        ("slack", "slack://T1/B1/X1?template=/etc/passwd", "options that are not allowed"),
        ("slack", "slack://T1/B1/X1?VERIFY=no", "options that are not allowed"),
        ("sms", "twilio://AC:b@1/2?rto=100000", "options that are not allowed"),
        ("pagerduty", "pagerduty://k@a?+detail=x", "options that are not allowed"),
        ("webhook", "file:///etc/passwd", "no address for Webhook"),
        ("webhook", "syslog://localhost", "no address for Webhook"),
        ("webhook", "https://user:password@example.com/", "Leave user and password out"),
        ("webhook", "https:///path", "names no host"),
        ("webhook", "https://example.com:port/", "cannot be read"),
        ("webhook", "https://[::1/", "cannot be read"),
        ("webhook", "https://example.com/" + "x" * 2_000, "at most 2000"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_being_quoted(
    kind: str, typed: str, sentence: str
) -> None:
    with pytest.raises(AddressInvalid, match=sentence) as refused:
        address_read(kind, typed)

    assert not typed or typed not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(AddressInvalid, match="at least 16"):
        address_read("webhook", "https://example.com/", "short")


def test_neither_address_nor_secret_stands_in_what_a_traceback_shows() -> None:
    address = address_read("webhook", "https://example.com/hidden-path", "hidden-secret-0123")

    assert "hidden" not in repr(address)
    assert "hidden" not in f"{[address]}"
