from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.decision.plausibility import SENTENCES, DocumentDates, impossible_dates, unknown_states

TODAY = date(2026, 5, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (DocumentDates(), ()),
        (DocumentDates(date(1990, 1, 1), date(2020, 1, 1), date(2030, 1, 1)), ()),
        (DocumentDates(birth=TODAY), ()),
        (DocumentDates(birth=TODAY + DAY), ("birth_in_future",)),
        (DocumentDates(birth=date(1904, 5, 1)), ()),
        (DocumentDates(birth=date(1903, 5, 1)), ("older_than_anybody",)),
        (DocumentDates(issue=TODAY), ()),
        (DocumentDates(issue=TODAY + DAY), ("issued_in_future",)),
        (DocumentDates(date(1990, 1, 1), issue=date(1989, 12, 31)), ("issued_before_birth",)),
        (DocumentDates(date(1990, 1, 1), expiry=date(1989, 12, 31)), ("expires_before_birth",)),
        (DocumentDates(issue=date(2020, 1, 1), expiry=date(2019, 1, 1)), ("expires_before_issue",)),
        (DocumentDates(expiry=date(2056, 12, 31)), ()),
        (DocumentDates(expiry=date(2057, 1, 1)), ("expires_too_late",)),
    ],
)
def test_dates_that_cannot_be_are_named(dates: DocumentDates, expected: tuple[str, ...]) -> None:
    assert impossible_dates(dates, today=TODAY) == expected


@pytest.mark.parametrize(
    ("expiry", "is_passport", "expected"),
    [
        (date(2030, 10, 1), True, ()),
        (date(2031, 1, 1), True, ("valid_too_long",)),
        (date(2056, 1, 1), False, ()),
    ],
)
def test_only_passports_can_be_valid_for_too_long(
    expiry: date, is_passport: bool, expected: tuple[str, ...]
) -> None:
    dates = DocumentDates(issue=date(2020, 1, 1), expiry=expiry)

    assert impossible_dates(dates, today=TODAY, is_passport=is_passport) == expected


@given(
    st.dates(date(1910, 1, 1), date(2008, 1, 1)),
    st.dates(date(2010, 1, 1), TODAY),
    st.integers(1, 10 * 365),
)
def test_dates_in_their_natural_order_are_possible(birth: date, issue: date, days: int) -> None:
    dates = DocumentDates(birth, issue, issue + timedelta(days=days))

    assert impossible_dates(dates, today=TODAY, is_passport=True) == ()


@pytest.mark.parametrize(
    ("issuer", "nationality", "expected"),
    [
        ("UTO", "D", ()),
        ("", "", ()),
        ("XYZ", "FRA", ("issuing_state_unknown",)),
        ("FRA", "ZZZ", ("nationality_unknown",)),
        ("QQQ", "ZZZ", ("issuing_state_unknown", "nationality_unknown")),
    ],
)
def test_states_that_do_not_exist_are_named(
    issuer: str, nationality: str, expected: tuple[str, ...]
) -> None:
    assert unknown_states(issuing_state=issuer, nationality=nationality) == expected


def test_every_code_has_a_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
    assert {"birth_in_future", "nationality_unknown"} < set(SENTENCES)
