"""The text of an API key: how it is made, taken apart and hashed."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

PREFIX_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + PREFIX_ALPHABET
PREFIX_LENGTH = 10
# log2(62) * 32 = 190.5 bits.
SECRET_LENGTH = 32
KEY_TEXT = re.compile(
    rf"fsk_(?P<mode>live|test)_(?P<prefix>[a-z0-9]{{{PREFIX_LENGTH}}})"
    rf"_[A-Za-z0-9]{{{SECRET_LENGTH}}}"
)


@dataclass(frozen=True, slots=True)
class NewKeyText:
    """A key's text, shown once, and its public prefix."""

    prefix: str
    text: str = field(repr=False)


def new_key_text(*, is_live: bool) -> NewKeyText:
    """Return the text of a new key: `fsk_live_<prefix>_<secret>`, `fsk_test_…` for the sandbox."""
    prefix = _random(PREFIX_ALPHABET, PREFIX_LENGTH)
    mode = "live" if is_live else "test"
    return NewKeyText(prefix, f"fsk_{mode}_{prefix}_{_random(SECRET_ALPHABET, SECRET_LENGTH)}")


def prefix_of(text: str) -> str | None:
    """Return the public prefix in a key's text, or None if it is no key of ours.

    Examples
    --------
    >>> prefix_of("fsk_test_k3y0000001_" + "s" * 32)
    'k3y0000001'
    >>> prefix_of("fsk_test_k3y0000001") is None
    True
    """
    match = KEY_TEXT.fullmatch(text)
    return match["prefix"] if match else None


def key_text_hash(text: str) -> str:
    """Return the SHA-256 of a key's text, in hexadecimal.

    A slow password hash protects what people choose. This secret is 190 random bits: at 10^12
    guesses a second, going through half of them takes some 10^37 years, so nothing is gained, and
    Argon2 would take longer than all the rest of the request.

    Examples
    --------
    >>> key_text_hash("fsk_test_k3y0000001_" + "s" * 32)[:16]
    '2b3bdcd291444f76'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
