"""Named behaviours: late, twice, from the future, without an entity, without an amount."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.features import EVENT, SCHEMA, EntityKind, StateTable, apply_events, entity_key
from tests.scoring.features.making import (
    DAY,
    DEPOSIT,
    GERMANY,
    HOUR,
    MINUTE,
    START,
    TRANSFER,
    WITHDRAWAL,
    batch,
    series,
    transaction,
    verification,
)

WINDOWS = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}


def feature(name: str, *events: np.ndarray) -> float:
    """Return a feature of the last of these events."""
    return float(apply_events(batch(*events), StateTable())[-1, SCHEMA.index(name)])


def test_a_transaction_never_counts_itself() -> None:
    event = transaction(amount=20.0, device=3, ip=4, card=5)

    for name in ("tx_count_1h", "tx_sum_30d", "tx_number", "device_count_1h", "merchant_customers"):
        assert feature(name, event) == 0, name


def test_what_comes_later_changes_nothing_before() -> None:
    events = series(10, device=3, ip=4, card=5)

    short = apply_events(events[:6], StateTable())
    long = apply_events(events, StateTable())

    assert short.tobytes() == long[:6].tobytes()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("counted", ["tx_count", "merchants", "devices", "countries"])
def test_what_is_as_old_as_the_window_is_no_longer_in_it(window: str, counted: str) -> None:
    fields = {"device": 3, "country": GERMANY}
    first = transaction(**fields)
    just_in = transaction(START + WINDOWS[window] - 1, **fields)
    just_out = transaction(START + WINDOWS[window], **fields)

    assert feature(f"{counted}_{window}", first, just_in) == 1
    assert feature(f"{counted}_{window}", first, just_out) == 0


@pytest.mark.parametrize(
    ("name", "window", "fields"),
    [
        ("small_count_1h", HOUR, {"amount": 2}),
        ("small_count_24h", DAY, {"amount": 2}),
        ("device_small_1h", HOUR, {"amount": 2}),
        ("card_small_1h", HOUR, {"amount": 2}),
        ("merchant_small_1h", HOUR, {"amount": 2}),
        ("device_count_1h", HOUR, {}),
        ("device_cards_24h", DAY, {}),
        ("card_count_24h", DAY, {}),
        ("ip_count_1h", HOUR, {}),
        ("below_limit_count_7d", 7 * DAY, {"amount": 9_999.99}),
        ("deposits_24h", DAY, {"amount": 1, "transaction_kind": DEPOSIT}),
        ("outflow_48h", 2 * DAY, {"amount": 1, "transaction_kind": TRANSFER}),
        ("outflow_24h", DAY, {"amount": 1, "transaction_kind": WITHDRAWAL}),
    ],
)
def test_so_it_is_with_every_other_window(name: str, window: int, fields: dict) -> None:
    everything = {"device": 3, "ip": 4, "card": 5} | fields

    for age, expected in ((window - 1, 1), (window, 0)):
        events = transaction(**everything), transaction(START + age, **everything)
        assert feature(name, *events) == expected


def test_a_late_transaction_is_counted_as_happening_now() -> None:
    now, late = transaction(START, transaction=1), transaction(START - 2 * DAY, transaction=2)

    assert feature("tx_count_1h", now, late) == 1
    assert feature("days_since_last", now, late) == 0
    assert feature("tx_count_1h", now, late, transaction(START + MINUTE)) == 2


def test_a_late_transaction_keeps_its_own_hour_and_place() -> None:
    here = {"latitude": 52.5, "longitude": 13.4}
    there = {"latitude": 48.9, "longitude": 2.3}
    now = transaction(START, **here)
    late = transaction(START - 10 * HOUR, **there)

    assert feature("speed_kmh", now, late) == pytest.approx(87.6, abs=0.5)
    assert feature("is_night", late) == 1
    assert feature("km_from_last", now, late, transaction(START + HOUR, **here)) == 0


def test_the_same_transaction_again_changes_nothing() -> None:
    event = transaction(transaction=7, device=3, ip=4, card=5)
    once, twice = StateTable(), StateTable()

    apply_events(event, once)
    features = apply_events(batch(event, event, event), twice)

    assert dict(twice.blobs()) == dict(once.blobs())
    assert features[1].tobytes() == features[2].tobytes()


def test_the_same_transaction_is_recognised_among_the_last_64_of_30_days() -> None:
    events = series(64)
    crowded_out = batch(series(65), events[:1])

    assert feature("tx_number", batch(events, events[:1], transaction(START + 70 * HOUR))) == 64
    assert feature("tx_number", crowded_out, transaction(START + 70 * HOUR)) == 66
    expired = transaction(START + 30 * DAY, transaction=2)
    assert feature("tx_number", events[:1], expired, events[:1], expired) == 3


def test_transactions_without_an_id_are_never_taken_for_the_same() -> None:
    assert feature("tx_number", *[transaction(transaction=0)] * 3) == 2


def test_a_date_in_the_future_is_bounded_by_the_arrival() -> None:
    arrival_us = START * 1_000_000
    wrong = transaction(START + 400 * DAY, arrival_us=arrival_us, transaction=1)
    after = transaction(START + HOUR, transaction=2)

    assert feature("tx_count_1h", wrong, after) == 1
    assert feature("days_since_last", wrong, after) == pytest.approx(55 * MINUTE / DAY)


def test_an_entity_that_is_not_named_has_no_features() -> None:
    features = apply_events(transaction(merchant=0), StateTable())[0]
    missing = {name for name, value in zip(SCHEMA.names, features, strict=True) if np.isnan(value)}

    assert {name for name in SCHEMA.names if "merchant_" in name and "is_" not in name} <= (
        missing | {"amount_to_merchant", "amount_merchant_log_z"}
    )
    assert {
        name for name in SCHEMA.names if name.startswith(("device_", "ip_", "card_"))
    } <= missing


def test_without_any_entity_only_the_transaction_itself_is_described() -> None:
    features = apply_events(transaction(customer=0, merchant=0, channel=1), StateTable())[0]

    known = {
        name for name, value in zip(SCHEMA.names, features, strict=True) if not np.isnan(value)
    }
    groups = {SCHEMA.specs[SCHEMA.index(name)].group for name in known}
    assert groups == {"amount", "time", "transaction", "structuring"}


def test_events_without_entities_leave_no_state() -> None:
    table = StateTable()

    apply_events(transaction(customer=0, merchant=0), table)

    assert len(table) == 0


@pytest.mark.parametrize("amount", [np.nan, 0.0, -5.0, np.inf, 0.004])
def test_an_unknown_amount_is_missing_but_the_transaction_counts(amount: float) -> None:
    strange = transaction(amount=amount)

    assert np.isnan(feature("amount_eur", strange))
    assert np.isnan(feature("amount_to_usual", transaction(amount=10), strange))
    assert feature("tx_count_1h", strange, transaction()) == 1
    assert feature("tx_sum_1h", strange, transaction()) == 0
    assert feature("small_count_1h", strange, transaction()) == 0
    assert np.isnan(feature("customer_mean", strange, transaction()))


def test_a_verification_is_known_from_then_on() -> None:
    checked = verification(START, verification_outcome=1, verification_risk=2, face_match_score=0.5)
    event = transaction(START + 3 * DAY)

    assert feature("is_verification_approved", event) == 0
    assert feature("is_verification_approved", checked, event) == 1
    assert feature("verification_age_days", checked, event) == 3
    assert feature("verification_risk", checked, event) == 2
    assert feature("face_match_score", checked, event) == 0.5
    assert np.isnan(feature("liveness_score", checked, event))


def test_an_older_verification_does_not_replace_a_newer_one() -> None:
    approved = verification(START, verification_outcome=1)
    older = verification(START - DAY, verification_outcome=3)

    assert feature("is_verification_approved", approved, older, transaction(START + DAY)) == 1


def test_a_verification_touches_nobody_but_its_customer() -> None:
    table = StateTable()

    apply_events(verification(START, merchant=2, device=3), table)

    assert [key for key, _ in table.blobs()] == [(EntityKind.CUSTOMER, 1)]


def test_a_country_is_new_only_to_those_who_have_been_somewhere() -> None:
    home = transaction(country=GERMANY)

    assert np.isnan(feature("is_country_new", home))
    assert feature("is_country_new", home, home) == 0
    assert feature("is_country_new", home, transaction(country=GERMANY + 1)) == 1


def test_nobody_crosses_an_ocean_in_an_hour() -> None:
    berlin = transaction(latitude=52.5, longitude=13.4)
    auckland = transaction(START + HOUR, latitude=-36.8, longitude=174.8)

    assert feature("is_impossible_travel", berlin, auckland) == 1
    assert feature("km_from_last", berlin, auckland) == pytest.approx(17_720, abs=30)


def test_keys_are_the_same_in_every_process() -> None:
    assert entity_key("", "C-1") == 0x97EC43E0E2ECD89C
    assert entity_key("7", "C-1") == 0x6C0AD62F9EA2E993


def test_other_arrays_are_refused() -> None:
    with pytest.raises(TypeError, match="dtype EVENT"):
        apply_events(np.zeros(3), StateTable())
    with pytest.raises(TypeError, match="one dimension"):
        apply_events(np.zeros((2, 2), EVENT), StateTable())


def test_a_batch_may_be_any_view_of_memory() -> None:
    events = series(10)
    frozen = events.copy()
    frozen.flags.writeable = False

    expected = apply_events(events[::2].copy(), StateTable())

    assert apply_events(events[::2], StateTable()).tobytes() == expected.tobytes()
    assert apply_events(frozen[::2], StateTable()).tobytes() == expected.tobytes()
