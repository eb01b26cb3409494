"""Events from the tables of a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from scoring.features import (
    SCHEMA,
    EventKind,
    Known,
    country_code,
    entity_key,
    events_from_frames,
    history_features,
    replay,
)

MORNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


def payments(*rows: dict) -> pl.DataFrame:
    usual = {
        "customer_id": "anna",
        "merchant_id": "bakery",
        "kind": "payment",
        "amount_minor": 250,
        "currency": "EUR",
        "occurred_at": MORNING,
    }
    return pl.DataFrame(
        [{"transaction_id": f"t{i}"} | usual | row for i, row in enumerate(rows)],
        infer_schema_length=None,
    )


def test_a_transaction_becomes_an_event() -> None:
    frame = payments(
        {
            "account_id": "a1",
            "card_token": "tok",
            "device_id": "phone",
            "ip_address": "::1",
            "channel": "pos",
            "amount_reference_minor": 199,
            "currency": "USD",
            "arrived_at": at(1),
            "country": "DE",
            "latitude": 52.5,
            "longitude": 13.4,
            "mcc": 5411,
        }
    )
    accounts = pl.DataFrame({"account_id": ["a1"], "opened_at": [at(-24)]})

    event = events_from_frames(frame, accounts=accounts, namespace="w1").events()[0]

    assert event["kind"] == EventKind.TRANSACTION
    assert (event["transaction_kind"], event["channel"], event["mcc"]) == (1, 3, 5411)
    assert event["amount"] == 1.99
    assert event["time_us"] == MORNING.timestamp() * 1e6
    assert event["arrival_us"] == at(1).timestamp() * 1e6
    assert event["account_opened_us"] == at(-24).timestamp() * 1e6
    assert event["country"] == country_code("DE")
    assert event["latitude"] == 52.5
    for field, identifier in {
        "transaction": "t0",
        "customer": "anna",
        "merchant": "bakery",
        "device": "phone",
        "ip": "::1",
        "card": "tok",
    }.items():
        assert event[field] == entity_key("w1", identifier)


def test_what_is_left_out_is_missing() -> None:
    event = events_from_frames(payments({"merchant_id": None})).events()[0]

    assert [event[name] for name in ("merchant", "device", "ip", "card")] == [0] * 4
    assert [event[name] for name in ("channel", "country", "mcc", "account_opened_us")] == [0] * 4
    assert np.isnan([event["latitude"], event["face_match_score"]]).all()
    assert event["amount"] == 2.5


def test_a_foreign_amount_without_its_value_in_euros_is_missing() -> None:
    event = events_from_frames(payments({"currency": "USD"})).events()[0]

    assert np.isnan(event["amount"])


def test_events_come_in_the_order_in_which_they_arrived() -> None:
    frame = payments({"arrived_at": at(5)}, {"arrived_at": at(1)}, {"arrived_at": at(3)})

    timeline = events_from_frames(frame)

    assert timeline.places.tolist() == [1, 2, 0]


def test_at_the_same_moment_verification_comes_before_label_before_transaction() -> None:
    frame = payments({}, {"occurred_at": at(9)}, {"occurred_at": at(9)})
    labels = pl.DataFrame({"transaction_id": ["t0"], "is_fraud": [True], "known_at": [at(9)]})
    profiles = pl.DataFrame({"customer_id": ["anna"], "decided_at": [at(9)]})

    timeline = events_from_frames(frame, labels=labels, kyc_profiles=profiles)

    assert timeline.kinds.tolist() == [
        EventKind.TRANSACTION,
        EventKind.VERIFICATION,
        EventKind.LABEL,
        EventKind.TRANSACTION,
        EventKind.TRANSACTION,
    ]
    assert timeline.places.tolist() == [0, 0, 0, 1, 2]


def test_a_label_repeats_its_transaction_and_what_was_known() -> None:
    frame = payments({"device_id": "phone"})
    labels = pl.DataFrame(
        {
            "transaction_id": ["t0", "unknown", "t0"],
            "is_fraud": [False, True, True],
            "known_at": [at(48), at(1), at(24)],
        }
    )

    timeline = events_from_frames(frame, labels=labels)
    _, fraud, honest = timeline.events()

    assert len(timeline) == 3
    assert (fraud["kind"], fraud["is_fraud"], fraud["previous_label"]) == (
        EventKind.LABEL,
        1,
        Known.NOTHING,
    )
    assert (honest["is_fraud"], honest["previous_label"]) == (0, Known.FRAUD)
    assert fraud["device"] == entity_key("", "phone")
    assert fraud["labelled_time_us"] == MORNING.timestamp() * 1e6
    assert fraud["time_us"] == at(24).timestamp() * 1e6


def test_no_label_comes_before_its_transaction() -> None:
    frame = payments({"arrived_at": at(2)})
    labels = pl.DataFrame({"transaction_id": ["t0"], "is_fraud": [True], "known_at": [MORNING]})

    timeline = events_from_frames(frame, labels=labels)

    assert timeline.kinds.tolist() == [EventKind.TRANSACTION, EventKind.LABEL]


def test_features_are_in_the_order_of_the_table() -> None:
    frame = payments(
        {"occurred_at": at(2)},
        {"occurred_at": at(0)},
        {"occurred_at": at(1)},
        {"customer_id": "ben"},
    )

    features = history_features(events_from_frames(frame))

    assert features[:, SCHEMA.index("tx_number")].tolist() == [2, 0, 1, 0]


@pytest.mark.parametrize("chunk", [1, 3, 1_000])
def test_progress_covers_the_whole_history_whatever_the_chunk(chunk: int) -> None:
    timeline = events_from_frames(payments(*[{"occurred_at": at(i)} for i in range(10)]))
    seen: list[int] = []

    stretches = list(replay(timeline, progress=seen.append, chunk=chunk))

    assert sum(seen) == 10
    assert np.concatenate([stretch.places for stretch in stretches]).tolist() == list(range(10))
    whole = history_features(timeline)
    assert np.concatenate([stretch.features for stretch in stretches]).tobytes() == whole.tobytes()


def test_an_empty_history_is_a_history() -> None:
    timeline = events_from_frames(payments({}).clear())

    assert len(timeline) == 0
    assert history_features(timeline).shape == (0, len(SCHEMA))
