"""Authenticated encryption of bytes: one format for files, fields, embeddings and wrapped keys."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
VERSION = b"\x01"
# NIST SP 800-38D §8.2: 96-bit nonces; §8.3: at most 2**32 random ones under one key. A data key
# belongs to one customer, who is some thousands of messages away from that.
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = len(VERSION) + NONCE_BYTES + TAG_BYTES


class SealBroken(Exception):
    """The bytes were altered, cut, sealed with another key, or belong to another context."""


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Encrypt bytes with AES-256-GCM.

    Parameters
    ----------
    key : bytes
        32 bytes.
    plaintext : bytes
        Up to 2**31 - 1 bytes.
    context : str
        What the bytes are and whose ("file:<id>"). It is authenticated, not stored: a sealed value
        copied to another row or field no longer opens.

    Returns
    -------
    bytes
        Version byte, 12-byte random nonce, ciphertext, 16-byte tag: 29 bytes longer than the input.

    References
    ----------
    NIST SP 800-38D (GCM).

    Examples
    --------
    >>> key = bytes(32)
    >>> open_sealed(key, seal(key, b"face", "file:1"), "file:1")
    b'face'
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, _associated_data(context))


def open_sealed(key: bytes, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` returned.

    Raises
    ------
    SealBroken
        If anything about key, bytes or context differs; it does not say which.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[:1] != VERSION:
        message = "These bytes are not a sealed value of a known version."
        raise SealBroken(message)
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _associated_data(context))
    except InvalidTag:
        message = "The sealed value was altered or belongs to another key or context."
        raise SealBroken(message) from None


def _associated_data(context: str) -> bytes:
    return VERSION + context.encode()
