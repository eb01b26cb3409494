"""Events for tests: one at a time, or whole histories drawn by hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from scoring.features import EVENT, EventKind

MINUTE, HOUR, DAY = 60, 3_600, 86_400
START = 1_750_000_000  # Sunday 2025-06-15, 15:06:40 UTC

PAYMENT, TRANSFER, WITHDRAWAL, DEPOSIT = 1, 2, 3, 4
GERMANY, FRANCE = 256 * ord("D") + ord("E"), 256 * ord("F") + ord("R")


def transaction(second: float = START, amount: float = 20.0, **fields: object) -> np.ndarray:
    """Return one transaction of customer 1 at merchant 2."""
    return _event(
        {
            "kind": EventKind.TRANSACTION,
            "time_us": round(second * 1_000_000),
            "amount": amount,
            "transaction_kind": PAYMENT,
            "customer": 1,
            "merchant": 2,
            **fields,
        }
    )


def label_of(event: np.ndarray, second: float, *, is_fraud: bool, previous: int = 0) -> np.ndarray:
    """Return the label of a transaction, known at a second."""
    label = event.copy()
    label["kind"] = EventKind.LABEL
    label["labelled_time_us"] = event["time_us"]
    label["time_us"] = round(second * 1_000_000)
    label["is_fraud"] = is_fraud
    label["previous_label"] = previous
    return label


def verification(second: float = START, **fields: object) -> np.ndarray:
    """Return one verification of customer 1."""
    time_us = round(second * 1_000_000)
    return _event({"kind": EventKind.VERIFICATION, "time_us": time_us, "customer": 1, **fields})


def batch(*events: np.ndarray) -> np.ndarray:
    """Return events as one array."""
    return np.concatenate(events) if events else np.zeros(0, EVENT)


def series(
    count: int, *, every: float = HOUR, start: float = START, **fields: object
) -> np.ndarray:
    """Return transactions at regular intervals, with different ids."""
    return batch(
        *(transaction(start + i * every, transaction=1_000 + i, **fields) for i in range(count))
    )


def _event(fields: dict[str, object]) -> np.ndarray:
    event = np.zeros(1, EVENT)
    for name in ("latitude", "longitude", "face_match_score", "liveness_score"):
        event[name] = np.nan
    for name, value in fields.items():
        event[name] = value
    return event


# Steps that land on both sides of every window's edge, and some that go back.
STEPS = st.sampled_from(
    [
        *(0, 1, 30, 59 * MINUTE, HOUR - 1, HOUR, 5 * HOUR, DAY - 1, DAY, 2 * DAY - 1, 2 * DAY),
        *(7 * DAY - 1, 7 * DAY, 14 * DAY, 30 * DAY - 1, 30 * DAY, -1, -HOUR, -3 * DAY),
    ]
)
CENTS = st.one_of(
    st.integers(1, 2_000_000),
    st.sampled_from([1, 499, 500, 99_999, 100_000, 699_999, 700_000, 999_999, 1_000_000]),
)
PLACES = st.sampled_from([(np.nan, np.nan), (52.5, 13.4), (48.9, 2.3), (-36.8, 174.8), (91, 0)])


@st.composite
def histories(draw: st.DrawFn, most: int = 40) -> np.ndarray:
    """Draw a short history of few entities, with labels, verifications and late arrivals."""
    second = START
    events: list[np.ndarray] = []
    for number in range(draw(st.integers(1, most))):
        second = max(START, second + draw(STEPS))
        kind = draw(st.sampled_from(["transaction"] * 6 + ["label", "verification"]))
        earlier = [event for event in events if event["kind"][0] == EventKind.TRANSACTION]
        if kind == "label" and earlier:
            events.append(_draw_label(draw, draw(st.sampled_from(earlier)), second))
        elif kind == "verification":
            events.append(_draw_verification(draw, second))
        else:
            events.append(_draw_transaction(draw, second, number))
    return batch(*events)


def _draw_transaction(draw: st.DrawFn, second: int, number: int) -> np.ndarray:
    latitude, longitude = draw(PLACES)
    return transaction(
        second,
        draw(CENTS) / 100,
        transaction=number + 1,
        transaction_kind=draw(st.integers(0, 4)),
        channel=draw(st.integers(0, 5)),
        customer=draw(st.integers(0, 3)),
        merchant=draw(st.integers(0, 4)),
        device=draw(st.integers(0, 3)),
        ip=draw(st.integers(0, 3)),
        card=draw(st.integers(0, 3)),
        country=draw(st.sampled_from([0, GERMANY, FRANCE])),
        mcc=draw(st.sampled_from([0, 5411, 5812])),
        arrival_us=draw(st.sampled_from([0, second * 1_000_000])),
        account_opened_us=draw(st.sampled_from([0, (START - 90 * DAY) * 1_000_000])),
        latitude=latitude,
        longitude=longitude,
    )


def _draw_label(draw: st.DrawFn, event: np.ndarray, second: int) -> np.ndarray:
    previous = draw(st.sampled_from([0, 0, 0, 1, 2]))
    return label_of(event, second, is_fraud=draw(st.booleans()), previous=previous)


def _draw_verification(draw: st.DrawFn, second: int) -> np.ndarray:
    return verification(
        second,
        customer=draw(st.integers(1, 3)),
        verification_outcome=draw(st.integers(0, 4)),
        verification_risk=draw(st.integers(0, 3)),
        face_match_score=draw(st.sampled_from([np.nan, 0.25, 1.0])),
    )
