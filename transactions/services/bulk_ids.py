"""Ids for many rows at once: UUIDs that rise in the order of the rows, and random ones."""

from __future__ import annotations

import os
import time

import numpy as np
import numpy.typing as npt
import polars as pl

from fraudsite.core.uuid7 import COUNTER_SEED_MASK, RAND_B_COUNTER_BITS, TAIL_BITS

UUID_BYTES = 16
TIMESTAMP_SHIFT = 16
VERSION_7, VARIANT = np.uint64(0x7 << 12), np.uint64(0b10 << 62)
RAND_B_COUNTER_MASK = np.uint64((1 << RAND_B_COUNTER_BITS) - 1)


class RowIds:
    """UUIDs version 7 for rows 0, 1, 2 …, all of the time at which the first were reserved.

    The counter of RFC 9562 §6.2 numbers the rows, so that rows sort as they stood in the file.
    The id of a row is worked out from its number again and again: labels find their transaction's
    without a table of ids. A row costs 4 bytes.

    Parameters
    ----------
    timestamp_ms : int, optional
        Unix time; now if left out.
    """

    def __init__(self, *, timestamp_ms: int | None = None) -> None:
        now_ms = time.time_ns() // 1_000_000 if timestamp_ms is None else timestamp_ms
        self._timestamp = np.uint64(now_ms << TIMESTAMP_SHIFT)
        self._first = np.uint64(int.from_bytes(os.urandom(8)) & COUNTER_SEED_MASK)
        self._tails = np.empty(0, dtype=np.uint32)

    def reserve(self, count: int) -> npt.NDArray[np.int64]:
        """Return the numbers of that many further rows."""
        start = len(self._tails)
        fresh = np.frombuffer(os.urandom(count * TAIL_BITS // 8), dtype=np.uint32)
        self._tails = np.concatenate([self._tails, fresh])
        return np.arange(start, start + count)

    def of_rows(self, rows: npt.NDArray[np.int64]) -> pl.Series:
        """Return the ids of these rows as 32 hexadecimal digits, which PostgreSQL reads."""
        counter = self._first + rows.astype(np.uint64)
        words = np.empty((len(rows), 2), dtype=">u8")
        words[:, 0] = self._timestamp | VERSION_7 | (counter >> np.uint64(RAND_B_COUNTER_BITS))
        low = (counter & RAND_B_COUNTER_MASK) << np.uint64(TAIL_BITS)
        words[:, 1] = VARIANT | low | self._tails[rows]
        return _hexadecimal(words.tobytes(), len(rows))


def random_uuids(count: int) -> pl.Series:
    """Return UUIDs version 4 as 32 hexadecimal digits."""
    raw = np.frombuffer(os.urandom(count * UUID_BYTES), dtype=np.uint8)
    octets = raw.reshape(count, UUID_BYTES).copy()
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    return _hexadecimal(octets.tobytes(), count)


def _hexadecimal(octets: bytes, count: int) -> pl.Series:
    digits = octets.hex()
    width = 2 * UUID_BYTES
    return pl.Series([digits[place * width : (place + 1) * width] for place in range(count)])
