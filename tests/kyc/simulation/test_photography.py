from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.photography import photograph, take_selfie

Image = npt.NDArray[np.uint8]


@pytest.fixture
def page() -> Image:
    image = np.full((400, 600, 3), 220, np.uint8)
    image[::8] = 40
    return image


def sharpness(image: Image) -> float:
    rows = image.astype(float).mean(axis=2)
    middle = rows[
        rows.shape[0] // 3 : -rows.shape[0] // 3, rows.shape[1] // 3 : -rows.shape[1] // 3
    ]
    return float(np.diff(middle, axis=0).var())


def test_the_same_generator_takes_the_same_photograph(page: Image) -> None:
    first, again = (photograph(page, np.random.default_rng(2), glare=0.5) for _ in range(2))

    assert np.array_equal(first, again)


def test_a_margin_shows_the_table_around_the_document(page: Image) -> None:
    photo = photograph(page, np.random.default_rng(0), perspective=0.0, margin=0.1)

    assert photo.shape == (480, 720, 3)
    assert photo[:10].mean() < 160
    assert photo[100:-100, 100:-100].mean() > 170


def test_a_negative_margin_cuts_the_document_off(page: Image) -> None:
    photo = photograph(page, np.random.default_rng(0), perspective=0.0, margin=-0.1)

    assert photo.shape == (320, 480, 3)


def test_more_blur_leaves_less_detail(page: Image) -> None:
    detail = [
        sharpness(photograph(page, np.random.default_rng(0), blur_sigma=sigma, perspective=0))
        for sigma in (0.6, 1.5, 4.0)
    ]

    assert detail[0] > 2 * detail[1] > 4 * detail[2]


def test_less_light_is_darker_in_proportion(page: Image) -> None:
    bright, dark = (
        photograph(page, np.random.default_rng(0), brightness=level).mean() for level in (1.0, 0.3)
    )

    assert dark / bright == pytest.approx(0.3, abs=0.03)


def test_glare_whitens_a_spot_on_the_document(page: Image) -> None:
    dull, glossy = (
        photograph(page, np.random.default_rng(1), glare=glare, light_gradient=0)
        for glare in (0.0, 1.0)
    )

    whitened = (glossy.min(axis=2) > 250).mean() - (dull.min(axis=2) > 250).mean()
    assert 0.01 < whitened < 0.1


def test_a_selfie_keeps_its_frame(page: Image) -> None:
    assert take_selfie(page, np.random.default_rng(0)).shape == page.shape
