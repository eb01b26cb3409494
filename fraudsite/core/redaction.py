"""Takes personal data out of log records and audit details."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"

# Compared with the last word groups of a key: "declared_birth_date" is caught by "birth_date".
SENSITIVE_KEYS = frozenset(
    {
        "address", "authorization", "birth_date", "body", "card_number", "cookie", "cookies",
        "csrf_token", "csrfmiddlewaretoken", "cvv", "date_of_birth", "document_number", "email",
        "embedding", "first_name", "full_name", "given_names", "iban", "last_name", "mrz",
        "mrz_lines", "otp", "pan", "password", "password1", "password2", "passphrase",
        "personal_number", "phone", "place_of_birth", "postcode", "secret", "sessionid", "street",
        "surname", "tax_id", "token", "totp", "recovery_codes", "master_keys", "secret_key",
    }
)  # fmt: skip
IP_KEYS = frozenset({"ip", "client_ip", "remote_addr", "ip_address"})

EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
# ISO/IEC 7812-1: 12 to 19 digits, printed in groups.
CARD_NUMBER = re.compile(r"(?<![\w-])\d(?:[ -]?\d){11,18}(?![\w-])")
# ICAO Doc 9303: lines of 30, 36 or 44 of A-Z, 0-9 and the filler; cut ones are caught from 20 on.
MRZ_LINE = re.compile(r"(?=[A-Z0-9]*<)[A-Z0-9<]{20,}")
# ISO 13616: country, two check digits, up to 30 letters and digits.
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
# The prefix may be told, the secret behind it not (`core.api.key_text`).
API_KEY = re.compile(r"fsk_(live|test)_([a-z0-9]{10})_[A-Za-z0-9]{32}")
# Links that sign in whoever has them: password reset and confirmation of an address.
SECRET_PATH = re.compile(r"(/(?:reset/key|confirm-email)/)[^/\s]+")
# The request middleware logs "GET /path?query"; a query may hold anything a person typed.
QUERY_STRING = re.compile(r"\?\S*")

ID_ENDINGS = ("_id", "_ids", "_reference")
MAX_DEPTH = 6


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return the record without personal data (a structlog processor)."""
    return {key: redact_value(value, key) for key, value in event.items()}


def redact_value(value: Any, key: str = "", depth: int = 0) -> Any:
    """Return a value without personal data, judged by its key and then by what it looks like."""
    if is_sensitive_key(key):
        return REDACTED
    if isinstance(value, str):
        return _redact_string(value, key.lower())
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if isinstance(value, dict | list | tuple):
        return _redact_members(value, key, depth)
    return value


@lru_cache(maxsize=4_096)
def is_sensitive_key(key: str) -> bool:
    """Whether a value under this key is personal or secret whatever it looks like.

    Examples
    --------
    >>> is_sensitive_key("declared_birth_date"), is_sensitive_key("document_id")
    (True, False)
    """
    words = key.lower().replace("-", "_").split("_")
    return any("_".join(words[start:]) in SENSITIVE_KEYS for start in range(len(words)))


def sensitive_keys(value: Any) -> set[str]:
    """Return the keys in a JSON value, however deep, under which personal data would lie."""
    if isinstance(value, Mapping):
        found = {str(key) for key in value if is_sensitive_key(str(key))}
        return found.union(*map(sensitive_keys, filter(_has_members, value.values())))
    if isinstance(value, list | tuple):
        return set[str]().union(*map(sensitive_keys, filter(_has_members, value)))
    return set()


def _has_members(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def redact_identifier(text: str) -> str:
    """Return an id without what no id should be; digits stay, whatever number they happen to be.

    One in ten ids of 12 to 19 digits passes for a card number.
    """
    return MRZ_LINE.sub(REDACTED, EMAIL.sub(REDACTED, text))


def redact_text(text: str) -> str:
    """Return text without e-mail addresses, card numbers, MRZ lines, IBANs, tokens and queries.

    Examples
    --------
    >>> redact_text("Key (email)=(ada@example.org) exists")
    'Key (email)=([redacted]) exists'
    """
    text = API_KEY.sub(rf"fsk_\1_\2_{REDACTED}", text)
    text = EMAIL.sub(REDACTED, text)
    text = JSON_WEB_TOKEN.sub(REDACTED, text)
    text = MRZ_LINE.sub(REDACTED, text)
    text = IBAN.sub(_redact_iban, text)
    return CARD_NUMBER.sub(_redact_card_number, text)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the right check digit (ISO/IEC 7812-1 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _redact_members(
    value: dict[Any, Any] | list[Any] | tuple[Any, ...], key: str, depth: int
) -> Any:
    if depth >= MAX_DEPTH:
        return REDACTED
    if isinstance(value, dict):
        return {k: redact_value(v, str(k), depth + 1) for k, v in value.items()}
    return [redact_value(item, key, depth + 1) for item in value]


def _redact_string(value: str, key: str) -> str:
    if key in IP_KEYS:
        return _redact_ip(value)
    if key == "request":
        value = SECRET_PATH.sub(rf"\1{REDACTED}", QUERY_STRING.sub("", value))
    return redact_identifier(value) if key.endswith(ID_ENDINGS) else redact_text(value)


def _redact_card_number(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return REDACTED if passes_luhn(digits) else match.group()


def _redact_iban(match: re.Match[str]) -> str:
    compact = match.group().replace(" ", "")
    rearranged = compact[4:] + compact[:4]
    number = int("".join(str(int(character, 36)) for character in rearranged))
    return REDACTED if number % 97 == 1 else match.group()


def _redact_ip(value: str) -> str:
    """Keep the network (/24, /48), which tells an attack apart, and drop the host."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return REDACTED
    prefix = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))
