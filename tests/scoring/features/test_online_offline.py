"""One history, applied in different ways, gives the same bits."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.features import StateTable, advance, apply_events, entities_of
from tests.scoring.features.making import histories
from tests.scoring.features.random_history import random_history


def test_a_history_applied_one_by_one_from_blobs_equals_one_pass_in_memory() -> None:
    events = random_history(3_000, np.random.default_rng(7))

    table = StateTable()
    offline = apply_events(events, table)
    online, blobs = _online(events, [1] * events.size)

    assert offline.tobytes() == online.tobytes()
    assert dict(table.blobs()) == blobs


@settings(max_examples=60, deadline=None)
@given(events=histories(), data=st.data())
def test_it_does_not_matter_where_a_history_is_cut(events: np.ndarray, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 7), min_size=events.size, max_size=events.size))

    table = StateTable()
    offline = apply_events(events, table)
    online, blobs = _online(events, sizes)

    assert offline.tobytes() == online.tobytes()
    assert dict(table.blobs()) == blobs


def test_states_go_on_from_blobs_where_they_stopped() -> None:
    events = random_history(2_000, np.random.default_rng(8))
    first, whole = StateTable(), StateTable()
    expected = apply_events(events, whole)
    apply_events(events[:900], first)

    second = StateTable()
    second.load(dict(first.blobs()))
    rest = apply_events(events[900:], second)

    assert rest.tobytes() == expected[900:].tobytes()
    assert dict(second.blobs()) == dict(whole.blobs())


def test_another_process_computes_the_same_bits() -> None:
    code = (
        "import numpy as np;"
        "from scoring.features import StateTable, apply_events;"
        "from tests.scoring.features.random_history import random_history;"
        "import hashlib;"
        "events = random_history(2_000, np.random.default_rng(9));"
        "print(hashlib.sha256(apply_events(events, StateTable()).tobytes()).hexdigest())"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )

    events = random_history(2_000, np.random.default_rng(9))
    features = apply_events(events, StateTable())
    assert answer.stdout.strip() == hashlib.sha256(features.tobytes()).hexdigest()


def _online(
    events: np.ndarray, sizes: list[int]
) -> tuple[np.ndarray, dict[tuple[int, int], bytes]]:
    blobs: dict[tuple[int, int], bytes] = {}
    features = []
    start = 0
    for size in sizes:
        part = events[start : start + size]
        start += size
        given_blobs = {entity: blobs.get(entity) for entity in entities_of(part)}
        rows, new = advance(part, given_blobs)
        features.append(rows)
        blobs |= new
    return np.concatenate(features), blobs
