"""Teach the reader of single letters on strips that are drawn for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.neural_network import MLPClassifier

from kyc.simulation.letter_strips import draw_strip
from kyc.vision.mrz.letters import LetterReader

STRIPS = 1500
UNITS = 128
ROUNDS = 14


def train_letters(
    *, seed: int, strips: int = STRIPS, progress: Callable[[int, int], None] | None = None
) -> LetterReader:
    """Draw strips and fit a network of one hidden layer to their cells.

    Parameters
    ----------
    seed : int
    strips : int
        Of about a hundred cells each.
    progress : callable, optional
        Called with how many of how many strips are drawn.

    Raises
    ------
    FontMissing
        When OCR-B is not installed.
    """
    rng = np.random.default_rng(seed)
    drawn = []
    for done in range(strips):
        if progress is not None:
            progress(done, strips)
        drawn.append(draw_strip(rng))
    network = MLPClassifier(
        (UNITS,), max_iter=ROUNDS, batch_size=256, learning_rate_init=2e-3, alpha=1e-4,
        random_state=seed,
    )  # fmt: skip
    network.fit(
        np.concatenate([strip.cells for strip in drawn]),
        np.concatenate([strip.classes for strip in drawn]),
    )
    hidden, output = (weights.astype(np.float32) for weights in network.coefs_)
    hidden_bias, output_bias = (bias.astype(np.float32) for bias in network.intercepts_)
    return LetterReader(hidden, hidden_bias, output, output_bias)
