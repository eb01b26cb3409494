"""What may be changed in recognised lines, at what price, and what may not."""

from __future__ import annotations

from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.vision.mrz.alignment import fit_line
from kyc.vision.mrz.formats import MRVA, TD1, TD3, permitted_characters
from kyc.vision.mrz.readings import Repair
from kyc.vision.mrz.repair import BUDGET, candidates, repair_budget

# ICAO Doc 9303 parts 4 and 5, appendix B.
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
NUMBERS = permitted_characters(TD3)[1]
NAMES = permitted_characters(TD3)[0]


def test_what_fits_is_left_alone_and_free() -> None:
    best = candidates((FIRST, SECOND))[0]

    assert best.layout is TD3
    assert best.lines == (FIRST, SECOND)
    assert best.repairs == ()
    assert best.cost == 0
    assert best.failed_checks == 0


def test_a_letter_where_only_figures_stand_becomes_its_look_alike_and_is_reported() -> None:
    best = candidates((FIRST, SECOND.replace("7408122F", "74O8I22F")))[0]

    assert best.lines == (FIRST, SECOND)
    assert best.repairs == (Repair(1, 15, "O", "0"), Repair(1, 17, "I", "1"))
    assert best.cost == pytest.approx(0.4)


def test_a_figure_in_a_country_becomes_its_look_alike() -> None:
    best = candidates((FIRST.replace("UTO", "UT0", 1), SECOND))[0]

    assert best.lines == (FIRST, SECOND)
    assert best.repairs == (Repair(0, 4, "0", "O"),)


@pytest.mark.parametrize(("kind", "number"), [("P", SECOND), ("V", SECOND[:28] + "<" * 16)])
def test_a_figure_in_the_code_of_a_passport_or_a_visa_becomes_its_look_alike(
    kind: str, number: str
) -> None:
    best = candidates((f"{kind}0{FIRST[2:]}", number))[0]

    assert best.lines[0] == f"{kind}O{FIRST[2:]}"
    assert best.repairs == (Repair(0, 1, "0", "O"),)


def test_a_figure_in_the_code_of_a_card_stays() -> None:
    # Border crossing cards of the United States print C1 and A3.
    best = candidates((f"C1{CARD[0][2:]}", *CARD[1:]))[0]

    assert best.lines[0].startswith("C1")
    assert best.repairs == ()


def test_fillers_lost_from_a_run_are_put_back() -> None:
    best = candidates((FIRST[:-4], SECOND))[0]

    assert best.lines == (FIRST, SECOND)
    assert len(best.repairs) == 4
    assert {repair.read for repair in best.repairs} == {""}
    assert best.cost == pytest.approx(0.6)


def test_dirt_before_a_line_is_taken_off_and_reported() -> None:
    best = candidates((FIRST, "1" + SECOND))[0]

    assert best.lines == (FIRST, SECOND)
    assert best.repairs == (Repair(1, 0, "1", ""),)


def test_letters_among_the_fillers_behind_a_name_become_fillers() -> None:
    best = candidates((FIRST[:34] + "K<<C<<<K<<", SECOND))[0]

    assert best.lines == (FIRST, SECOND)
    assert [(repair.position, repair.read) for repair in best.repairs] == [
        (34, "K"),
        (37, "C"),
        (41, "K"),
    ]


def test_a_name_of_one_letter_is_not_taken_for_a_filler() -> None:
    line = "P<UTOERIKSSON<<K<<<<<<<<<<<<<<<<<<<<<<<<<<<<"

    assert candidates((line, SECOND))[0].lines[0] == line


def test_a_number_is_repaired_where_one_look_alike_makes_its_digit_right() -> None:
    # XS1234567 has the digit 3, and no other look-alike in X51234567 gives it.
    japan = "XS12345673JPN7902206F1603202<<<<<<<<<<<<<<02"

    best = candidates(("P<JPNGAIMU<<SAKURA".ljust(44, "<"), japan.replace("XS", "X5")))[0]

    assert best.lines[1] == japan
    assert best.repairs == (Repair(1, 1, "5", "S"),)
    assert best.cost == pytest.approx(0.6)


def test_a_number_is_left_wrong_where_two_look_alikes_make_its_digit_right() -> None:
    # L89890… and LB9B90… both have the digit 6.
    wrong = SECOND.replace("L898902C36", "LB98902C36")

    best = candidates((FIRST, wrong))[0]

    assert best.lines == (FIRST, wrong)
    assert best.failed_checks == 2


def test_a_figure_of_a_date_is_never_changed_for_its_digit_s_sake() -> None:
    wrong = SECOND.replace("740812", "740312")

    best = candidates((FIRST, wrong))[0]

    assert best.lines == (FIRST, wrong)
    assert best.repairs == ()
    assert best.failed_checks == 2


def test_lines_around_the_zone_are_left_out() -> None:
    texts = ("HTTPSWWWEXAMPLEORGSPECIMENCARD", *CARD, "NOTATRAVELDOCUMENTATALLREALLY")

    best = candidates(texts)[0]

    assert best.layout is TD1
    assert best.lines == CARD


def test_the_first_letter_tells_a_visa_from_a_passport() -> None:
    visa = ("V" + FIRST[1:], "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")

    assert candidates(visa)[0].layout is MRVA


@pytest.mark.parametrize(
    "texts", [(), ("",), (FIRST,), ("A" * 44, "B" * 44), ("THE QUICK BROWN FOX", "JUMPS OVER")]
)
def test_text_that_is_no_zone_gives_nothing(texts: tuple[str, ...]) -> None:
    assert candidates(texts) == ()


def test_the_budget_shrinks_when_the_picture_is_blurred() -> None:
    assert repair_budget(458.0) == BUDGET == 1.3
    assert repair_budget(100.0) == BUDGET
    assert repair_budget(46.0) == pytest.approx(0.52)


@given(
    read=st.text(alphabet=ascii_uppercase + digits + "<", min_size=36, max_size=52),
    is_number_line=st.booleans(),
)
def test_a_fitted_line_has_the_layout_s_length_and_its_repairs_explain_every_change(
    read: str, *, is_number_line: bool
) -> None:
    permitted = NUMBERS if is_number_line else NAMES

    fitted = fit_line(read, permitted, 1)

    assert fitted is not None
    assert len(fitted.text) == 44
    assert (fitted.cost == 0) == (fitted.text == read and _all_permitted(read, permitted))
    assert _undone(fitted.text, fitted.repairs) == read


@given(name=st.text(alphabet=ascii_uppercase, min_size=1, max_size=20), lost=st.integers(0, 8))
def test_lost_fillers_always_come_back(name: str, lost: int) -> None:
    line = f"P<UTO{name}<<ANNA".ljust(44, "<")

    fitted = fit_line(line[: 44 - lost], NAMES, 0)

    assert fitted is not None
    assert fitted.text == line


def _all_permitted(read: str, permitted: tuple[frozenset[str], ...]) -> bool:
    return len(read) == len(permitted) and all(
        character in allowed for character, allowed in zip(read, permitted, strict=True)
    )


def _undone(text: str, repairs: tuple[Repair, ...]) -> str:
    """What was read, out of what was written and the report of repairs."""
    taken_out: dict[int, str] = {}
    changed: dict[int, str] = {}
    for repair in repairs:
        if repair.written:
            changed[repair.position] = repair.read
        else:
            taken_out[repair.position] = taken_out.get(repair.position, "") + repair.read
    return "".join(
        taken_out.get(position, "") + changed.get(position, character)
        for position, character in enumerate(text)
    ) + taken_out.get(len(text), "")
