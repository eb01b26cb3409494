from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from fraudsite.core.uuid7 import _SOURCE, COUNTER_BITS, Uuid7Source, uuid7

# RFC 9562, appendix A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
RFC_EXAMPLE = uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def entropy_of(noise: int) -> Callable[[int], bytes]:
    return lambda count: noise.to_bytes(count, "big")


def milliseconds_of(made: uuid.UUID) -> int:
    return made.int >> 80


def test_it_makes_the_standards_own_example() -> None:
    # Its counter starts with a set bit, which no seed has; the one after a lower one may.
    counter = (0xCC3 << 30) | (0x18C4DC0C0C07398F >> 32)
    source = Uuid7Source(lambda: 0x017F22E279B0, entropy_of(0x0C07398F))
    source._last_ms, source._counter = 0x017F22E279B0, counter - 1

    assert source.next() == RFC_EXAMPLE


def test_it_carries_the_time_and_says_its_version_and_variant() -> None:
    before_ms = time.time_ns() // 1_000_000
    made = uuid7()
    after_ms = time.time_ns() // 1_000_000

    assert before_ms <= milliseconds_of(made) <= after_ms
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


@given(st.lists(st.integers(0, 2**47), min_size=1, max_size=50), st.integers(0, 2**80 - 1))
def test_ids_rise_whatever_the_clock_does(clock: list[int], noise: int) -> None:
    ticks = iter(clock)
    source = Uuid7Source(lambda: next(ticks), entropy_of(noise))

    made = [source.next() for _ in clock]

    assert made == sorted(set(made))
    assert all(
        milliseconds_of(one) == max(clock[: position + 1]) for position, one in enumerate(made)
    )


def test_a_counter_that_runs_over_borrows_from_the_next_millisecond() -> None:
    source = Uuid7Source(lambda: 1_000, entropy_of(0))
    source.next()
    source._counter = (1 << COUNTER_BITS) - 2

    last, borrowed = source.next(), source.next()

    assert (milliseconds_of(last), milliseconds_of(borrowed)) == (1_000, 1_001)
    assert last < borrowed


def test_threads_get_ids_that_differ_and_rise_for_each() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))

    assert len({made for batch in batches for made in batch}) == 16_000
    assert all(batch == sorted(batch) for batch in batches)


def test_a_forked_child_neither_repeats_its_parent_nor_waits_for_its_lock() -> None:
    reader, writer = os.pipe()

    with _SOURCE._lock:
        child = os.fork()
        if child == 0:
            # A child that waited for the lock would wait for ever; it dies, having written nothing.
            signal.alarm(5)
            os.write(writer, uuid7().bytes)
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)

    assert uuid.UUID(bytes=os.read(reader, 16)) != uuid7()
    os.close(reader)
