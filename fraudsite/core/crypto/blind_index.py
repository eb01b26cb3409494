"""Keyed hashes for equality search over encrypted values."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INDEX_BYTES = 32


def blind_index(root_key: bytes, value: str, purpose: str) -> bytes:
    """Return the keyed hash of a value.

    Without the key nobody can try all document numbers against it, which a plain hash would permit.

    Parameters
    ----------
    root_key : bytes
        32 bytes.
    value : str
        Normalised by the caller: equal means equal to the bit.
    purpose : str
        What is indexed ("document_number"). Each purpose has a key of its own, so that equal values
        under different purposes can't be linked.

    Returns
    -------
    bytes
        32 bytes, HMAC-SHA256.

    References
    ----------
    RFC 5869 (HKDF), RFC 2104 (HMAC).

    Examples
    --------
    >>> blind_index(bytes(32), "L898902C3", "document_number") == blind_index(
    ...     bytes(32), "L898902C3", "document_number"
    ... )
    True
    """
    derived = HKDF(
        algorithm=hashes.SHA256(),
        length=INDEX_BYTES,
        salt=None,
        info=b"fraudsite blind index: " + purpose.encode(),
    ).derive(root_key)
    return hmac.new(derived, value.encode(), hashlib.sha256).digest()
