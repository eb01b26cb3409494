"""Zones found by letters at an even pitch, and straightened."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.vision.mrz.chains import find_letter_lines
from kyc.vision.mrz.letter_lines import (
    MAX_CHAINS,
    LetterLine,
    joined,
    line_of,
    without_neighbours,
)
from kyc.vision.mrz.line_groups import first_group
from kyc.vision.mrz.zones import MARGIN_IN_PITCHES, Zone, find_zones, straightened

Gray = npt.NDArray[np.uint8]
PITCH = 18


def page(lines: int, columns: int) -> Gray:
    """Squares of dark ink at an even pitch, on a white page of 900 × 900."""
    gray = np.full((900, 900), 235, np.uint8)
    for line in range(lines):
        for column in range(columns):
            x, y = 40 + PITCH * column, 500 + round(2.5 * PITCH) * line
            gray[y : y + 10, x : x + 9] = 30
    return gray


def with_letters(gray: Gray, columns: Iterable[float], *, y: int, pitch: int = PITCH) -> Gray:
    """The page with more squares in a line, at so many pitches behind the first of a zone."""
    gray = gray.copy()
    for column in columns:
        x = 40 + round(pitch * column)
        gray[y : y + 10, x : x + 9] = 30
    return gray


def line_at(*columns: float) -> LetterLine:
    """Letters of one line at so many pitches of ten pixels."""
    found = line_of(np.array([(10.0 * column, 50.0) for column in columns]))
    assert found is not None
    return found


def turned(gray: Gray, degrees: float) -> Gray:
    matrix = cv2.getRotationMatrix2D((450, 450), degrees, 0.8)
    return np.asarray(cv2.warpAffine(gray, matrix, (900, 900), borderValue=235), np.uint8)


@pytest.mark.parametrize(("lines", "columns"), [(2, 44), (2, 36), (3, 30)])
@pytest.mark.parametrize("degrees", [0.0, 33.0, 90.0, 161.0])
def test_a_zone_is_found_at_any_angle_with_its_lines_and_columns(
    lines: int, columns: int, degrees: float
) -> None:
    zone = find_zones(turned(page(lines, columns), degrees))[0]

    assert zone.columns == columns
    assert len(zone.rows) == lines
    assert zone.letters == lines * columns
    assert zone.is_whole
    assert zone.lost_rows == 0


def test_a_lost_letter_does_not_part_a_line() -> None:
    gray = page(2, 44)
    gray[495:515, 40 + 20 * PITCH : 40 + 22 * PITCH] = 235

    assert find_zones(gray)[0].columns == 44


def test_a_straightened_letter_stands_where_its_number_says() -> None:
    gray = turned(page(2, 36), 20.0)
    zone = find_zones(gray)[0]

    picture = straightened(gray, zone, pitch_px=20)

    columns = (MARGIN_IN_PITCHES + 0.5 + np.arange(36)) * 20
    row = round((MARGIN_IN_PITCHES + 0.5) * 20)
    assert picture[row, columns.astype(int)].max() < 120
    assert picture[row, (columns[:-1] + 10).astype(int)].min() > 180


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (40, 40), (600, 800)])
def test_an_empty_picture_has_no_zones(shape: tuple[int, int]) -> None:
    assert find_zones(np.full(shape, 128, np.uint8)) == ()


def test_words_with_gaps_are_no_line() -> None:
    gray = np.full((600, 900), 235, np.uint8)
    rng = np.random.default_rng(3)
    x = 20
    while x < 860:
        gray[300:312, x : x + int(rng.integers(3, 12))] = 30
        x += int(rng.integers(14, 60))

    assert find_letter_lines(gray) == ()


def test_print_beside_a_card_that_goes_on_at_its_height_is_no_part_of_its_zone() -> None:
    gray = page(3, 30)
    for line in range(3):
        gray = with_letters(gray, np.arange(32.4, 41), y=500 + 45 * line)

    zone = find_zones(gray)[0]

    assert (zone.columns, len(zone.rows), zone.letters) == (30, 3, 90)
    assert zone.corners[:, 0].max() == pytest.approx(44 + 29 * PITCH, abs=2)


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ((*range(30), *np.arange(32.4, 40)), 30),
        # A gap of one letter is a lost one.
        ((*range(30), *range(31, 39)), 38),
        # Neither part is as long as a zone's line.
        ((*range(28), *np.arange(31.4, 40)), 37),
        # As it stands it has a length of the standard.
        ((*range(30), *range(33, 36)), 33),
    ],
)
def test_a_line_is_parted_only_where_one_of_a_zone_comes_of_it(
    columns: tuple[float, ...], left: int
) -> None:
    assert len(without_neighbours(line_at(*columns)).centres) == left


def test_of_very_many_chains_the_longest_are_joined() -> None:
    specks = [
        line_of(np.array([(10.0 * column, 500.0 * row) for column in range(4)]))
        for row in range(2, 1_055)
    ]
    halves = [line_at(*range(22)), line_at(*range(23, 44))]

    lines = joined([*filter(None, specks), *halves])

    assert lines[0].columns == 44
    assert len(lines) == MAX_CHAINS - 1


def test_a_line_longer_than_any_zone_s_comes_last() -> None:
    lines = find_letter_lines(with_letters(page(2, 44), range(52), y=200, pitch=16))

    assert [line.columns for line in lines] == [44, 44, 52]


def test_a_full_line_comes_before_a_longer_one_with_gaps() -> None:
    gaps = [column for column in range(44) if column % 8 != 4]

    lines = find_letter_lines(with_letters(page(1, 36), gaps, y=200))

    assert [(line.columns, line.is_full) for line in lines] == [(36, True), (44, False)]


@pytest.mark.parametrize("columns", [36, 44])
def test_specks_in_line_with_two_full_lines_are_no_third_one(columns: int) -> None:
    zone = find_zones(with_letters(page(2, columns), range(4, 24), y=590))[0]

    assert (zone.columns, len(zone.rows), zone.letters) == (columns, 2, 2 * columns)


def test_a_third_line_of_a_card_that_lost_letters_is_kept() -> None:
    zone = find_zones(with_letters(page(2, 30), range(4, 24), y=590))[0]

    assert (zone.columns, len(zone.rows)) == (30, 3)


@pytest.mark.parametrize(
    ("rows", "spacing", "is_possible"),
    [
        ((0.0,), 1.0, True),
        ((0.0, 1.0), 2.5, True),
        ((0.0, 0.5, 1.0), 5.0, True),
        ((0.0, 1.0), 0.4, False),
        ((0.0, 1.2, 1.0), 5.0, False),
    ],
)
def test_lines_of_a_zone_do_not_cross(
    rows: tuple[float, ...], spacing: float, *, is_possible: bool
) -> None:
    zone = Zone(np.zeros((4, 2)), 30, rows, spacing, 10.0, 60)

    assert zone.is_possible is is_possible


def test_a_zone_with_all_its_letters_comes_before_a_larger_one_that_lacks_many() -> None:
    lacking = [column for column in range(44) if column % 8 != 4]
    gray = with_letters(with_letters(page(2, 36), lacking, y=200), lacking, y=245)

    zones = find_zones(gray)

    assert [(zone.columns, zone.letters) for zone in zones[:2]] == [(36, 72), (44, 78)]
    assert [round(zone.fill, 2) for zone in zones[:2]] == [1.0, 0.89]


def test_the_third_line_of_a_card_is_taken_whichever_line_comes_first() -> None:
    top, middle, bottom = (
        LetterLine(one.centres + np.array((0.0, y)), one.direction, one.pitch_px)
        for one, y in ((line_at(*range(30)), y) for y in (0.0, 25.0, 50.0))
    )
    words = LetterLine(top.centres[:12] - np.array((0.0, 28.0)), top.direction, top.pitch_px)

    for order in permutations((top, middle, bottom)):
        assert first_group((*order, words)) == [top, middle, bottom]
