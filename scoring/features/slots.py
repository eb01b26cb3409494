"""Small tables of who was seen last: keys, the second each was last seen, how many are used.

When a table is full the one unseen for longest makes room, so counts of different keys in a window
are exact up to the size of the table and saturate there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.features.kernel import compiled, whole

U2_MAX = 65_535


@compiled
def short_key(key: Any) -> int:
    """Return 32 bits of an entity's key, never 0: enough to tell a few dozen apart."""
    return max(1, whole((key ^ (key >> np.uint64(32))) & np.uint64(0xFFFFFFFF)))


@compiled
def slot_of(keys: Any, used: int, key: int) -> int:
    """Return where a key is in a table, or -1."""
    for slot in range(used):
        if whole(keys[slot]) == key:
            return slot
    return -1


@compiled
def slot_for_new(lasts: Any, used: int) -> int:
    """Return a free slot, or the one unseen for longest (the first of equals)."""
    if used < lasts.size:
        return used
    oldest = 0
    for slot in range(1, used):
        if lasts[slot] < lasts[oldest]:
            oldest = slot
    return oldest


@compiled
def seen(keys: Any, lasts: Any, used: int, key: int, now: int) -> int:
    """Note that a key was seen, and return how many slots are used now."""
    slot = slot_of(keys, used, key)
    if slot < 0:
        slot = slot_for_new(lasts, used)
        keys[slot] = key
    lasts[slot] = now
    return max(used, slot + 1)


@compiled
def seen_within(lasts: Any, used: int, now: int, window: int) -> int:
    """Count the keys seen within a window."""
    count = 0
    for slot in range(used):
        if now - whole(lasts[slot]) < window:
            count += 1
    return count


@compiled
def others_within(keys: Any, lasts: Any, used: int, key: int, now: int, window: int) -> int:
    """Count the keys other than one seen within a window."""
    count = 0
    for slot in range(used):
        if whole(keys[slot]) != key and now - whole(lasts[slot]) < window:
            count += 1
    return count


@compiled
def drop_first(values: Any, used: int, gone: int) -> None:
    """Close the gap after the first entries of a list have gone."""
    for place in range(used - gone):
        values[place] = values[place + gone]
