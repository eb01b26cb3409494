"""Stored states: small, whole, of this layout, or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.features import (
    LAYOUT_VERSION,
    EntityKind,
    StateDamaged,
    StateLayoutChanged,
    StateMissing,
    StateTable,
    advance,
    apply_events,
    entities_of,
    warm_up,
)
from tests.scoring.features.making import DAY, HOUR, START, batch, series, transaction
from tests.scoring.features.random_history import random_history

CUSTOMER = (int(EntityKind.CUSTOMER), 1)


@pytest.fixture(scope="module")
def blobs() -> dict[tuple[int, int], bytes]:
    table = StateTable()
    apply_events(random_history(3_000, np.random.default_rng(1)), table)
    return dict(table.blobs())


def customer_blob(events: np.ndarray) -> bytes:
    table = StateTable()
    apply_events(events, table)
    blob = table.blob(EntityKind.CUSTOMER, 1)
    assert blob is not None
    return blob


def test_a_customer_of_twenty_transactions_a_month_fits_in_700_bytes() -> None:
    rng = np.random.default_rng(2)
    habits = {"country": 1, "latitude": 52.5, "longitude": 13.4}
    events = batch(
        *(
            transaction(
                START + i * 36 * HOUR,
                transaction=i + 1,
                merchant=int(rng.integers(1, 13)),
                mcc=int(rng.integers(1, 7)),
                device=int(rng.integers(1, 3)),
                ip=int(rng.integers(1, 4)),
                **habits,
            )
            for i in range(20)
        )
    )

    assert len(customer_blob(events)) <= 700


def test_no_blob_is_longer_than_two_and_a_half_kilobytes(blobs: dict) -> None:
    assert max(len(blob) for blob in blobs.values()) <= 2_500


def test_states_come_back_bit_for_bit(blobs: dict) -> None:
    table = StateTable()

    table.load(blobs)

    assert dict(table.blobs()) == blobs


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_altered_byte_is_found(blobs: dict, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(blobs)))
    blob = bytearray(blobs[key])
    place = data.draw(st.integers(2, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(StateDamaged) as damage:
        StateTable().load({key: bytes(blob)})

    assert (damage.value.kind, damage.value.key) == key


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_blob_cut_or_lengthened_is_found(blobs: dict, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(blobs)))
    blob = blobs[key]
    length = data.draw(st.integers(2, len(blob) - 1))

    for strange in (blob[:length], blob + b"\0", blob + blob):
        with pytest.raises(StateDamaged):
            StateTable().load({key: strange})


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(min_size=1, max_size=3_000))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises((StateDamaged, StateLayoutChanged)):
        StateTable().load({CUSTOMER: noise})


def test_a_state_of_another_kind_is_damage(blobs: dict) -> None:
    device = next(blob for (kind, _), blob in blobs.items() if kind == EntityKind.DEVICE)

    with pytest.raises(StateDamaged, match="card 0000000000000001 is damaged"):
        StateTable().load({(EntityKind.CARD, 1): device})


def test_another_layout_is_told_apart_from_damage() -> None:
    blob = bytearray(customer_blob(transaction()))
    blob[0] = LAYOUT_VERSION + 1

    with pytest.raises(StateLayoutChanged, match="rebuild_features"):
        advance(transaction(merchant=0), {CUSTOMER: bytes(blob)})


def test_an_entity_that_was_not_given_is_no_new_one() -> None:
    with pytest.raises(StateMissing, match="merchant 0000000000000002 was not given"):
        advance(transaction(), {CUSTOMER: None})


@pytest.mark.parametrize("empty", [None, b""])
def test_an_empty_state_is_a_new_entity(empty: bytes | None) -> None:
    _, blobs = advance(transaction(merchant=0), {CUSTOMER: empty})

    assert blobs[CUSTOMER] == customer_blob(transaction(merchant=0))


def test_entities_are_named_once_and_in_the_order_of_locks() -> None:
    events = batch(
        transaction(customer=9, merchant=2, card=2**63 + 5), transaction(customer=4, merchant=2)
    )

    assert entities_of(events) == [(1, 4), (1, 9), (2, 2), (5, 2**63 + 5)]


def test_a_list_forgets_what_no_window_holds_any_more() -> None:
    busy, quiet = series(60), transaction(START + 60 * DAY)

    assert len(customer_blob(batch(busy, quiet))) == len(customer_blob(busy)) - 59 * 13


def test_it_can_be_made_ready_without_an_event() -> None:
    warm_up()

    features, blobs = advance(transaction()[:0], {})
    assert features.shape[0] == 0
    assert blobs == {}
