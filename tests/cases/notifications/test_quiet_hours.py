from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cases.notifications.quiet_hours import QuietHours, QuietHoursInvalid

# A clock changed by an hour, by half an hour, across midnight, never, and by a whole day once.
ZONES = (
    "Europe/Vienna",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "UTC",
)
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
INSTANTS = st.integers(0, 30 * 366 * 86_400).map(
    lambda second: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    begins, ends = draw(MINUTES), draw(MINUTES)
    assume(begins != ends)
    return QuietHours(begins, ends, draw(st.sampled_from(ZONES)))


@st.composite
def instants_near_a_change(draw: st.DrawFn) -> datetime:
    changes = (
        datetime(2026, 3, 29, 1, tzinfo=UTC),  # Vienna forward
        datetime(2026, 10, 25, 1, tzinfo=UTC),  # Vienna back
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe forward, half an hour
        datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe back
        datetime(2026, 3, 8, 5, tzinfo=UTC),  # Havana: midnight does not exist
        datetime(2018, 2, 18, 2, tzinfo=UTC),  # São Paulo: midnight back to 23:00
        datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia: a day left out
    )
    return draw(st.sampled_from(changes)) + timedelta(minutes=draw(st.integers(-1600, 1600)))


@example(QuietHours(time(10), time(9), "Pacific/Apia"), datetime(2011, 12, 30, 9, 30, tzinfo=UTC))
@given(quiet_hours(), st.one_of(INSTANTS, instants_near_a_change()))
def test_what_is_held_is_held_until_a_later_moment_that_is_not_quiet(
    quiet: QuietHours, now: datetime
) -> None:
    end = quiet.end_after(now)

    assert end is None or (end > now and quiet.end_after(end) is None)


@given(quiet_hours(), st.one_of(INSTANTS, instants_near_a_change()), st.floats(0, 1))
def test_every_moment_until_then_is_quiet_and_ends_at_the_same_moment(
    quiet: QuietHours, now: datetime, share: float
) -> None:
    end = quiet.end_after(now)
    assume(end is not None and end - now > timedelta(seconds=1))

    between = now + (end - now - timedelta(microseconds=1)) * share

    assert quiet.end_after(between) == end


@given(quiet_hours(), st.one_of(INSTANTS, instants_near_a_change()))
def test_nothing_is_held_for_more_than_a_day_and_the_hour_of_a_change(
    quiet: QuietHours, now: datetime
) -> None:
    end = quiet.end_after(now)

    assert end is None or end - now <= timedelta(hours=25)


@given(quiet_hours(), INSTANTS)
def test_on_days_without_a_change_the_wall_clock_decides(quiet: QuietHours, now: datetime) -> None:
    zone = ZoneInfo(quiet.zone)
    days = (now + timedelta(days=shift) for shift in (-2, -1, 0, 1, 2))
    assume(len({day.astimezone(zone).utcoffset() for day in days}) == 1)
    wall = now.astimezone(zone).time()
    if quiet.begins < quiet.ends:
        is_quiet = quiet.begins <= wall < quiet.ends
    else:
        is_quiet = wall >= quiet.begins or wall < quiet.ends

    end = quiet.end_after(now)

    assert (end is not None) == is_quiet
    assert end is None or end.astimezone(zone).time() == quiet.ends


@pytest.mark.parametrize(
    ("begins", "ends", "now", "end"),
    [
        # 02:30 does not exist on 29 March: quiet until the clock jumps, at 03:00 summer time.
        (time(22), time(2, 30), "2026-03-29T00:59:59+00:00", "2026-03-29T01:00:00+00:00"),
        (time(22), time(7), "2026-03-28T21:00:00+00:00", "2026-03-29T05:00:00+00:00"),
        # 02:30 comes twice on 25 October: quiet until the first of the two.
        (time(22), time(2, 30), "2026-10-24T23:00:00+00:00", "2026-10-25T00:30:00+00:00"),
        (time(22), time(2, 30), "2026-10-25T01:10:00+00:00", None),
        (time(22), time(7), "2026-10-24T20:00:00+00:00", "2026-10-25T06:00:00+00:00"),
    ],
)
def test_a_night_of_a_changed_clock_in_vienna(
    begins: time, ends: time, now: str, end: str | None
) -> None:
    found = QuietHours(begins, ends, "Europe/Vienna").end_after(datetime.fromisoformat(now))

    assert (found and found.isoformat()) == end


def test_hours_that_lie_in_what_is_left_out_hold_nothing() -> None:
    quiet = QuietHours(time(2, 10), time(2, 50), "Europe/Vienna")
    start = datetime.combine(date(2026, 3, 28), time(12), tzinfo=UTC)

    held = [quiet.end_after(start + timedelta(minutes=minute)) for minute in range(20 * 60)]

    assert set(held) == {None}


def test_hours_without_a_length_are_refused() -> None:
    with pytest.raises(QuietHoursInvalid, match="another time for their end"):
        QuietHours(time(7), time(7), "UTC")


@pytest.mark.parametrize("zone", ["Europe/Viena", "", "../../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_refused_with_a_sentence(zone: str) -> None:
    with pytest.raises(QuietHoursInvalid, match="There is no time zone"):
        QuietHours(time(22), time(7), zone)
