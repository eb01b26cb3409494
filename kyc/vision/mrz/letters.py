"""What each cell of a straightened zone shows, by a small network of its own.

Tesseract reads lines and is now and then wrong twice in the same way: a Q of which the tail is
blurred is a G to it at any size, and both have the same check digit. This reader looks at one cell
at a time, learned from other pictures by other means, and so errs elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.zones import MARGIN_IN_PITCHES
from kyc.vision.weights import models_dir

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# The last class is a cell without a letter.
CLASSES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ< "
PITCH_PX = 16
CELL_PX = (18, 22)  # width and height: a letter with its surroundings
FAINTEST = 4.0  # grey levels; a cell with less contrast is not made louder


@dataclass(frozen=True, slots=True, eq=False)
class LetterReader:
    """A network of one hidden layer.

    Attributes
    ----------
    hidden, output : ndarray of shape (cell pixels, units) and (units, classes)
    hidden_bias, output_bias : ndarray
    """

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

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
        active = np.maximum(cells @ self.hidden + self.hidden_bias, 0)
        scores = active @ self.output + self.output_bias
        scores = scores - scores.max(axis=-1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)), np.float32)

    def save(self, path: Path) -> None:
        """Write the weights; 110 kB."""
        arrays: dict[str, Any] = {
            name: getattr(self, name).astype(np.float16)
            for name in ("hidden", "hidden_bias", "output", "output_bias")
        }
        with path.open("wb") as stream:
            np.savez_compressed(stream, **arrays)

    @classmethod
    def load(cls, path: Path) -> LetterReader:
        """Read weights that `save` has written.

        Raises
        ------
        OSError, ValueError, KeyError
            When there is no such file or it holds something else.
        """
        with np.load(path, allow_pickle=False) as arrays:
            reader = cls(
                *(
                    arrays[name].astype(np.float32)
                    for name in ("hidden", "hidden_bias", "output", "output_bias")
                )
            )
        if reader.hidden.shape[0] != CELL_PX[0] * CELL_PX[1] or reader.output.shape[1] != len(
            CLASSES
        ):
            raise ValueError("these are weights for other cells")
        return reader


def letters_file() -> Path:
    """Where the weights lie that `manage.py train_mrz_letters` has made."""
    return models_dir() / "mrz-letters.npz"


def letter_reader() -> LetterReader | None:
    """The reader of this installation; None where its weights were not made."""
    return _loaded(letters_file())


@cache
def _loaded(path: Path) -> LetterReader | None:
    return LetterReader.load(path) if path.is_file() else None


def cells_at(picture: Gray, columns: Floats, row_y: float) -> Floats:
    """Cells of one line, each brought to one contrast.

    Parameters
    ----------
    picture : ndarray of shape (height, width), dtype=uint8
        From `straightened` with `PITCH_PX`.
    columns : ndarray of shape (n,)
        Where the middles of the cells are, pixels.
    row_y : float
        Where the middle of the line is, pixels.

    Returns
    -------
    ndarray of shape (n, cell pixels), dtype=float32
        Mean 0 and deviation 1, dark is positive.
    """
    width, height = CELL_PX
    margin = max(width, height)
    padded = np.pad(picture, margin, mode="edge")
    top = int(np.clip(round(row_y - height / 2) + margin, 0, padded.shape[0] - height))
    strip = padded[top : top + height].astype(np.float32)
    starts = np.clip(np.round(columns - width / 2).astype(int) + margin, 0, strip.shape[1] - width)
    cells = np.stack([strip[:, start : start + width] for start in starts])
    flat = cells.reshape(len(cells), -1)
    flat = flat.mean(axis=1, keepdims=True) - flat
    return np.asarray(flat / np.maximum(flat.std(axis=1, keepdims=True), FAINTEST), np.float32)


def column_middles(count: int) -> Floats:
    """Where the letters of a straightened zone have their middles, pixels."""
    return np.asarray((MARGIN_IN_PITCHES + 0.5 + np.arange(count)) * PITCH_PX, np.float32)
