"""The map shows a part with another history, and nothing where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.vision.error_levels import error_level_map

Image = npt.NDArray[np.uint8]


def textured(seed: int, size: tuple[int, int] = (320, 480)) -> Image:
    noise = np.random.default_rng(seed).normal(128, 40, (*size, 3))
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 1.2), 0, 255).astype(np.uint8)


def stored(image: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_a_part_pasted_in_uncompressed_is_brighter_than_the_rest() -> None:
    picture = stored(textured(1), 90)
    picture[80:176, 160:304] = textured(2)[80:176, 160:304]

    levels = error_level_map(picture).astype(float)

    inside = levels[88:168, 168:296].mean()
    levels[72:184, 152:312] = np.nan
    assert inside > 1.5 * np.nanmean(levels)


def test_one_more_compression_hides_it() -> None:
    picture = stored(textured(1), 90)
    picture[80:176, 160:304] = textured(2)[80:176, 160:304]

    levels = error_level_map(stored(picture, 75)).astype(float)

    assert levels[88:168, 168:296].mean() < 1.3 * levels.mean()


@pytest.mark.parametrize("size", [(8, 8), (33, 50), (320, 480)])
def test_the_map_is_as_large_as_the_picture(size: tuple[int, int]) -> None:
    levels = error_level_map(textured(3, size))

    assert levels.shape == size
    assert levels.dtype == np.uint8


def test_a_flat_picture_shows_nothing() -> None:
    assert error_level_map(np.full((64, 96, 3), 128, np.uint8)).max() == 0
