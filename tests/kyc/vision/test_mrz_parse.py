"""Taking lines apart: the standard's specimens, long numbers, dates, and a round trip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.simulation.mrz_lines import write_lines
from kyc.simulation.people import SpecimenPerson
from kyc.vision.mrz.check_digits import check_digit
from kyc.vision.mrz.dates import birth_date_of, expiry_date_of
from kyc.vision.mrz.formats import FORMATS, MrzFormat, permitted_characters
from kyc.vision.mrz.parse import MrzMalformed, parse_mrz, plain, split_name
from kyc.vision.mrz.readings import MrzFields
from kyc.vision.mrz.states import is_known_state

TODAY = date(2026, 5, 1)

# ICAO Doc 9303 part 4, appendix B.
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
# ICAO Doc 9303 part 5, appendix B.
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
# ICAO Doc 9303 part 6, appendix B.
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
# ICAO Doc 9303 part 7, appendices A and B.
MRVA = (
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
)
# Wikipedia, "National identity card (France)".
FRAID = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")
MRVB = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")


HOLDER = MrzFields(
    document_code="P",
    issuing_state="UTO",
    document_number="L898902C3",
    surname="ERIKSSON",
    given_names="ANNA MARIA",
    nationality="UTO",
    birth_date=date(1974, 8, 12),
    sex="F",
    expiry_date=date(2012, 4, 15),
    optional_data="ZE184226B",
)
CARD_HOLDER = replace(HOLDER, document_code="I", document_number="D23145890", optional_data="")
VISA_HOLDER = replace(
    HOLDER,
    document_code="V",
    document_number="L8988901C",
    nationality="XXX",
    birth_date=date(1940, 9, 7),
    expiry_date=date(1996, 12, 10),
    optional_data="6ZE184226B",
)
FRENCH_HOLDER = MrzFields(
    document_code="ID",
    issuing_state="FRA",
    document_number="880692310285",
    surname="BERTHIER",
    given_names="CORINNE",
    nationality="FRA",
    birth_date=date(1965, 12, 6),
    sex="F",
    expiry_date=None,
    optional_data="",
)


@pytest.mark.parametrize(
    ("lines", "name", "fields"),
    [
        (TD3, "TD3", HOLDER),
        (TD1, "TD1", CARD_HOLDER),
        (TD2, "TD2", CARD_HOLDER),
        (MRVA, "MRVA", VISA_HOLDER),
        (MRVB, "MRVB", replace(VISA_HOLDER, optional_data="")),
        (FRAID, "FRAID", FRENCH_HOLDER),
    ],
)
def test_it_takes_the_specimens_of_the_standard_apart(
    lines: tuple[str, ...], name: str, fields: MrzFields
) -> None:
    parsed = parse_mrz(lines, today=TODAY)

    assert parsed.format == name
    assert parsed.fields == fields


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (TD3, ["document_number", "birth_date", "expiry_date", "optional_data", "composite"]),
        (TD1, ["document_number", "birth_date", "expiry_date", "composite"]),
        (TD2, ["document_number", "birth_date", "expiry_date", "composite"]),
        (MRVA, ["document_number", "birth_date", "expiry_date"]),
        (MRVB, ["document_number", "birth_date", "expiry_date"]),
        (FRAID, ["document_number", "birth_date", "composite"]),
    ],
)
def test_each_format_has_its_own_check_digits(lines: tuple[str, ...], names: list[str]) -> None:
    parsed = parse_mrz(lines, today=TODAY)

    assert [digit.name for digit in parsed.check_digits] == names
    assert parsed.is_valid


def test_a_card_of_the_standard_from_france_is_not_taken_for_the_older_french_card() -> None:
    first = "IDFRAERIKSSON<<ANNA<MARIA".ljust(36, "<")
    second = "D231458907FRA7408122F1204159<<<<<<<"
    composite = check_digit(second[:10] + second[13:20] + second[21:35])

    parsed = parse_mrz((first, second + composite), today=TODAY)

    assert parsed.format == "TD2"
    assert parsed.fields.document_number == "D23145890"


def test_a_wrong_check_digit_is_reported_with_the_right_one() -> None:
    lines = (TD3[0], TD3[1].replace("L898902C36", "L898902C35"))

    parsed = parse_mrz(lines, today=TODAY)

    wrong = [digit for digit in parsed.check_digits if not digit.is_valid]
    assert [(digit.name, digit.expected, digit.found) for digit in wrong] == [
        ("document_number", "6", "5"),
        ("composite", "3", "0"),
    ]
    assert parsed.is_valid is False


def test_a_document_number_of_more_than_nine_characters_goes_on_in_the_optional_data() -> None:
    # ICAO Doc 9303 part 5, §4.2.2: D23145890734 has the check digit 9.
    body = "D23145890<7349<<<<<<<<<"
    first = "I<UTO" + body.ljust(25, "<")
    composite = check_digit(first[5:30] + "3407127" + "9507122" + "<" * 11)
    lines = (first, f"3407127M9507122UTO<<<<<<<<<<<{composite}", "STEVENSON<<PETER<JOHN<<<<<<<<<")

    parsed = parse_mrz(lines, today=TODAY)

    assert parsed.fields.document_number == "D23145890734"
    assert parsed.fields.optional_data == ""
    assert parsed.check_digits[0].expected == "9"
    assert parsed.is_valid


def test_the_digit_of_an_empty_personal_number_may_be_left_out() -> None:
    second = "L898902C36UTO7408122F1204159" + "<" * 14
    lines = (TD3[0], second + "<" + check_digit("L898902C3674081221204159" + "<" * 15))

    assert parse_mrz(lines, today=TODAY).is_valid


def test_the_digit_of_a_personal_number_that_is_there_may_not() -> None:
    assert parse_mrz((TD3[0], TD3[1][:42] + "<0"), today=TODAY).is_valid is False


@pytest.mark.parametrize(
    "lines",
    [
        (), ("",), TD3[:1], (*TD3, TD3[0]), (TD3[0][:-1], TD3[1]), ("X" + TD3[0][1:], TD3[1]),
        TD1[:2],
    ],
)  # fmt: skip
def test_lines_of_no_known_shape_are_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(MrzMalformed):
        parse_mrz(lines, today=TODAY)


def test_a_character_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(MrzMalformed):
        parse_mrz((TD3[0].lower().replace("p", "P", 1), TD3[1]), today=TODAY)


@pytest.mark.parametrize(
    ("text", "surname", "given_names"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<<<", "ERIKSSON", "ANNA MARIA"),
        ("VAN<DER<MUELLEN<<ANNA<<<", "VAN DER MUELLEN", "ANNA"),
        ("ARKFREITH<<<<<<<<<<<<<<<", "ARKFREITH", ""),
        ("OSPELTBECK<<MARISA", "OSPELTBECK", "MARISA"),
        ("<<<<<<", "", ""),
    ],
)
def test_names_are_split_at_two_fillers(text: str, surname: str, given_names: str) -> None:
    assert split_name(text) == (surname, given_names)


def test_a_name_that_fills_its_field_may_have_been_cut_off() -> None:
    # ICAO Doc 9303 part 5, §4.2.3: truncated names.
    lines = (TD1[0], TD1[1], "NILAVADHANANANDA<<CHAYAPA<DEJT")

    fields = parse_mrz(lines, today=TODAY).fields

    assert fields.name_is_truncated
    assert fields.given_names == "CHAYAPA DEJT"


@pytest.mark.parametrize(
    ("given_names", "is_truncated"), [("MARIE<<CHRISTI", True), ("MARIE<<CHRIST<", False)]
)
def test_given_names_with_a_field_of_their_own_may_have_been_cut_off_too(
    given_names: str, is_truncated: bool
) -> None:
    lines = (FRAID[0], FRAID[1].replace("CORINNE<<<<<<<", given_names))

    assert parse_mrz(lines, today=TODAY).fields.name_is_truncated is is_truncated


def test_a_long_surname_alone_is_whole_where_a_filler_ends_it() -> None:
    lines = (TD1[0], TD1[1], "PAPADOPOULOUKONSTANTINIDOUAB<<")

    assert not parse_mrz(lines, today=TODAY).fields.name_is_truncated


@pytest.mark.parametrize(
    ("text", "birth", "expiry"),
    [
        ("260501", date(2026, 5, 1), date(2026, 5, 1)),
        ("260502", date(1926, 5, 2), date(2026, 5, 2)),
        ("000229", date(2000, 2, 29), date(2000, 2, 29)),
        ("760101", date(1976, 1, 1), date(2076, 1, 1)),
        ("770101", date(1977, 1, 1), date(1977, 1, 1)),
        ("990231", None, None),
        ("7408<<", None, None),
        ("<<<<<<", None, None),
        ("74081", None, None),
        ("74081٢", None, None),
    ],
)
def test_the_century_of_dates(text: str, birth: date | None, expiry: date | None) -> None:
    assert birth_date_of(text, today=TODAY) == birth
    assert expiry_date_of(text, today=TODAY) == expiry


@given(day=st.dates(date(1926, 5, 2), TODAY))
def test_every_day_of_the_last_hundred_years_comes_back_as_a_birth_date(day: date) -> None:
    assert birth_date_of(day.strftime("%y%m%d"), today=TODAY) == day


@pytest.mark.parametrize("code", ["D<<", "D", "FRA", "UTO", "XXA", "GBR", "EUE", "RKS", "UNO"])
def test_states_and_organisations_of_the_standard_are_known(code: str) -> None:
    assert is_known_state(code)


@pytest.mark.parametrize("code", ["", "<<<", "XYZ", "DE<", "GER", "FR<"])
def test_other_codes_are_not(code: str) -> None:
    assert not is_known_state(code)


@pytest.mark.parametrize("layout", FORMATS, ids=lambda layout: layout.name)
def test_every_layout_is_consistent(layout: MrzFormat) -> None:
    table = permitted_characters(layout)

    spans = [span for _, span in layout.fields] + [rule.at for rule in layout.checks]
    covered = sorted(
        (span.line, position) for span in spans for position in range(span.start, span.end)
    )

    assert [len(row) for row in table] == [layout.line_length] * layout.line_count
    assert len(covered) == len(set(covered)) == layout.line_count * layout.line_length


LETTERS = st.text(alphabet=ascii_uppercase, min_size=1, max_size=8)
PEOPLE = st.builds(
    SpecimenPerson,
    surname=LETTERS,
    given_names=st.lists(LETTERS, min_size=1, max_size=2).map(" ".join),
    birth_date=st.dates(date(1930, 1, 1), date(2010, 1, 1)),
    sex=st.sampled_from(["F", "M", "X"]),
    document_number=st.text(alphabet=ascii_uppercase + digits, min_size=9, max_size=9),
    issue_date=st.just(date(2024, 1, 1)),
    expiry_date=st.dates(date(2026, 5, 2), date(2045, 1, 1)),
    nationality=st.sampled_from(["UTO", "FRA", "XXA"]),
    personal_number=st.text(alphabet=digits, max_size=10),
)


@pytest.mark.parametrize("kind", ["TD3", "TD1", "MRVA"])
@given(person=PEOPLE)
def test_what_an_independent_writer_writes_comes_back(kind: str, person: SpecimenPerson) -> None:
    parsed = parse_mrz(write_lines(person, kind), today=TODAY)

    assert parsed.is_valid
    assert parsed.format == kind
    assert parsed.fields.surname == person.surname
    assert parsed.fields.given_names == person.given_names
    assert parsed.fields.document_number == person.document_number
    assert parsed.fields.birth_date == person.birth_date
    assert parsed.fields.expiry_date == person.expiry_date
    assert parsed.fields.sex == person.sex
    assert parsed.fields.nationality == person.nationality
    assert parsed.fields.optional_data == person.personal_number


@pytest.mark.parametrize("kind", ["TD1", "TD2"])
@given(person=PEOPLE, rest=st.text(alphabet=ascii_uppercase + digits, min_size=1, max_size=5))
def test_a_long_number_that_an_independent_writer_writes_comes_back(
    kind: str, person: SpecimenPerson, rest: str
) -> None:
    number = person.document_number + rest

    parsed = parse_mrz(
        write_lines(replace(person, document_number=number, personal_number=""), kind), today=TODAY
    )

    assert parsed.is_valid
    assert parsed.format == kind
    assert parsed.fields.document_number == number
    assert parsed.fields.optional_data == ""


@given(person=PEOPLE, serial=st.integers(0, 10**12 - 1))
def test_a_french_card_that_an_independent_writer_writes_comes_back(
    person: SpecimenPerson, serial: int
) -> None:
    number = f"{serial:012d}"

    parsed = parse_mrz(write_lines(replace(person, document_number=number), "FRAID"), today=TODAY)

    assert parsed.is_valid
    assert parsed.format == "FRAID"
    assert parsed.fields.document_number == number
    assert parsed.fields.surname == person.surname
    assert parsed.fields.given_names == plain(person.given_names.replace(" ", "<<")[:14])
    assert parsed.fields.birth_date == person.birth_date


@given(
    layout=st.sampled_from(FORMATS),
    text=st.text(alphabet=ascii_uppercase + digits + "<", min_size=132, max_size=132),
)
def test_any_lines_of_the_right_shape_parse_without_an_error(layout: MrzFormat, text: str) -> None:
    length = layout.line_length
    lines = tuple(text[i * length : (i + 1) * length] for i in range(layout.line_count))

    parsed = parse_mrz(lines, today=TODAY, format_name=layout.name)

    assert len(parsed.check_digits) == len(layout.checks)
