"""When recognitions of one zone confirm each other: unlike pictures, and letters that differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kyc.vision.mrz.agreement import Pass, are_clearly_alike
from kyc.vision.mrz.cells import CellReading
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


def beside_the_letters() -> CellReading:
    """Cells of the specimen that were cut beside its letters, and are not plain."""
    shifted = SECOND[1:9] + SECOND[8:]
    return replace(cells_of(FIRST, shifted), score=-0.6)


@pytest.mark.parametrize(
    ("treatments", "score", "is_accepted"),
    [
        (("stretched", "evened", "stretched"), -0.6, True),
        (("stretched", "evened"), -0.6, False),
        (("stretched", "stretched", "stretched"), -0.6, False),
        # Plain cells are heard, however often something else was read.
        (("stretched", "evened", "stretched"), -0.1, False),
    ],
)
def test_three_clear_readings_of_unlike_pictures_are_believed_against_cells_that_are_not_plain(
    treatments: tuple[Treatment, ...], score: float, *, is_accepted: bool
) -> None:
    passes = [read_once(FIRST, SECOND, treatment=treatment) for treatment in treatments]
    cells = replace(beside_the_letters(), score=score)

    reading = judge(passes, [cells], today=TODAY, budget=1.3).reading

    assert reading.is_accepted is is_accepted
    assert reading.lines == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A filler was lost, and who knows what else.
        (FIRST.replace("ERIKSSON<<", "ERIKSSON<"), SECOND),
        # A digit that does not hold.
        (FIRST, SECOND.replace("740812", "740872")),
    ],
)
def test_readings_that_were_mended_or_have_wrong_digits_leave_the_cells_their_say(
    first: str, second: str
) -> None:
    passes = [
        read_once(first, second, treatment=treatment)
        for treatment in ("stretched", "evened", "plain")
    ]

    assert not are_clearly_alike(passes)


def test_what_was_put_together_out_of_repairs_does_not_settle_where_the_zone_is() -> None:
    mended = SECOND.replace("7408122F1204159", "74O8I22FIZO4IS9")
    other = FIRST.replace("ANNA", "ANMA")

    clear = judge(read_twice(FIRST, SECOND), (), today=TODAY, budget=1.3)
    unsure = judge(
        [*read_twice(FIRST, mended)[:1], read_once(other, mended)], (), today=TODAY, budget=1.3
    )

    assert clear.is_settled
    assert unsure.is_way_up_sure
    assert not unsure.is_settled
