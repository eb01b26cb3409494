"""What happens when a list is full."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.features import SCHEMA, StateTable, apply_events
from tests.scoring.features.making import DAY, HOUR, MINUTE, START, batch, series, transaction

MIDNIGHT = START - START % DAY


def last(name: str, events: np.ndarray) -> float:
    """Return a feature of the last event."""
    return float(apply_events(events, StateTable())[-1, SCHEMA.index(name)])


def test_short_windows_stop_at_64_transactions() -> None:
    events = series(100, every=1)

    assert last("tx_count_1h", events) == 64
    assert last("tx_count_24h", events) == 64


def test_long_windows_go_on_counting() -> None:
    events = series(100, every=1, amount=2.0)

    assert last("tx_count_7d", events) == 99
    assert last("tx_count_30d", events) == 99
    assert last("tx_sum_30d", events) == 198


def test_what_fell_out_is_counted_by_whole_days() -> None:
    """Of 200 a day apart in time by 10 minutes, the window's first day counts as a whole."""
    busy = series(200, every=10 * MINUTE, start=MIDNIGHT)
    six_days_on = transaction(MIDNIGHT + 7 * DAY + 12 * HOUR)
    seven_days_on = transaction(MIDNIGHT + 8 * DAY + 12 * HOUR)

    assert last("tx_count_7d", batch(busy, six_days_on)) == 200
    # Day 0 is gone as a whole; of day 1 none is left in the list of 64, as it ended before noon.
    assert last("tx_count_7d", batch(busy, seven_days_on)) == 0
    assert last("tx_count_30d", batch(busy, seven_days_on)) == 200


def test_a_year_of_busy_days_keeps_30_of_them() -> None:
    events = series(365 * 4 * 3, every=2 * HOUR, start=MIDNIGHT, amount=1.0)

    # 12 a day: 30 days hold 360; the first day of the window counts as a whole.
    assert 360 <= last("tx_count_30d", events) <= 372
    assert last("tx_count_30d", events) == last("tx_sum_30d", events)


@pytest.mark.parametrize(
    ("field", "feature", "most"), [("merchant", "merchants_24h", 48), ("device", "devices_24h", 8)]
)
def test_different_keys_saturate_and_the_longest_unseen_is_forgotten(
    field: str, feature: str, most: int
) -> None:
    events = batch(*(transaction(START + i, **{field: i + 1}) for i in range(most + 5)))
    newest = transaction(START + 100, **{field: most + 5})
    forgotten = transaction(START + 100, **{field: 1})

    assert last(feature, batch(events, newest)) == most
    assert last(f"is_{field}_new", batch(events, newest)) == 0
    assert last(f"is_{field}_new", batch(events, forgotten)) == 1


def test_customers_of_a_shared_device_saturate_at_16() -> None:
    events = batch(*(transaction(START + i, device=3, customer=i + 1) for i in range(40)))

    assert last("device_customers", events) == 16
    assert last("device_customers_24h", events) == 16


def test_habits_of_the_hour_fade_but_keep_their_shares() -> None:
    events = series(2_000, every=DAY)

    assert last("hour_share", events) == 1
    assert last("weekday_share", events) == pytest.approx(1 / 7, abs=0.02)
