"""What features add, what a list must hold, how risk is put together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.screening.customer_risk import ORDER, RiskFacts, RiskLevel, RiskPolicy, assess
from kyc.screening.entries import ListedEntry, PartialDate, clean_dates
from kyc.screening.scoring import MatchPolicy, ScreenedPerson, match

BORN = date(1960, 5, 7)
ANYDER = ScreenedPerson("Anyder Zapolet", BORN, ("UTO",))


def listed(*dates: str, countries: tuple[str, ...] = ()) -> ListedEntry:
    read, unread = clean_dates(dates)
    return ListedEntry("1", ("ZAPOLET, Anyder",), read, countries, unread_births=unread)


@pytest.mark.parametrize(
    ("dates", "state", "points"),
    [
        (("1960-05-07",), "match", 0.06),
        (("1950", "1960-05-07"), "match", 0.06),
        (("1960",), "match", 0.03),
        (("1960-05",), "match", 0.03),
        (("1960-07-05",), "match", 0.03),
        (("1960-11-30",), "near", 0.0),
        (("1962",), "near", 0.0),
        (("circa 1964",), "near", 0.0),
        (("1963",), "conflict", -0.20),
        (("circa 1965",), "conflict", -0.20),
        (("1955 to 1970",), "near", 0.0),
        (("1962 to 1970",), "near", 0.0),
        (("1950 to 1958",), "near", 0.0),
        (("1963 to 1970",), "conflict", -0.20),
        (("circa 1964-1970",), "near", 0.0),
        (("circa 1965-1970",), "conflict", -0.20),
        (("1980", "the sixties"), "not_known", 0.0),
        (("1960", "the seventies"), "match", 0.03),
        (("the sixties",), "not_known", 0.0),
        ((), "not_known", 0.0),
    ],
)
def test_a_date_of_birth_adds_what_it_says(
    dates: tuple[str, ...], state: str, points: float
) -> None:
    feature = match(ANYDER, listed(*dates)).features[1]

    assert (feature.state, feature.points) == (state, points)


YEARS = st.integers(1930, 2005)
LISTED_DATES = st.builds(
    PartialDate,
    YEARS,
    st.none() | st.integers(1, 12),
    st.just(None),
    st.booleans(),
) | st.builds(
    lambda first, more: PartialDate(first, last_year=first + more), YEARS, st.integers(1, 20)
)


@given(st.dates(date(1930, 1, 1), date(2005, 12, 31)), st.lists(LISTED_DATES, max_size=3))
def test_whom_the_years_leave_out_is_no_hit_however_well_the_rest_agrees(
    born: date, dates: list[PartialDate]
) -> None:
    person = replace(ANYDER, birth_date=born)
    entry = ListedEntry("1", ("Anyder Zapolet",), tuple(dates), ("UTO",))
    years, possible = MatchPolicy().years_of_hits(born), entry.birth_years
    assert years is not None

    is_left_out = possible is not None and not set(possible) & set(years)

    # A year that is only about right leaves nobody out, and may still be too far off.
    if possible is not None:
        assert match(person, entry).is_hit is not is_left_out


def test_without_a_date_of_birth_no_year_leaves_anybody_out() -> None:
    assert MatchPolicy().years_of_hits(None) is None


@pytest.mark.parametrize(
    ("countries", "state"),
    [(("UTO", "FRA"), "match"), (("FRA",), "conflict"), ((), "not_known")],
)
def test_a_country_adds_what_it_says(countries: tuple[str, ...], state: str) -> None:
    assert match(ANYDER, listed(countries=countries)).features[2].state == state


def test_the_name_alone_is_a_hit_and_another_birth_year_none() -> None:
    nothing_known = ScreenedPerson("Anyder Zapolet")

    assert match(nothing_known, listed()).is_hit
    assert not match(ANYDER, listed("1990", countries=("UTO",))).is_hit


def test_no_date_makes_a_hit_of_another_name() -> None:
    other = ScreenedPerson("Anyder Quintrex", BORN, ("UTO",))

    found = match(other, listed("1960-05-07", countries=("UTO",)), MatchPolicy(hit_from=0.5))

    assert found.features[0].points < 0.75
    assert not found.is_hit


facts = st.builds(
    RiskFacts,
    verification=st.sampled_from(["", "collecting", "in_review", "approved", "declined"]),
    has_fraud_sign=st.booleans(),
    open_hits=st.integers(0, 3),
    confirmed_hits=st.integers(0, 3),
    customers_on_devices=st.integers(0, 20),
    countries=st.lists(st.sampled_from(["FRA", "PRK", "KEN"]), max_size=3).map(tuple),
)


@given(facts)
def test_the_level_is_that_of_the_worst_reason(known: RiskFacts) -> None:
    risk = assess(known, RiskPolicy())

    levels = [ORDER.index(reason.level) for reason in risk.reasons]
    assert levels == sorted(levels, reverse=True)
    assert ORDER.index(risk.level) == max(levels, default=0)


@given(facts)
def test_more_that_speaks_against_somebody_never_lowers_it(known: RiskFacts) -> None:
    before = ORDER.index(assess(known, RiskPolicy()).level)
    worse = (
        replace(known, open_hits=known.open_hits + 1),
        replace(known, has_fraud_sign=True),
        replace(known, customers_on_devices=known.customers_on_devices + 10),
        replace(known, countries=(*known.countries, "PRK")),
    )

    for one in worse:
        assert ORDER.index(assess(one, RiskPolicy()).level) >= before


def test_a_confirmed_hit_prohibits() -> None:
    assert assess(RiskFacts("approved", confirmed_hits=1), RiskPolicy()).level is (
        RiskLevel.PROHIBITED
    )
