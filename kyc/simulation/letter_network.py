"""Fit a small network of layers to cells and their letters, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from kyc.vision.mrz.letters import CELL_PX, CLASSES, Layer, log_shares

Floats = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

# Adam's decay rates and step as published, weights decayed apart from it (Kingma and Ba 2015,
# arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101).
FIRST_DECAY, SECOND_DECAY, TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is fitted.

    Attributes
    ----------
    units : tuple of int
        Of the hidden layers.
    rounds : int
        How often every cell is looked at.
    batch : int
        Cells a step.
    step, last_step : float
        Length of the first step, and of the last one as a share of it; a cosine in between.
    weight_decay : float
    """

    # Well found harsh zones (232 of seeds 7 and 11) of which cells alone get every letter but for
    # 0 and O: 170 with these units, 152 with one layer of 256, 171 with twice as many units.
    units: tuple[int, ...] = (192, 96)
    rounds: int = 6
    batch: int = 256
    step: float = 2e-3
    last_step: float = 0.02
    weight_decay: float = 1e-4


def fit_layers(
    cells: npt.NDArray[np.float16] | Floats,
    classes: Classes,
    rng: np.random.Generator,
    course: Course,
) -> tuple[Layer, ...]:
    """Layers that give each cell its class.

    Parameters
    ----------
    cells : ndarray of shape (n, cell pixels)
        Any floating type; half precision saves memory.
    classes : ndarray of shape (n,)
        Places in `CLASSES`.
    rng : numpy.random.Generator
        Draws the first weights and the order. The same state gives the same layers: one thread
        computes, because the sums of several come in another order.
    course : Course

    Raises
    ------
    ValueError
        When there is not one batch.
    """
    steps = len(cells) // course.batch
    if steps < 1:
        raise ValueError("there are fewer cells than one step needs")
    adam = _Adam(_first_layers(rng, course.units), course, course.rounds * steps)
    with threadpool_limits(1):
        for chosen in _batches(len(cells), rng, course):
            adam.step(cells[chosen].astype(np.float32), classes[chosen])
    return adam.layers


def _batches(count: int, rng: np.random.Generator, course: Course) -> Iterator[Classes]:
    """Every cell once a round in a new order, but for what does not fill the last batch."""
    for _ in range(course.rounds):
        order = rng.permutation(count)
        for start in range(0, count - course.batch + 1, course.batch):
            yield order[start : start + course.batch]


def _first_layers(rng: np.random.Generator, units: tuple[int, ...]) -> tuple[Layer, ...]:
    """Weights at random, as large as rectified units need (He et al. 2015, arXiv:1502.01852)."""
    sizes = (CELL_PX[0] * CELL_PX[1], *units, len(CLASSES))
    return tuple(
        (
            (rng.standard_normal((before, after)) * np.sqrt(2 / before)).astype(np.float32),
            np.zeros(after, np.float32),
        )
        for before, after in pairwise(sizes)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Slope:
    """The slope of one step, and the running means of slopes and of their squares."""

    now: Floats
    first: Floats
    second: Floats


def _descend(part: Floats, slope: _Slope, rate: float) -> None:
    first, second = slope.first, slope.second
    first += (1 - FIRST_DECAY) * (slope.now - first)
    second += (1 - SECOND_DECAY) * (slope.now * slope.now - second)
    part -= rate * (first / (np.sqrt(second) + TINY))


class _Adam:
    """Layers on their way down; `step` changes them in place."""

    def __init__(self, layers: tuple[Layer, ...], course: Course, steps: int) -> None:
        self.layers = layers
        self._course = course
        self._steps, self._done = steps, 0
        self._first = [np.zeros_like(part) for layer in layers for part in layer]
        self._second = [np.zeros_like(part) for layer in layers for part in layer]

    def step(self, cells: Floats, classes: Classes) -> None:
        """One step down the slope of a batch."""
        slopes = [part for layer in slopes_of(self.layers, cells, classes) for part in layer]
        parts = [part for layer in self.layers for part in layer]
        rate = self._rate()
        decay = 1 - rate * self._course.weight_decay
        for part, slope, first, second in zip(
            parts, slopes, self._first, self._second, strict=True
        ):
            _descend(part, _Slope(slope, first, second), rate)
            if part.ndim > 1:
                np.multiply(part, decay, out=part)

    def _rate(self) -> float:
        course = self._course
        fall = 0.5 * (1 + np.cos(np.pi * self._done / self._steps))
        self._done += 1
        correction = np.sqrt(1 - SECOND_DECAY**self._done) / (1 - FIRST_DECAY**self._done)
        share = course.last_step + (1 - course.last_step) * fall
        return float(course.step * share * correction)


def slopes_of(layers: tuple[Layer, ...], cells: Floats, classes: Classes) -> tuple[Layer, ...]:
    """Slope of the mean cross-entropy along every weight and bias, in the shape of the layers.

    Parameters
    ----------
    layers : tuple of (weights, bias)
    cells : ndarray of shape (n, cell pixels), dtype=float32
    classes : ndarray of shape (n,)
    """
    active = [cells]
    for weights, bias in layers[:-1]:
        active.append(np.maximum(active[-1] @ weights + bias, 0))
    weights, bias = layers[-1]
    slope = np.exp(log_shares(active[-1] @ weights + bias))
    slope[np.arange(len(classes)), classes] -= 1
    slope /= len(classes)
    found: list[Layer] = []
    for (weights, _), before in zip(reversed(layers), reversed(active), strict=True):
        found.append((before.T @ slope, slope.sum(axis=0)))
        # The first layer's own cells need no slope, but it costs little.
        slope = (slope @ weights.T) * (before > 0)
    return tuple(reversed(found))
