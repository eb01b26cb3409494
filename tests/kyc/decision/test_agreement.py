"""Sources held against each other: what matches, what conflicts, what was merely not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from kyc.decision.agreement import (
    SURE,
    Facts,
    Printed,
    PrintedField,
    compare_exact,
    compare_print,
    printed_of,
)
from kyc.decision.evidence import FieldMatch

MATCH, CONFLICT, NOT_READ = FieldMatch.MATCH, FieldMatch.CONFLICT, FieldMatch.NOT_READ
BIRTH, EXPIRY = date(1974, 8, 12), date(2032, 4, 15)
ZONE = Facts(
    surname="ERIKSSON",
    given_names="ANNA MARIA",
    document_number="L898902C3",
    birth_date=BIRTH,
    expiry_date=EXPIRY,
    nationality="UTO",
)


def printed(
    *lines: str, days: tuple[date, ...] = (), sure: float = 0.95, **fields: str | date
) -> Printed:
    """Print with the fields given, read as surely as said."""
    read = {
        name: PrintedField(str(value), sure, (value,) if isinstance(value, date) else ())
        for name, value in fields.items()
    }
    return Printed(MappingProxyType(read), lines, frozenset(days))


WHOLE = printed(
    surname="ERIKSSON",
    given_names="ANNA MARIA",
    document_number="L898902C3",
    birth_date=BIRTH,
    expiry_date=EXPIRY,
    nationality="UTOPIAN",
)


class TestPrint:
    def test_a_document_that_agrees_with_itself_matches_in_every_field(self) -> None:
        assert set(compare_print(ZONE, WHOLE).values()) == {MATCH}

    def test_what_was_not_read_is_no_conflict(self) -> None:
        assert set(compare_print(ZONE, printed()).values()) == {NOT_READ}
        assert set(compare_print(Facts(), WHOLE).values()) == {NOT_READ}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("surname", "LINDQVIST"),
            ("given_names", "HELGOLF"),
            ("document_number", "X41077751"),
            ("birth_date", date(1984, 8, 12)),
            ("expiry_date", date(2034, 4, 15)),
            ("nationality", "SWE"),
        ],
    )
    def test_a_sure_reading_of_something_else_is_a_conflict(
        self, field: str, value: str | date
    ) -> None:
        states = compare_print(ZONE, printed(**{field: value}))

        assert states[field] is CONFLICT
        assert {state for name, state in states.items() if name != field} == {NOT_READ}
        unsure = compare_print(ZONE, printed(**{field: value}, sure=SURE - 0.01))
        assert unsure[field] is NOT_READ

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("surname", "ERIKKSON"),
            ("surname", "ER1KSSDN"),
            ("surname", "ANNA MARIA"),
            ("given_names", "ANNA MAR"),
            ("document_number", "L898902C8"),
            ("document_number", "L898902"),
            ("birth_date", EXPIRY),
            ("nationality", "MARITAL STATUS"),
            ("nationality", "OTU"),
        ],
    )
    def test_what_may_be_a_misreading_is_no_conflict(self, field: str, value: str | date) -> None:
        assert compare_print(ZONE, printed(**{field: value}))[field] is NOT_READ

    def test_a_value_is_found_wherever_it_stands(self) -> None:
        somewhere = printed(
            "1 ERIKSSON, ANNA MARIA", "No L898902C3 x", days=(EXPIRY, BIRTH), surname="HOLDER",
        )  # fmt: skip

        states = compare_print(ZONE, somewhere)

        assert [name for name, state in states.items() if state is MATCH] == [
            "surname",
            "given_names",
            "document_number",
            "birth_date",
            "expiry_date",
        ]

    def test_look_alikes_of_a_number_are_one(self) -> None:
        assert compare_print(ZONE, printed("L8989O2C3"))["document_number"] is MATCH

    @pytest.mark.parametrize(
        ("number", "expected"), [("5", NOT_READ), ("1650", NOT_READ), ("65012", MATCH)]
    )
    def test_a_short_number_is_looked_for_in_its_field_only(
        self, number: str, expected: FieldMatch
    ) -> None:
        zone = Facts(document_number=number)

        assert compare_print(zone, printed("SEX F 1.65 012"))["document_number"] is expected
        assert compare_print(zone, printed(document_number=number))["document_number"] is MATCH

    @pytest.mark.parametrize("line", ["GRÜNWALD", "GRUNWALD", "GRUENWALD", "Grünwald"])
    def test_a_name_matches_with_and_without_its_diacritics(self, line: str) -> None:
        assert compare_print(Facts(surname="GRUENWALD"), printed(line))["surname"] is MATCH

    def test_a_name_of_two_letters_is_looked_for_in_its_field_only(self) -> None:
        zone = Facts(surname="LI")

        assert compare_print(zone, printed("XX LI", "LI"))["surname"] is NOT_READ
        assert compare_print(zone, printed(surname="LI"))["surname"] is MATCH

    def test_a_date_that_may_be_two_days_matches_either(self) -> None:
        both = Printed(
            {"birth_date": PrintedField("1990-03-04", 0.95, (date(1990, 3, 4), date(1990, 4, 3)))}
        )

        assert compare_print(Facts(birth_date=date(1990, 4, 3)), both)["birth_date"] is MATCH
        assert compare_print(Facts(birth_date=date(1990, 4, 4)), both)["birth_date"] is CONFLICT

    def test_a_visa_may_print_the_number_of_the_passport(self) -> None:
        other = printed(document_number="M12388954")

        assert compare_print(ZONE, other)["document_number"] is CONFLICT
        visa = replace(ZONE, is_visa=True)
        assert compare_print(visa, other)["document_number"] is NOT_READ

    @pytest.mark.parametrize(
        ("code", "words", "expected"),
        [
            ("AUS", "AUSTRALIAN", MATCH),
            ("D", "DEUTSCH", NOT_READ),
            ("D", "D", MATCH),
            ("FRA", "FRENCH / FRANCAISE", MATCH),
            ("FRA", "DEU", CONFLICT),
        ],
    )
    def test_a_nationality_is_a_code_a_name_or_an_adjective(
        self, code: str, words: str, expected: FieldMatch
    ) -> None:
        found = compare_print(Facts(nationality=code), printed(nationality=words))

        assert found["nationality"] is expected

    def test_the_json_of_a_reading_is_taken_apart(self) -> None:
        taken = printed_of(
            {
                "fields": [
                    {
                        "name": "birth_date",
                        "value": "1974-08-12",
                        "confidence": 0.9,
                        "days": ["1974-08-12"],
                        "corners": [],
                    }
                ],
                "lines": [{"text": "12 AUG 1974", "confidence": 0.9, "days": ["1974-08-12"]}],
            }
        )

        assert taken.fields["birth_date"] == PrintedField("1974-08-12", 0.9, (BIRTH,))
        assert (taken.lines, taken.days) == (("12 AUG 1974",), frozenset({BIRTH}))


class TestExact:
    def test_a_source_agrees_with_itself_and_not_with_another(self) -> None:
        other = Facts("LINDQVIST", "EVA", "X1", date(1990, 1, 1), date(2030, 1, 1), "SWE")

        assert set(compare_exact(ZONE, ZONE).values()) == {MATCH}
        assert set(compare_exact(ZONE, other).values()) == {CONFLICT}

    def test_what_either_leaves_out_is_not_read(self) -> None:
        assert set(compare_exact(ZONE, Facts()).values()) == {NOT_READ}
        assert set(compare_exact(Facts(), ZONE).values()) == {NOT_READ}

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (Facts(surname="Müller"), Facts(surname="MUELLER")),
            (Facts(surname="MUELLER"), Facts(surname="Müller")),
            (Facts(given_names="Anna"), Facts(given_names="ANNA MARIA")),
            (Facts(document_number="D23-145 890"), Facts(document_number="D23145890")),
            (Facts(nationality="DEU"), Facts(nationality="D")),
        ],
    )
    def test_ways_of_writing_one_thing_match(self, one: Facts, other: Facts) -> None:
        assert MATCH in compare_exact(one, other).values()
        assert CONFLICT not in compare_exact(one, other).values()

    def test_a_name_that_fills_its_field_may_be_cut_off(self) -> None:
        whole, cut = Facts(surname="Papadopoulou-Konstantinidou"), "PAPADOPOULOU KONSTANT"

        full = Facts(surname=cut, is_name_truncated=True)

        assert compare_exact(whole, full)["surname"] is MATCH
        assert compare_exact(whole, Facts(surname=cut))["surname"] is CONFLICT
