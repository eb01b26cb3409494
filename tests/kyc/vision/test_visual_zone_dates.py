"""Dates in print, and the labels before them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.vision.visual_zone.labels import label_of, numbered_label
from kyc.vision.visual_zone.printed_dates import MONTHS, find_dates

TODAY = date(2026, 5, 1)
DAYS = st.dates(date(1930, 1, 1), date(2060, 12, 31))


def first(text: str) -> date | None:
    found = find_dates(text, today=TODAY)
    return found[0].days[0] if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 AUG 1974", date(1974, 8, 12)),
        ("12 AUG/AOÛT 74", date(1974, 8, 12)),
        ("12 août/aug 1974", date(1974, 8, 12)),
        ("12AUG1974", date(1974, 8, 12)),
        ("12.08.1974", date(1974, 8, 12)),
        ("12 08 1974", date(1974, 8, 12)),
        ("12 08 74", date(1974, 8, 12)),
        ("12-08-1974", date(1974, 8, 12)),
        ("1974-08-12", date(1974, 8, 12)),
        ("1974/08/12", date(1974, 8, 12)),
        ("AUG 12, 1974", date(1974, 8, 12)),
        ("12. März 1980", date(1980, 3, 12)),
        ("05 MRZ 1980", date(1980, 3, 5)),
        ("07 FÉVR 2031", date(2031, 2, 7)),
        ("07 ENE 2031", date(2031, 1, 7)),
        ("07 paź 2031", date(2031, 10, 7)),
        ("3 JUIL 1990", date(1990, 7, 3)),
        ("3 JUIN 1990", date(1990, 6, 3)),
        ("O3.O9.1982 ZAPOLETES", date(1982, 9, 3)),
        ("12/31/1990", date(1990, 12, 31)),
        ("born 12.08.1974 in Zenith", date(1974, 8, 12)),
        ("29.02.2024", date(2024, 2, 29)),
        ("29.02.2023", None),
        ("99 99 2000", None),
        ("12 XYZ 1974", None),
        ("L898902C3", None),
        ("1234567890", None),
        ("", None),
    ],
)
def test_a_printed_date(text: str, expected: date | None) -> None:
    assert first(text) == expected


def test_a_day_that_may_be_a_month_keeps_both() -> None:
    (found,) = find_dates("03/04/1990", today=TODAY)

    assert found.days == (date(1990, 4, 3), date(1990, 3, 4))


def test_two_dates_in_one_line_are_two() -> None:
    found = find_dates("16.04.2007 – 15.04.2012", today=TODAY)

    assert [one.days[0] for one in found] == [date(2007, 4, 16), date(2012, 4, 15)]


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d %b %Y", "%d/%m/%Y", "%b %d, %Y"]))
def test_whatever_was_printed_is_among_the_days_read(day: date, form: str) -> None:
    (found,) = find_dates(f"x {day.strftime(form)} y", today=TODAY)

    assert day in found.days


@given(st.integers(-79 * 365, 20 * 365))
def test_two_figures_mean_the_century_in_which_documents_are_first(ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)

    (found,) = find_dates(day.strftime("%d AUG %y"), today=TODAY)

    assert found.days[0].year == day.year


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for found in find_dates(text, today=TODAY):
        assert found.days


def test_every_month_is_known_by_many_names() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert all(list(MONTHS.values()).count(month) >= 6 for month in range(1, 13))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Surname / Nom", "surname"),
        ("Name/Surname/Nom", "surname"),
        ("Given names/Prénoms", "given_names"),
        ("Vornamen / Given names", "given_names"),
        ("Date of birth/Date de naissance", "birth_date"),
        ("Date of blrth", "birth_date"),
        ("Gültig bis", "expiry_date"),
        ("Date of issue", "issue_date"),
        ("Passport No. / N° du passeport", "document_number"),
        ("Nationality", "nationality"),
        ("Place of birth / Lieu de naissance", None),
        ("Signature", None),
        ("ERIKSSON", None),
        ("", None),
    ],
)
def test_a_label_announces_its_field(text: str, expected: str | None) -> None:
    assert label_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.", "surname"),
        ("2. ANNA", "given_names"),
        ("4a", "issue_date"),
        ("4b. 01.02.2030", "expiry_date"),
        ("4d DLN", "document_number"),
        ("5.", "document_number"),
        ("1 UTOPIA WAY", None),
        ("12.08.1974", None),
        ("4C.", None),
    ],
)
def test_a_licence_numbers_its_fields(text: str, expected: str | None) -> None:
    assert numbered_label(text) == expected
