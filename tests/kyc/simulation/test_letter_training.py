"""Pages of nonsense, cells of their photographs, and the network that learns from them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from threadpoolctl import threadpool_limits

from kyc.simulation import sheets
from kyc.simulation.letter_network import Course, fit_layers, slopes_of
from kyc.simulation.letter_pages import COLUMNS, PITCH_PX, ROWS, draw_page
from kyc.simulation.letter_strips import draw_strip
from kyc.simulation.letter_training import train_letters
from kyc.vision.mrz.letters import CELL_PX, CLASSES, Layer, LetterReader, log_shares

CELL = CELL_PX[0] * CELL_PX[1]
BLANK = CLASSES.index(" ")


def test_a_page_shows_a_letter_where_it_says() -> None:
    page = draw_page(np.random.default_rng(4))

    (left, top), (right, _) = page.corners[:2]
    step = (right - left) / (COLUMNS - 1)
    half = round(PITCH_PX / 2)
    for column, letter in enumerate(page.letters[0]):
        x = round(left + column * step)
        place = page.pixels[round(top) - half : round(top) + half, x - half : x + half]
        assert int(page.pixels.max()) - int(place.min()) > 60, CLASSES[letter]
    assert page.letters.shape == (ROWS, COLUMNS)
    assert step == pytest.approx(PITCH_PX)


def test_the_same_generator_draws_the_same_cells() -> None:
    one, again = (draw_strip(np.random.default_rng(5)) for _ in range(2))

    assert np.array_equal(one.cells, again.cells)
    assert np.array_equal(one.classes, again.classes)


def test_cells_are_letters_and_blanks_around_and_between_them() -> None:
    strip = draw_strip(np.random.default_rng(6), photographs=2)

    between = len(range(0, COLUMNS + 2, COLUMNS // ROWS)) + COLUMNS  # lines, and letters
    assert strip.cells.shape == (2 * (ROWS * (COLUMNS + 2) + between), CELL)
    assert strip.cells.dtype == np.float32
    assert (strip.classes == BLANK).sum() == 2 * (2 * ROWS + between)
    assert np.array_equal(*np.split(strip.classes, 2))


def small_layers(rng: np.random.Generator) -> tuple[Layer, ...]:
    shapes = ((6, 5), (5, 4), (4, 3))
    return tuple((rng.normal(size=shape), rng.normal(size=shape[1])) for shape in shapes)


def loss(layers: tuple[Layer, ...], cells: np.ndarray, classes: np.ndarray) -> float:
    active = cells
    for weights, bias in layers[:-1]:
        active = np.maximum(active @ weights + bias, 0)
    scores = active @ layers[-1][0] + layers[-1][1]
    scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-scores[np.arange(len(classes)), classes].mean())


def test_slopes_are_those_that_small_changes_show() -> None:
    rng = np.random.default_rng(7)
    layers, cells = small_layers(rng), rng.normal(size=(9, 6))
    classes = rng.integers(0, 3, 9)

    slopes = slopes_of(layers, cells, classes)

    for layer, slope in zip(layers, slopes, strict=True):
        for part, found in zip(layer, slope, strict=True):
            for at in np.ndindex(part.shape):
                before = part[at]
                part[at] = before + 1e-6
                above = loss(layers, cells, classes)
                part[at] = before - 1e-6
                below = loss(layers, cells, classes)
                part[at] = before
                # `log_shares` answers in single precision.
                assert found[at] == pytest.approx((above - below) / 2e-6, abs=2e-5)


def test_shares_add_up_to_one_however_large_the_scores() -> None:
    scores = np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]], np.float32)

    shares = np.exp(log_shares(scores))

    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[1] == pytest.approx([1 / 3] * 3)


def test_letters_are_learned() -> None:
    reader = train_letters(seed=2, pages=30, course=Course(rounds=10))
    strip = draw_strip(np.random.default_rng((99, 1)), photographs=4)

    likely = reader.log_probabilities(strip.cells)

    # One in 38 by chance; half of what is drawn can hardly be read by anybody.
    assert (likely.argmax(axis=-1) == strip.classes).mean() > 0.4


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_teaches_the_same_bytes_on_any_number_of_threads(
    tmp_path: Path, threads: int
) -> None:
    course = Course(rounds=1)
    train_letters(seed=1, pages=3, course=course).save(tmp_path / "one.npz")
    with threadpool_limits(threads):
        train_letters(seed=1, pages=3, course=course).save(tmp_path / "again.npz")
    train_letters(seed=2, pages=3, course=course).save(tmp_path / "other.npz")

    first = (tmp_path / "one.npz").read_bytes()
    assert (tmp_path / "again.npz").read_bytes() == first
    assert (tmp_path / "other.npz").read_bytes() != first


def test_too_few_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer cells"):
        fit_layers(
            np.zeros((5, CELL), np.float32), np.zeros(5, int), np.random.default_rng(1), Course()
        )


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(folder))
    return folder


def teach(*options: str) -> str:
    out = io.StringIO()
    call_command("train_mrz_letters", "--pages", "3", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_makes_weights_that_can_be_loaded(models: Path) -> None:
    said = teach("--seed", "4")

    (path,) = models.iterdir()
    assert said == f"{path} is made.\n"
    assert path.name == "mrz-letters-26x24.npz"
    assert LetterReader.load(path).layers[0][0].shape[0] == CELL


def test_the_command_leaves_weights_that_are_there_alone_only_if_asked(models: Path) -> None:
    teach("--seed", "4")
    (path,) = models.iterdir()
    first = path.read_bytes()

    said = teach("--seed", "5", "--if-missing")

    assert said == f"{path} is there.\n"
    assert path.read_bytes() == first
    teach("--seed", "5")
    assert path.read_bytes() != first


def test_without_the_face_the_command_says_what_to_install(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "OCR_B_PATHS", ())
    sheets.ocr_b.cache_clear()

    with pytest.raises(CommandError, match="fonts-ocr-b"):
        teach()

    assert not models.exists()
