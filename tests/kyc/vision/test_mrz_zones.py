"""Zones found by letters at an even pitch, and straightened."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.vision.mrz.chains import find_letter_lines
from kyc.vision.mrz.zones import MARGIN_IN_PITCHES, find_zones, straightened

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
