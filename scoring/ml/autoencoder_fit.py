"""Training an autoencoder with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from scoring.ml.autoencoder_layers import Autoencoder, Layers, StoredAutoencoder, total_errors
from scoring.ml.dataset import Slice
from scoring.ml.honest_rows import honest_rows
from scoring.ml.scaling import Scaled, Scaling
from scoring.ml.stored_numbers import pack
from scoring.ml.surprise import Surprise

PartDone = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class AutoencoderPlan:
    """How the layers are trained.

    Attributes
    ----------
    rows, reference_rows : int
        At most so many honest rows to train on, and others to say what is usual.
    hidden : tuple of int
        Widths of the hidden layers; the narrowest is what a row has to pass through. With 32 in the
        middle .93 of the frauds are found at 3.2 % false positives and .85 at 1 %, with 24 .92 and
        .83, with one layer of 48 .93 and .81 (three generated histories, days 135–180).
    epochs, batch_rows : int
        So many times through the rows, so many at once.
    learning_rate, decay : float
        Adam's step, and the weight of the squared weights.
    """

    rows: int = 100_000
    reference_rows: int = 30_000
    hidden: tuple[int, ...] = (64, 32, 64)
    epochs: int = 12
    batch_rows: int = 256
    learning_rate: float = 2e-3
    decay: float = 1e-5


def fit_autoencoder(
    rows: Slice, plan: AutoencoderPlan, *, seed: int, progress: PartDone | None = None
) -> bytes:
    """Train the layers on honest rows to return what they are given; return the stored member.

    The same rows, plan and seed give the same bytes on the same kind of processor.

    Raises
    ------
    TooFewHonestRows
        There is not enough to learn what is usual.
    """
    honest = honest_rows(rows, fit=plan.rows, reference=plan.reference_rows, seed=seed)
    scaling = Scaling.of(honest.fit)
    # Several threads would add up in another order, and gain little on layers this small.
    with threadpool_limits(1):
        trained = _trained(scaling.scaled(honest.fit), plan, seed, progress or (lambda _part: None))
    layers = _layers(trained)
    errors = Autoencoder(scaling, layers).errors(honest.reference)
    stored = StoredAutoencoder(
        scaling=scaling.stored(),
        widths=layers.widths.tolist(),
        weights=pack(layers.weights),
        biases=pack(layers.biases),
        usual=pack(errors.mean(axis=0, dtype=np.float64)),
        surprise=Surprise.of(total_errors(errors)).stored(),
    )
    return msgspec.msgpack.encode(stored)


def _trained(scaled: Scaled, plan: AutoencoderPlan, seed: int, done: PartDone) -> MLPRegressor:
    network = MLPRegressor(
        hidden_layer_sizes=plan.hidden,
        activation="tanh",
        solver="adam",
        alpha=plan.decay,
        batch_size=min(plan.batch_rows, len(scaled)),
        learning_rate_init=plan.learning_rate,
        random_state=seed,
    )
    for epoch in range(plan.epochs):
        # One pass, shuffled; `fit` would watch for convergence and complain that there is none.
        network.partial_fit(scaled, scaled)
        done((epoch + 1) / plan.epochs)
    return network


def _layers(trained: MLPRegressor) -> Layers:
    widths = [trained.coefs_[0].shape[0], *(weights.shape[1] for weights in trained.coefs_)]
    return Layers(
        np.array(widths, np.int64),
        np.concatenate([weights.ravel() for weights in trained.coefs_]).astype(np.float32),
        np.concatenate(trained.intercepts_).astype(np.float32),
    )
