"""What each cell of a straightened zone shows, by a small network of its own.

Tesseract reads lines and is now and then wrong twice in the same way: a Q of which the tail is
blurred is a G to it at any size, and both have the same check digit. This reader looks at one cell
at a time, learned from other pictures by other means, and so errs elsewhere.
"""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kyc.vision.weights import WeightsUnavailable, models_dir

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Layer = tuple[Floats, Floats]

# The last class is a cell without a letter.
CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ< "
PITCH_PX = 16
# Width and height: a letter with the nearer halves of its neighbours, whose blur runs into it.
CELL_PX = (26, 24)
# Beside ValueError, what reading an archive of arrays raises for a file that is cut off or another.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, TypeError, RuntimeError,
    tokenize.TokenError,
)  # fmt: skip
FAINTEST = 4.0  # grey levels; a cell with less contrast is not made louder


@dataclass(frozen=True, slots=True, eq=False)
class LetterReader:
    """A network of layers that are fully connected, all but the last one rectified.

    Attributes
    ----------
    layers : tuple of (ndarray of shape (units before, units), ndarray of shape (units,))
        Weights and bias; the first takes the pixels of a cell, the last gives the classes.
    """

    layers: tuple[Layer, ...]

    def log_probabilities(self, cells: Floats) -> Floats:
        """Natural logarithms for each class of `CLASSES`.

        Parameters
        ----------
        cells : ndarray of shape (..., cell pixels)
            From `cells_at`.

        Returns
        -------
        ndarray of shape (..., classes), dtype=float32
        """
        active = cells
        for weights, bias in self.layers[:-1]:
            active = np.maximum(active @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return log_shares(active @ weights + bias)

    def save(self, path: Path) -> None:
        """Write the weights; about 260 kB, the same bytes for the same weights."""
        arrays = {
            f"{part}_{at}": values.astype(np.float16)
            for at, layer in enumerate(self.layers)
            for part, values in zip(("weights", "bias"), layer, strict=True)
        }
        with path.open("wb") as stream:
            np.savez_compressed(stream, **arrays)

    @classmethod
    def load(cls, path: Path) -> LetterReader:
        """Read weights that `save` has written.

        Raises
        ------
        OSError
            When there is no such file, or it cannot be read.
        ValueError
            When it is damaged or holds something else.
        """
        try:
            return cls(_layers_of(path))
        except DAMAGE as error:
            raise ValueError("these are no weights, or not all of them") from error


def _layers_of(path: Path) -> tuple[Layer, ...]:
    with np.load(path, allow_pickle=False) as arrays:
        layers = tuple(
            (arrays[f"weights_{at}"].astype(np.float32), arrays[f"bias_{at}"].astype(np.float32))
            for at in range(len(arrays.files) // 2)
        )
    units = [layers[0][0].shape[0], *(weights.shape[1] for weights, _ in layers)]
    if (units[0], units[-1]) != (CELL_PX[0] * CELL_PX[1], len(CLASSES)) or any(
        weights.shape != shape for (weights, _), shape in zip(layers, pairwise(units), strict=True)
    ):
        raise ValueError("these are weights for other cells")
    return layers


def log_shares(scores: Floats) -> Floats:
    """Logarithms of the shares that scores stand for, along the last axis."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)), np.float32)


def letters_file() -> Path:
    """Where the weights lie that `manage.py train_mrz_letters` has made.

    Another name for another shape of cells: an installation that is brought up to date must not
    take the weights of before for those that it needs.
    """
    return models_dir() / f"mrz-letters-{CELL_PX[0]}x{CELL_PX[1]}.npz"


def letter_reader() -> LetterReader | None:
    """The reader of this installation; None where it has none that is whole."""
    try:
        return required_letter_reader()
    except WeightsUnavailable:
        return None


def required_letter_reader() -> LetterReader:
    """The reader of this installation.

    Raises
    ------
    WeightsUnavailable
        When its weights are missing or damaged, with the command that makes them.
    """
    path = letters_file()
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise _unavailable("missing") from error
    except (OSError, ValueError) as error:
        raise _unavailable("damaged") from error


# Kept until the file changes; a failure is not kept, so that weights made later are found.
@lru_cache(maxsize=1)
def _loaded(path: Path, changed_at_ns: int) -> LetterReader:  # noqa: ARG001 - part of the key
    return LetterReader.load(path)


def _unavailable(state: str) -> WeightsUnavailable:
    return WeightsUnavailable(
        f"The weights of the letter reader are {state}; `manage.py train_mrz_letters` makes them."
    )


def cells_at(picture: Gray, columns: Floats, rows: Floats | float) -> Floats:
    """Cells of one line, each brought to one contrast.

    Parameters
    ----------
    picture : ndarray of shape (height, width), dtype=uint8
        From `straightened` with `PITCH_PX`.
    columns : ndarray of shape (n,)
        Where the middles of the cells are, pixels.
    rows : ndarray of shape (n,) or float
        Where the middle of the line is, pixels.

    Returns
    -------
    ndarray of shape (n, cell pixels), dtype=float32
        Mean 0 and deviation 1, dark is positive.
    """
    width, height = CELL_PX
    padded = np.pad(picture, max(CELL_PX), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width))
    top = _starts(np.broadcast_to(rows, columns.shape), height, windows.shape[0])
    left = _starts(columns, width, windows.shape[1])
    flat = windows[top, left].reshape(len(columns), -1).astype(np.float32)
    flat = flat.mean(axis=1, keepdims=True) - flat
    return np.asarray(flat / np.maximum(flat.std(axis=1, keepdims=True), FAINTEST), np.float32)


def _starts(middles: Floats, length: int, count: int) -> npt.NDArray[np.int64]:
    starts = np.round(middles - length / 2).astype(np.int64) + max(CELL_PX)
    return np.asarray(np.clip(starts, 0, count - 1))


def column_middles(count: int, margin: float) -> Floats:
    """Where the letters of a straightened zone have their middles, pixels."""
    return np.asarray((margin + 0.5 + np.arange(count)) * PITCH_PX, np.float32)
