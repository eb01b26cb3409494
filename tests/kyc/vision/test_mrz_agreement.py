"""When recognitions of one zone confirm each other: unlike pictures, and letters that differ."""

from __future__ import annotations

import pytest

from kyc.vision.mrz.agreement import Pass
from kyc.vision.mrz.check_digits import check_digit
from kyc.vision.mrz.judgement import judge
from kyc.vision.mrz.views import Treatment
from tests.kyc.vision.test_mrz_cells import (
    FIRST,
    SECOND,
    TODAY,
    cells_of,
    read_once,
    read_twice,
)


def passport_numbered(number: str) -> str:
    """The second line of the standard's specimen, with another number and its digits."""
    second = number + check_digit(number) + SECOND[10:43]
    return second + check_digit(second[:10] + second[13:20] + second[21:43])


def card_numbered(number: str) -> tuple[str, str, str]:
    """A card with a number of more than nine characters and its digits (Doc 9303-5 §4.2.2)."""
    first = f"I<UTO{number[:9]}<{number[9:]}{check_digit(number)}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    last = check_digit(first[5:] + second[:7] + second[8:15] + second[18:])
    return first, second + last, "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"


def refusal(passes: list[Pass]) -> str:
    return judge(passes, (), today=TODAY, budget=1.3).reading.refusal_reason


@pytest.mark.parametrize(
    ("treatments", "reason"),
    [
        (("stretched", "stretched"), "readings_disagree"),
        (("stretched", "evened"), ""),
        (("stretched", "evened", "stretched"), ""),
    ],
)
def test_pictures_prepared_alike_are_no_agreement_where_no_cells_speak(
    treatments: tuple[Treatment, ...], reason: str
) -> None:
    passes = [read_once(FIRST, SECOND, treatment=treatment) for treatment in treatments]

    assert refusal(passes) == reason


def test_two_alike_against_one_unlike_picture_are_refused() -> None:
    # Seen: a Q read as a G in both stretched pictures, right in the evened one.
    wrong, right = passport_numbered("W9W9V7GUZ"), passport_numbered("W9W9V7QUZ")
    passes = [
        read_once(FIRST, wrong, treatment="stretched"),
        read_once(FIRST, right, treatment="evened"),
        read_once(FIRST, wrong, treatment="stretched"),
    ]

    assert refusal(passes) == "readings_disagree"


@pytest.mark.parametrize("letter", ["G", "Q"])
def test_a_letter_that_no_digit_tells_from_its_look_alike_is_not_believed_without_cells(
    letter: str,
) -> None:
    second = passport_numbered(f"W9W9V7{letter}UZ")
    passes = read_twice(FIRST, second)

    seen = judge(passes, [cells_of(FIRST, second)], today=TODAY, budget=1.3)

    assert refusal(passes) == "readings_disagree"
    assert seen.reading.is_accepted


def test_readings_have_to_agree_on_all_of_a_long_number() -> None:
    one, other = card_numbered("D231458907A62"), card_numbered("D231458907AB2")

    assert refusal(read_twice(*one)) == ""
    assert refusal([read_once(*one), read_once(*other, treatment="evened")]) == "readings_disagree"


def test_what_cannot_be_told_apart_is_not_believed_behind_the_ninth_character_either() -> None:
    assert refusal(read_twice(*card_numbered("D231458907AG2"))) == "readings_disagree"
