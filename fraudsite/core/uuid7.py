"""Ids that sort by when they were made: UUID version 7.

Rows made one after another lie side by side in an index, and a list is paged by its primary key
alone. Random ids (version 4) scatter both.

References
----------
RFC 9562, §5.7 (layout), §6.2 method 1 (a counter that keeps ids of one millisecond in order).
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable

VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
# 12 bits of rand_a and the first 30 of rand_b count; 32 bits stay random. The counter starts each
# millisecond below 2^41, so that it can grow by as much before it runs over (RFC 9562 §6.2).
COUNTER_BITS = 42
COUNTER_SEED_MASK = (1 << (COUNTER_BITS - 1)) - 1
RAND_B_COUNTER_BITS = 30
TAIL_BITS = 32


class Uuid7Source:
    """Makes ids in strictly rising order, whatever threads ask and whatever the clock does.

    Parameters
    ----------
    clock_ms : callable
        Returns Unix time in whole milliseconds.
    entropy : callable
        Returns that many random bytes.
    """

    def __init__(
        self,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._clock_ms = clock_ms
        self._entropy = entropy
        self.start_anew()

    def start_anew(self) -> None:
        """Forget what was made, so that a forked child neither repeats its parent nor is locked."""
        self._lock = threading.Lock()
        self._last_ms = -1
        self._counter = 0

    def next(self) -> uuid.UUID:
        """Return the next id, higher than every one before it."""
        noise = int.from_bytes(self._entropy(10), "big")
        with self._lock:
            timestamp_ms, counter = self._advance(noise >> TAIL_BITS)
        return uuid.UUID(int=_packed(timestamp_ms, counter, noise & ((1 << TAIL_BITS) - 1)))

    def _advance(self, seed: int) -> tuple[int, int]:
        """Return time and counter of the next id; a clock set back counts on from where it was."""
        now_ms = self._clock_ms()
        if now_ms > self._last_ms:
            self._last_ms, self._counter = now_ms, seed & COUNTER_SEED_MASK
        elif self._counter + 1 < 1 << COUNTER_BITS:
            self._counter += 1
        else:
            self._last_ms, self._counter = self._last_ms + 1, seed & COUNTER_SEED_MASK
        return self._last_ms, self._counter


def _packed(timestamp_ms: int, counter: int, tail: int) -> int:
    """Return the 128 bits: time, version, counter's upper part, variant, its lower part, tail."""
    rand_a = counter >> RAND_B_COUNTER_BITS
    rand_b = ((counter & ((1 << RAND_B_COUNTER_BITS) - 1)) << TAIL_BITS) | tail
    return ((timestamp_ms & ((1 << 48) - 1)) << 80) | (rand_a << 64) | VERSION_AND_VARIANT | rand_b


_SOURCE = Uuid7Source()
os.register_at_fork(after_in_child=_SOURCE.start_anew)


def uuid7() -> uuid.UUID:
    """Return a new id of this process, higher than every id it returned before.

    Examples
    --------
    >>> first, second = uuid7(), uuid7()
    >>> first < second, first.version
    (True, 7)
    """
    return _SOURCE.next()


def lowest_uuid7(timestamp_ms: int) -> uuid.UUID:
    """Return the id below every id made at or after a time: where an index scan begins.

    Examples
    --------
    >>> lowest_uuid7(0) < uuid7()
    True
    """
    return uuid.UUID(int=_packed(timestamp_ms, 0, 0))
