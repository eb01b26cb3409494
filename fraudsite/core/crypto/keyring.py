"""The master key ring: named 256-bit keys that wrap data keys and nothing else.

The first key of the ring is the primary: new data keys are wrapped with it. The others stay so
that what they wrapped can still be opened, until `manage.py rewrap_data_keys` has moved all to
the primary.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field

from fraudsite.core.crypto.envelope import KEY_BYTES, SealBroken, open_sealed, seal

KEY_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,40}")


class KeyRingError(ValueError):
    """The key ring cannot be read, or lacks a key that is needed; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: which master key closed it, and the closed bytes."""

    master_key_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by name.

    Parameters
    ----------
    primary_id : str
        Name of the key that wraps new data keys.
    keys : dict of str to bytes
        Each 32 bytes. Left out of ``repr`` so that a ring never reaches a log or a traceback.
    """

    primary_id: str
    keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read a ring from its written form.

        Parameters
        ----------
        text : str
            ``id:base64`` pairs separated by commas; the first is the primary.

        Returns
        -------
        KeyRing

        Raises
        ------
        KeyRingError
            If it is empty, malformed, names a key twice, or a key is not 32 bytes. The sentence
            names the entry by position and never quotes key material.

        Examples
        --------
        >>> KeyRing.parse("2025:" + "A" * 43 + "=").primary_id
        '2025'
        """
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        if not entries:
            message = "The master key ring is empty; it needs at least one id:base64 pair."
            raise KeyRingError(message)
        keys: dict[str, bytes] = {}
        for position, entry in enumerate(entries, start=1):
            key_id, key = _parse_entry(entry, position)
            if key_id in keys:
                message = f"Master key {position} has the same id as an earlier one: {key_id}."
                raise KeyRingError(message)
            keys[key_id] = key
        return cls(primary_id=next(iter(keys)), keys=keys)

    def wrap(self, key: bytes, context: str) -> WrappedKey:
        """Return `key` closed with the primary master key and bound to `context`."""
        return WrappedKey(self.primary_id, seal(self.keys[self.primary_id], key, context))

    def unwrap(self, wrapped: WrappedKey, context: str) -> bytes:
        """Return the key that `wrap` closed.

        Raises
        ------
        KeyRingError
            If the master key is no longer in the ring, or is another key under the same name.
        """
        master_key = self.keys.get(wrapped.master_key_id)
        if master_key is None:
            message = (
                f"The master key {wrapped.master_key_id} is not in the ring; "
                "put it back after the primary until every data key is rewrapped."
            )
            raise KeyRingError(message)
        try:
            return open_sealed(master_key, wrapped.sealed, context)
        except SealBroken:
            message = (
                f"The master key {wrapped.master_key_id} does not open this data key: "
                "the ring holds another key under that id, or the stored key was altered."
            )
            raise KeyRingError(message) from None


def generate_key() -> bytes:
    """Return 32 random bytes from the operating system."""
    return secrets.token_bytes(KEY_BYTES)


def _parse_entry(entry: str, position: int) -> tuple[str, bytes]:
    key_id, separator, encoded = entry.partition(":")
    if not separator or not KEY_ID_PATTERN.fullmatch(key_id):
        message = (
            f"Master key {position} is not of the form id:base64 "
            "(an id is up to 40 letters, digits, dots, dashes or underscores)."
        )
        raise KeyRingError(message)
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        message = f"Master key {position} ({key_id}) is not valid base64."
        raise KeyRingError(message) from None
    if len(key) != KEY_BYTES:
        message = f"Master key {position} ({key_id}) has {len(key)} bytes and needs {KEY_BYTES}."
        raise KeyRingError(message)
    return key_id, key
