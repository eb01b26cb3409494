"""The search for a zone, with an engine whose answers are known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kyc.vision.mrz.check_digits import check_digit
from kyc.vision.mrz.ocr import Gray, OcrLine
from kyc.vision.mrz.read import MAX_OCR_CALLS, MrzSearch, read_mrz
from tests.kyc.vision.test_mrz_locate import page

TODAY = date(2026, 5, 1)

# ICAO Doc 9303 part 4, appendix B.
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


class Recorded:
    """An engine that gives one recorded answer after the other, the last one for ever."""

    name = "recorded"
    version = "1"

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.pictures: list[Gray] = []

    def read_lines(self, image: Gray) -> tuple[OcrLine, ...]:
        self.pictures.append(image)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return tuple(OcrLine(text, 0.9) for text in answer)


def search(engine: Recorded, *, blur_variance: float = 500.0) -> MrzSearch:
    return read_mrz(page(2), today=TODAY, engine=engine, blur_variance=blur_variance)


def passport(number: str) -> tuple[str, str]:
    """The standard's specimen under another number, with the check digits that it then has."""
    second = number + check_digit(number) + SECOND[10:43]
    return FIRST, second + check_digit(second[:10] + second[13:20] + second[21:43])


def test_two_equal_readings_are_accepted_after_two_calls() -> None:
    found = search(Recorded((FIRST, SECOND)))

    assert found.outcome == "read"
    assert found.ocr_calls == 2
    assert found.reading is not None
    assert found.reading.is_accepted
    assert found.reading.refusal_reason == ""
    assert found.reading.lines == (FIRST, SECOND)
    assert found.reading.confidence == pytest.approx(0.9)


def test_a_zone_printed_upside_down_is_turned() -> None:
    engine = Recorded(("ZZZZ",), (FIRST, SECOND))

    found = search(engine)

    assert found.reading is not None
    assert found.reading.is_accepted
    assert found.ocr_calls == 3
    assert np.array_equal(engine.pictures[0][::-1, ::-1], engine.pictures[1])


def test_a_third_reading_decides_between_two() -> None:
    other = FIRST.replace("ANNA", "ANMA")

    found = search(Recorded((other, SECOND), (FIRST, SECOND)))

    assert found.reading is not None
    assert found.reading.lines[0] == FIRST
    assert found.ocr_calls == 3


def test_readings_vote_where_no_two_are_equal_but_a_vote_is_not_accepted() -> None:
    answers = [
        (FIRST.replace("ERIKSSON", "ERIK5SON").replace("ANNA", "AMNA"), SECOND),
        (FIRST.replace("MARIA", "NARIA"), SECOND),
        (FIRST.replace("ANNA", "ANHA"), SECOND),
        (FIRST.replace("MARIA", "MARLA"), SECOND),
    ]

    found = search(Recorded(*answers))

    assert found.reading is not None
    assert found.reading.lines == (FIRST, SECOND)
    assert found.reading.repairs != ()
    assert found.reading.refusal_reason == "readings_disagree"


def test_readings_that_differ_in_optional_data_only_are_accepted() -> None:
    visa = ("V" + FIRST[1:], "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
    others = [(visa[0], visa[1].replace("ZE18", text)) for text in ("ZF18", "ZE1B", "2E18")]

    found = search(Recorded(visa, *others))

    assert found.reading is not None
    assert found.reading.lines == visa
    assert found.reading.is_accepted


def test_readings_that_differ_in_a_key_field_are_not_accepted() -> None:
    # All have valid check digits; the first two even the same ones, as G and 6 stand ten apart.
    numbers = ["L898902G3", "L89890263", "M898902G3", "N898902G3"]

    found = search(Recorded(*(passport(number) for number in numbers)))

    assert found.ocr_calls == 4
    assert found.reading is not None
    assert all(digit.is_valid for digit in found.reading.check_digits)
    assert found.reading.is_accepted is False
    assert found.reading.refusal_reason == "readings_disagree"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (FIRST, SECOND.replace("740812", "740813"), "check_digits_wrong"),
        (FIRST.replace("UTO", "QQQ", 1), SECOND, "issuing_state_unknown"),
        (FIRST, SECOND.replace("UTO", "QQQ"), "nationality_unknown"),
        ("P<UTO".ljust(44, "<"), SECOND, "name_missing"),
    ],
)
def test_a_reading_that_cannot_be_right_is_refused_with_its_reason(
    first: str, second: str, reason: str
) -> None:
    found = search(Recorded((first, second)))

    assert found.outcome == "read"
    assert found.reading is not None
    assert found.reading.is_accepted is False
    assert found.reading.refusal_reason == reason


def test_a_blurred_picture_is_allowed_fewer_repairs() -> None:
    repaired = (FIRST, SECOND.replace("7408122F1204159", "74O8I22F1ZO4159"))

    sharp, blurred = search(Recorded(repaired)), search(Recorded(repaired), blur_variance=40.0)

    assert sharp.reading is not None
    assert blurred.reading is not None
    assert sharp.reading.lines == blurred.reading.lines == (FIRST, SECOND)
    assert len(sharp.reading.repairs) == 4
    assert sharp.reading.is_accepted
    assert blurred.reading.refusal_reason == "too_many_repairs"


def test_a_name_whose_separator_may_be_lost_is_not_believed_in_a_blurred_picture() -> None:
    joined = (FIRST.replace("ERIKSSON<<ANNA", "ERIKSSON<ANNA") + "<", SECOND)

    assert search(Recorded(joined)).reading.is_accepted  # type: ignore[union-attr]
    blurred = search(Recorded(joined), blur_variance=40.0).reading
    assert blurred is not None
    assert blurred.refusal_reason == "name_separator_missing"


def test_what_was_put_together_out_of_repairs_is_looked_for_elsewhere_but_not_upside_down() -> None:
    mended = SECOND.replace("7408122F1204159", "74O8I22FIZO4IS9")
    names = ("ANNA", "ANMA", "AMNA", "AHNA")
    engine = Recorded(*((FIRST.replace("ANNA", name), mended) for name in names))

    found = search(engine)

    assert found.ocr_calls == len(engine.pictures) == MAX_OCR_CALLS
    assert not np.array_equal(engine.pictures[4], engine.pictures[0][::-1, ::-1])
    assert found.reading is not None
    assert not found.reading.is_accepted


def test_a_place_whose_first_picture_shows_no_whole_zone_is_turned_at_once() -> None:
    engine = Recorded(("P<UTOERIKSSON<<ANNA<MARIA<<<<<<",), (FIRST, SECOND))

    found = search(engine)

    assert np.array_equal(engine.pictures[0][::-1, ::-1], engine.pictures[1])
    assert found.reading is not None
    assert found.reading.is_accepted


def test_the_calls_are_capped() -> None:
    engine = Recorded(("P<UTOERIKSSON<<ANNA<MARIA<<<<<<",))

    found = search(engine)

    assert found.outcome == "unreadable"
    assert found.reading is None
    assert found.ocr_calls == len(engine.pictures) <= MAX_OCR_CALLS


def test_print_that_is_no_zone_is_reported_as_none() -> None:
    found = search(Recorded(("DRIVING LICENCE",)))

    assert found.outcome == "no_mrz"
    assert found.reading is None


def test_an_empty_page_costs_no_call() -> None:
    engine = Recorded(("",))

    found = read_mrz(np.full((500, 700), 200, np.uint8), today=TODAY, engine=engine)

    assert found == MrzSearch("no_mrz", None, 0)
    assert engine.pictures == []
