"""Equality search over encrypted values, without the values."""

from __future__ import annotations

from fraudsite.core.crypto.blind_index import blind_index as keyed_hash
from fraudsite.core.services.data_keys import blind_index_key, open_data_key


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return the 32-byte keyed hash of a value the caller has normalised.

    The key is one data key of its own, wrapped by the ring like any other: rotating the master key
    changes no index, and dropping an old master key breaks no search.
    """
    return keyed_hash(open_data_key(blind_index_key()), value, purpose)
