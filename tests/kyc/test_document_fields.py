"""The reviewer's table of a document's fields by source, and the outlines on its picture."""

from __future__ import annotations

from typing import Any

import pytest

from kyc.admin.document_fields import FieldRow, field_rows
from kyc.admin.document_marks import Mark, marks_of
from kyc.choices import Stage, StageState
from kyc.models import Verification
from kyc.services.document_readings import document_findings
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from tests.kyc.conftest import Traveller

pytestmark = pytest.mark.django_db

ZONE: dict[str, Any] = {
    "format": "TD3",
    "fields": {
        "document_code": "P",
        "issuing_state": "UTO",
        "document_number": "L898902C3",
        "surname": "NUNEZ",
        "given_names": "CARLA MARIA",
        "nationality": "UTO",
        "birth_date": "1990-01-02",
        "expiry_date": "2031-04-15",
        "sex": "F",
        "name_is_truncated": False,
    },
}


def printed(**fields: str) -> dict[str, Any]:
    return {
        "fields": [
            {"name": name, "value": value, "days": [], "confidence": 0.97}
            for name, value in fields.items()
        ],
        "lines": [],
    }


def rows_of(verification: Verification, findings: dict[str, Any]) -> dict[str, FieldRow]:
    result_store(verification, Stage.DOCUMENT, StageFindings(StageState.DONE, findings), 9)
    rows = field_rows(verification, document_findings(verification))
    return {row.label: row for row in rows}


def test_each_field_stands_beside_what_the_other_sources_say(traveller: Traveller) -> None:
    traveller.reaches_capture()
    found = {"mrz": ZONE, "visual": printed(surname="SMITH", document_number="L898902C3")}

    rows = rows_of(traveller.verification, found)

    assert rows["Surname"] == FieldRow("Surname", "Núñez", "NUNEZ", "SMITH", "match", "conflict")
    number = rows["Document number"]
    assert (number.declared, number.read, number.printed_mark) == ("", "L898902C3", "match")
    assert rows["Given names"].printed_mark == "not_read"
    assert rows["Issuing state"].read == "UTO"


def test_what_nothing_was_read_of_is_held_against_what_was_declared(traveller: Traveller) -> None:
    traveller.reaches_capture()

    rows = rows_of(traveller.verification, {"mrz": None, "visual": printed(surname="NUNEZ")})

    assert rows["Surname"] == FieldRow("Surname", "Núñez", "", "NUNEZ", "not_read", "match")


@pytest.mark.parametrize(
    ("surname", "said", "mark"),
    [
        ("NUN", {"name_is_truncated": True}, "match"),
        ("NUN", {"name_is_truncated": False}, "conflict"),
        ("NUN", {}, "conflict"),
        ("NUNEZ", {}, "match"),
    ],
)
@pytest.mark.parametrize("source", ["mrz", "licence"])
def test_a_part_of_a_name_agrees_where_it_was_stored_as_cut_off(
    traveller: Traveller, source: str, surname: str, said: dict[str, bool], mark: str
) -> None:
    traveller.reaches_capture()
    fields = {**ZONE["fields"], "surname": surname, "jurisdiction": "VA"}
    del fields["name_is_truncated"]

    found = {source: {**ZONE, "fields": {**fields, **said}}}

    assert rows_of(traveller.verification, found)["Surname"].mark == mark


def test_before_the_document_was_read_there_is_only_what_was_declared(traveller: Traveller) -> None:
    traveller.reaches_capture()

    rows = field_rows(traveller.verification, document_findings(traveller.verification))

    assert {(row.read, row.printed, row.printed_mark) for row in rows} == {("", "", "")}


def test_outlines_are_drawn_in_pixels_of_the_picture() -> None:
    zone = [[1.5, 2], [8, 2], [8, 4], [1.5, 4]]
    found = {"width": 90, "height": 60, "shapes": {"zone": zone}}

    marks = marks_of(found)

    assert marks is not None
    assert (marks.width, marks.height) == (90, 60)
    assert marks.shapes == (Mark("Machine-readable zone", "1.5,2 8,2 8,4 1.5,4"),)
    assert marks_of({**found, "shapes": {}}) is None
    assert marks_of(None) is None
