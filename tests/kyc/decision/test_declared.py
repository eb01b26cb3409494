"""What the customer typed against what was read, where the name was cut off and where not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kyc.decision.declared import DeclaredFields, DocumentFields, match_fields
from kyc.decision.evidence import FieldMatch

MATCH, CONFLICT, NOT_READ = FieldMatch.MATCH, FieldMatch.CONFLICT, FieldMatch.NOT_READ
DECLARED = DeclaredFields("Papadopoulou-Konstantinidou", "Marie Christine", date(1990, 1, 2), "UTO")
READ = DocumentFields(
    surname="PAPADOPOULOU KONSTANTINIDOU",
    given_names="MARIE CHRISTINE",
    birth_date=date(1990, 1, 2),
    nationality="UTO",
    is_name_truncated=False,
)


def test_what_was_read_whole_is_compared_whole() -> None:
    assert set(match_fields(DECLARED, READ).values()) == {MATCH}


@pytest.mark.parametrize(
    ("field", "cut"),
    [("surname", "PAPADOPOULOU KONST"), ("given_names", "MARIE CHRISTI")],
)
def test_a_name_may_be_cut_off_only_where_the_document_says_so(field: str, cut: str) -> None:
    read = replace(READ, **{field: cut})

    assert match_fields(DECLARED, replace(read, is_name_truncated=True))[field] is MATCH
    assert match_fields(DECLARED, read)[field] is CONFLICT


def test_a_surname_that_leaves_no_room_is_not_taken_for_a_part() -> None:
    """A card's field of thirty, with two fillers after the name, was not too short for it."""
    declared = replace(DECLARED, surname="Papadopoulou-Konstantinidou-Abc")
    read = replace(READ, surname="PAPADOPOULOUKONSTANTINIDOUAB", given_names="")

    states = match_fields(declared, read)

    assert (states["surname"], states["given_names"]) == (CONFLICT, NOT_READ)
