"""Keys of whole columns of ids: each different id is hashed once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

Array = np.ndarray[Any, np.dtype[Any]]


def keys_of(column: pl.Series, namespace: str = "") -> Array:
    """Return the key of each id, as `entity_key` makes it; 0 for null and for an empty text.

    Parameters
    ----------
    column : Series of String, n values
    namespace : str

    Returns
    -------
    ndarray of uint64, shape (n,)

    Examples
    --------
    >>> from scoring.features.events import entity_key
    >>> keys = keys_of(pl.Series(["M-1", None, "M-1"]))
    >>> bool(keys[0] == keys[2] == entity_key("", "M-1")), int(keys[1])
    (True, 0)
    """
    frame = column.cast(pl.String).alias("id").to_frame()
    unique = frame.unique(maintain_order=True).filter(pl.col("id").str.len_bytes() > 0)
    keys = pl.Series("key", _hashed(unique["id"], namespace))
    joined = frame.join(unique.with_columns(keys), on="id", how="left", maintain_order="left")
    return joined["key"].fill_null(0).to_numpy()


def _hashed(ids: Iterable[str], namespace: str) -> Array:
    prefix = hashlib.blake2b(f"{namespace}\x1f".encode(), digest_size=8)
    digests = bytearray()
    for text in ids:
        one = prefix.copy()
        one.update(text.encode())
        digests += one.digest()
    keys = np.frombuffer(bytes(digests), "<u8").astype(np.uint64)
    keys[keys == 0] = 1
    return keys
