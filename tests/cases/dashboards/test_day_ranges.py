"""Which days an address asks for, and what it is told when it asks for none that can be."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.dashboards.day_ranges import LONGEST_DAYS, DayRange, asked_range, last_days
from kyc.refusals import Refusal

TODAY = date(2026, 3, 10)


def test_nothing_asked_is_the_last_thirty_days() -> None:
    assert asked_range("", "", "", TODAY) == DayRange(date(2026, 2, 9), TODAY)


def test_a_number_of_days_ends_today() -> None:
    assert asked_range("1", "", "", TODAY) == DayRange(TODAY, TODAY)
    assert asked_range("7", "", "", TODAY) == DayRange(date(2026, 3, 4), TODAY)


def test_two_days_count_more_than_a_number() -> None:
    asked = asked_range("7", "2026-01-01", "2026-01-02", TODAY)

    assert asked == DayRange(date(2026, 1, 1), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("days", "first", "last", "code", "field"),
    [
        ("", "2026-03-01", "", "day_missing", "to"),
        ("", "", "2026-03-01", "day_missing", "from"),
        ("", "1.3.2026", "2026-03-01", "day_unknown", "from"),
        ("", "2026-03-01", "2026-02-30", "day_unknown", "to"),
        ("", "2026-03-02", "2026-03-01", "days_reversed", "from"),
        ("", "2026-03-02", "2026-03-11", "day_in_future", "to"),
        ("", "2025-03-08", "2026-03-10", "range_too_long", "from"),
        ("0", "", "", "days_unknown", "days"),
        ("-7", "", "", "days_unknown", "days"),
        ("seven", "", "", "days_unknown", "days"),
        ("9" * 5000, "", "", "days_unknown", "days"),
        ("367", "", "", "range_too_long", "days"),
    ],
)
def test_a_range_that_cannot_be_is_refused_with_its_field(
    days: str, first: str, last: str, code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        asked_range(days, first, last, TODAY)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence.endswith(".")


def test_a_whole_leap_year_can_be_shown() -> None:
    assert asked_range("", "2024-01-01", "2024-12-31", TODAY).days == LONGEST_DAYS


@given(st.integers(1, LONGEST_DAYS), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_range_has_as_many_days_as_it_says_one_after_another(number: int, today: date) -> None:
    days = list(last_days(number, today))

    assert len(days) == number == last_days(number, today).days
    assert days[-1] == today
    assert {later - earlier for earlier, later in pairwise(days)} <= {timedelta(days=1)}


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_written_in_an_address_is_a_range_or_a_sentence(
    days: str, first: str, last: str
) -> None:
    asked, sentence = None, ""
    try:
        asked = asked_range(days, first, last, TODAY)
    except Refusal as refusal:
        sentence = refusal.sentence

    if asked is None:
        assert sentence.endswith(".")
    else:
        assert 1 <= asked.days <= LONGEST_DAYS
        assert asked.last <= TODAY
