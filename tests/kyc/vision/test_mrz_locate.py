"""Finding bands of print that may be a machine-readable zone."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.vision.mrz.locate import Band, cut_out, even_out, find_bands, find_lines

Gray = npt.NDArray[np.uint8]


def page(lines: int, *, letters: int = 44, height: int = 600, width: int = 900) -> Gray:
    """A white page with rows of bars, like letters, near its lower edge."""
    gray = np.full((height, width), 235, np.uint8)
    pitch = 800 // letters
    for line in range(lines):
        top = height - 60 - 40 * (lines - 1 - line)
        for letter in range(letters):
            left = 50 + letter * pitch
            gray[top : top + 18, left : left + pitch // 3] = 30
    return gray


def turned(gray: Gray, degrees: float) -> Gray:
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(gray, matrix, (width, height), borderValue=235), np.uint8)


@pytest.mark.parametrize(("lines", "letters"), [(2, 44), (2, 36), (3, 30)])
def test_rows_of_letters_become_one_band(lines: int, letters: int) -> None:
    bands = find_bands(page(lines, letters=letters))

    assert bands[0].line_count == lines
    assert bands[0].tilt_deg == pytest.approx(0, abs=0.5)
    assert bands[0].line_height_px == pytest.approx(18, abs=5)


@pytest.mark.parametrize("degrees", [-20.0, -7.0, 12.0])
def test_a_tilted_band_is_found_with_its_tilt(degrees: float) -> None:
    band = find_bands(turned(page(2), degrees))[0]

    assert band.tilt_deg == pytest.approx(-degrees, abs=1.0)


def test_an_outline_around_the_print_does_not_hide_it() -> None:
    framed = page(2)
    cv2.rectangle(framed, (40, 20), (858, 590), 20, 4)

    assert find_bands(framed)[0].line_count == 2


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 3), (40, 40)])
def test_an_empty_or_tiny_picture_has_no_bands(shape: tuple[int, int]) -> None:
    assert find_bands(np.full(shape, 128, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(20_000, 300), (300, 20_000)])
def test_a_strip_is_searched_in_little_memory(shape: tuple[int, int]) -> None:
    strip = np.full(shape, 128, np.uint8)

    tracemalloc.start()
    bands = find_bands(strip)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert bands == ()
    assert peak_bytes < 100_000_000


def test_print_on_a_strip_is_found_where_it_stands() -> None:
    strip = np.vstack([page(2), np.full((9_000, 900), 235, np.uint8)])

    band = find_bands(strip)[0]

    assert band.line_count == 2
    assert (band.x, band.y) == pytest.approx((450, 530), abs=12)


def test_noise_is_no_print() -> None:
    noise = np.random.default_rng(7).integers(0, 255, (400, 600)).astype(np.uint8)

    assert [band for band in find_bands(noise) if band.line_count > 1] == []


def test_lines_come_from_top_to_bottom() -> None:
    heights = [line.y for line in find_lines(page(3, letters=30))]

    assert heights == sorted(heights)
    assert len(heights) == 3


def test_the_cut_is_level_and_of_the_wanted_letter_height() -> None:
    tilted = turned(page(2), 10)

    cut = cut_out(tilted, find_bands(tilted)[0], letter_height_px=20)
    bands = find_bands(cut)

    assert bands[0].tilt_deg == pytest.approx(0, abs=1.0)
    assert cut.shape[1] > 8 * cut.shape[0]


def test_a_band_that_leaves_the_picture_is_filled_with_its_edge() -> None:
    gray = np.full((100, 100), 200, np.uint8)
    band = Band(x=0, y=0, width=80, height=40, tilt_deg=0, line_height_px=10, line_count=2, score=1)

    assert set(np.unique(cut_out(gray, band, letter_height_px=10))) == {200}


def test_evening_out_gives_faint_print_the_strength_of_strong_print() -> None:
    cut = np.full((60, 800), 230, np.uint8)
    for left in range(20, 780, 18):
        cut[20:40, left : left + 5] = 40 if left < 400 else 180

    evened = even_out(cut, letter_height_px=20)

    assert int(evened[30, 22]) == 0
    assert int(evened[30, 20 + 18 * 40 + 2]) == 0
    assert int(evened[30, 30]) == 255
