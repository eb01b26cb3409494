"""Ids made for many rows at once."""

from __future__ import annotations

import uuid

import numpy as np

from fraudsite.core.uuid7 import Uuid7Source, lowest_uuid7
from transactions.services.bulk_ids import RowIds, random_uuids


def test_row_ids_are_uuids_in_the_order_of_the_rows() -> None:
    ids = RowIds(timestamp_ms=1_800_000_000_000)
    first, second = ids.reserve(3), ids.reserve(100_000)

    texts = [*ids.of_rows(first), *ids.of_rows(second)]

    made = [uuid.UUID(text) for text in texts]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert {one.int >> 80 for one in made} == {1_800_000_000_000}
    assert made[0] > lowest_uuid7(1_800_000_000_000)
    assert list(ids.of_rows(np.array([50_000, 1]))) == [texts[50_000], texts[1]]


def test_row_ids_have_the_layout_of_single_ids() -> None:
    ids = RowIds(timestamp_ms=5)
    text = ids.of_rows(ids.reserve(1))[0]
    value = uuid.UUID(text).int
    counter = (value >> 64 & 0xFFF) << 30 | value >> 32 & (1 << 30) - 1
    entropy = ((counter << 32) | value & 0xFFFFFFFF).to_bytes(10, "big")

    assert Uuid7Source(lambda: 5, lambda _: entropy).next() == uuid.UUID(text)


def test_random_ids_are_version_4() -> None:
    made = {uuid.UUID(text) for text in random_uuids(1_000)}

    assert len(made) == 1_000
    assert {(one.version, one.variant) for one in made} == {(4, uuid.RFC_4122)}
