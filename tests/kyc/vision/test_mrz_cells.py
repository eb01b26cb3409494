"""Single cells: a reader taught in seconds, what it says of a zone, and how it votes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kyc.vision.mrz.agreement import Pass
from kyc.vision.mrz.cells import CellReading
from kyc.vision.mrz.formats import TD2, TD3, MrzFormat, permitted_characters
from kyc.vision.mrz.fusion import fused
from kyc.vision.mrz.judgement import judge
from kyc.vision.mrz.letters import CELL_PX, CLASSES, LetterReader, cells_at
from kyc.vision.mrz.line_fits import BLANK
from kyc.vision.mrz.placements import PLACE
from kyc.vision.mrz.repair import Candidate, candidates
from kyc.vision.mrz.views import Treatment
from kyc.vision.mrz.zones import Zone

TODAY = date(2026, 5, 1)
# ICAO Doc 9303 part 4, appendix B.
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@cache
def cells_of(*lines: str, doubt: float = 0.001, layout: MrzFormat = TD3) -> CellReading:
    """Cells that are sure of these lines but for `doubt`, shared by all other characters."""
    count, length = layout.line_count, layout.line_length
    shares = np.full((count, length, len(CLASSES)), -np.inf, np.float32)
    for line, row in enumerate(permitted_characters(layout)):
        for at, allowed in enumerate(row):
            for character in allowed:
                shares[line, at, PLACE[character]] = np.log(doubt / len(CLASSES))
            shares[line, at, PLACE[lines[line][at]]] = np.log(1 - doubt)
    corners = np.array([(0, 0), (430, 0), (0, 25), (430, 25)], np.float64)
    zone = Zone(corners, length, (0.0, 1.0), 2.5, 10.0, count * length)
    seen = np.zeros((count, length), bool)
    return CellReading(layout, zone, False, tuple(lines), shares, seen, -0.01)


def read_as(*lines: str) -> Candidate:
    return candidates(tuple(lines))[0]


def read_once(*lines: str, treatment: Treatment = "stretched") -> Pass:
    return Pass(read_as(*lines), 0.9, treatment)


def read_twice(*lines: str) -> list[Pass]:
    """Recognised alike in pictures that were prepared in two ways."""
    return [read_once(*lines), read_once(*lines, treatment="evened")]


def test_one_reading_that_the_cells_confirm_is_accepted() -> None:
    verdict = judge([read_once(FIRST, SECOND)], [cells_of(FIRST, SECOND)], today=TODAY, budget=1.3)

    assert verdict.is_confirmed
    assert verdict.reading.is_accepted
    assert verdict.reading.lines == (FIRST, SECOND)


def test_cells_outvote_one_reading_and_the_change_is_reported_but_nothing_is_confirmed() -> None:
    wrong = FIRST.replace("ERIKSSON", "ERIKSSDN")

    verdict = judge([read_once(wrong, SECOND)], [cells_of(FIRST, SECOND)], today=TODAY, budget=1.3)

    assert verdict.reading.lines == (FIRST, SECOND)
    assert [(repair.read, repair.written) for repair in verdict.reading.repairs] == [("D", "O")]
    assert verdict.reading.refusal_reason == "readings_disagree"


@pytest.mark.parametrize(("printed", "reason"), [("P", "document_code_unknown"), ("1", "")])
def test_a_code_that_no_card_has_is_not_made_one(printed: str, reason: str) -> None:
    # No document of two lines of 36 letters is a passport (ICAO Doc 9303 part 6, §4.2.2).
    first = "I<UTOERIKSSON<<ANNA<MARIA<LOUISE<EVA"
    second = "D231458907UTO7408122F1204159<<<<<<<6"
    seen = (printed + first[1:], second)
    cells = replace(cells_of(first, second, layout=TD2), texts=seen)

    verdict = judge([read_once(*seen)], [cells], today=TODAY, budget=1.3)

    assert verdict.reading.refusal_reason == reason
    assert [(repair.read, repair.written) for repair in verdict.reading.repairs] == [(printed, "I")]


def test_an_objection_that_no_check_digit_could_settle_refuses_two_equal_readings() -> None:
    # C and M stand ten apart: the number has the same digits with either.
    other = SECOND.replace("L898902C3", "L898902M3")
    twice = read_twice(FIRST, other)

    verdict = judge(twice, [cells_of(FIRST, SECOND)], today=TODAY, budget=1.3)

    assert verdict.reading.refusal_reason == "readings_disagree"


def test_a_digit_that_does_not_hold_is_mended_by_the_least_unlikely_change() -> None:
    wrong = SECOND.replace("L898902C3", "LB98902C3")
    cells = cells_of(FIRST, wrong)
    likely = cells.log_probabilities.copy()
    likely[1, 1, PLACE["8"]] = np.log(0.4)
    likely[1, 1, PLACE["B"]] = np.log(0.6)

    whole = fused([], replace(cells, log_probabilities=likely))

    assert whole.lines == (FIRST, SECOND)
    assert [(repair.read, repair.written) for repair in whole.repairs] == [("B", "8")]
    assert whole.cost > 0


def test_a_date_that_was_mended_costs_more_than_any_budget() -> None:
    wrong = SECOND.replace("740812", "740872")
    cells = cells_of(FIRST, wrong)
    likely = cells.log_probabilities.copy()
    likely[1, 17, PLACE["1"]] = np.log(0.4)

    whole = fused([], replace(cells, log_probabilities=likely))

    assert whole.lines == (FIRST, SECOND)
    assert whole.cost > 1.3


# Each written with two characters of the date or its digit changed, so that the date's own digit
# holds and the composite one does not.
@pytest.mark.parametrize(
    ("printed", "shown"),
    [("7408122F", "8408152F"), ("7408122F", "8408129F"), ("1204159Z", "1204160Z")],
)
def test_a_date_that_was_mended_for_the_composite_digit_costs_as_much(
    printed: str, shown: str
) -> None:
    wrong = SECOND.replace(printed, shown)
    cells = cells_of(FIRST, wrong)
    likely = cells.log_probabilities.copy()
    for at, (right, seen) in enumerate(zip(SECOND, wrong, strict=True)):
        if right != seen:
            likely[1, at, PLACE[right]] = np.log(0.4)

    whole = fused([], replace(cells, log_probabilities=likely))

    assert whole.lines == (FIRST, SECOND)
    assert whole.cost > 1.3


def test_readings_that_agree_do_not_outvote_sure_cells_where_no_digit_tells() -> None:
    wrong = FIRST.replace("ERIKSSON", "ERIKSSDN")

    whole = fused([read_as(wrong, SECOND)] * 3, cells_of(FIRST, SECOND))

    assert whole.lines == (FIRST, SECOND)


def test_readings_of_which_all_digits_hold_outvote_cells_that_were_cut_beside_letters() -> None:
    # As cells look that are one letter off: the digits prove most of them wrong.
    shifted = SECOND[1:9] + SECOND[8:]

    whole = fused([read_as(FIRST, SECOND)] * 2, cells_of(FIRST, shifted))

    assert whole.lines == (FIRST, SECOND)


def test_two_characters_of_a_number_that_the_cells_deny_refuse_what_its_digit_allows() -> None:
    # At weights 1 and 7, 5 less and 5 more change the sum by 30: the digit holds with both.
    other = SECOND.replace("L898902C3", "L848907C3")
    twice = read_twice(FIRST, other)

    verdict = judge(twice, [cells_of(FIRST, SECOND)], today=TODAY, budget=1.3)

    assert not verdict.reading.is_accepted


def test_a_filler_in_a_name_where_nothing_is_seen_refuses_the_zone() -> None:
    cells = cells_of(FIRST, SECOND)
    unseen = cells.is_blank.copy()
    unseen[0, 25] = True
    twice = read_twice(FIRST, SECOND)

    sure = judge(twice, [cells], today=TODAY, budget=1.3)
    unsure = judge(twice, [replace(cells, is_blank=unseen)], today=TODAY, budget=1.3)

    assert sure.reading.is_accepted
    assert unsure.reading.refusal_reason == "readings_disagree"


def some_reader(rng: np.random.Generator) -> LetterReader:
    units = (CELL_PX[0] * CELL_PX[1], 8, 5, len(CLASSES))
    return LetterReader(
        tuple(
            (
                rng.normal(size=(before, after)).astype(np.float32),
                rng.normal(size=after).astype(np.float32),
            )
            for before, after in pairwise(units)
        )
    )


def test_weights_come_back_as_they_were_saved(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    reader = some_reader(rng)
    reader.save(tmp_path / "letters.npz")
    cells = rng.normal(size=(5, CELL_PX[0] * CELL_PX[1])).astype(np.float32)

    again = LetterReader.load(tmp_path / "letters.npz").log_probabilities(cells)

    assert np.exp(again).sum(axis=-1) == pytest.approx(np.ones(5), abs=1e-4)
    assert (again.argmax(axis=-1) == reader.log_probabilities(cells).argmax(axis=-1)).all()
    assert len(CLASSES) - 1 == BLANK


def test_the_same_weights_are_saved_as_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "other.npz"):
        some_reader(np.random.default_rng(1)).save(tmp_path / name)

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


@pytest.mark.parametrize("shapes", [((3, 3),), ((CELL_PX[0] * CELL_PX[1], 4), (5, len(CLASSES)))])
def test_weights_for_other_cells_are_refused(
    tmp_path: Path, shapes: tuple[tuple[int, int], ...]
) -> None:
    layers = tuple(
        (np.zeros(shape, np.float32), np.zeros(shape[1], np.float32)) for shape in shapes
    )
    LetterReader(layers).save(tmp_path / "letters.npz")

    with pytest.raises(ValueError, match="other cells"):
        LetterReader.load(tmp_path / "letters.npz")


def test_cells_are_cut_around_their_middles_and_are_dark_on_light() -> None:
    picture = np.full((60, 200), 200, np.uint8)
    picture[28:32, 98:102] = 20

    cell, empty = cells_at(picture, np.array([100.0, 150.0], np.float32), 30.0)

    ink = np.argwhere(cell.reshape(CELL_PX[1], CELL_PX[0]) > 0)
    assert ink.min(axis=0).tolist() == [10, 11]
    assert ink.max(axis=0).tolist() == [13, 14]
    assert cell.std() == pytest.approx(1.0, abs=1e-3)
    assert not empty.any()
