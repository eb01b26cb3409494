"""Frames that are a mixture of two others: cross-fades, and frames put in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from kyc.vision.liveness.observation import Observation, contrast_of
from kyc.vision.liveness.steadying import steadied

# A frame is compared with those this many sampled frames before and after it.
_BLEND_REACH = (2, 3, 4, 6)
# How much has to happen between those two (RMS in shares of the picture's contrast, changes of
# light apart), and how far from both of them a frame must lie to be a blend.
_BLEND_MOVEMENT = 0.2
_BLEND_SHARE = (0.2, 0.8)
# What steadying leaves of a shaking camera is movement too: more has to happen there.
_SHAKEN_MOVEMENT = 0.5
# The same for the frame's own neighbours, which lie closer together.
_NEIGHBOUR_MOVEMENT = 0.1
# One such frame may be chance.
_INTERPOLATED_FRAMES = 3


def blend_residual(seen: Sequence[Observation]) -> float:
    """How badly the best frame is explained as one picture faded into another.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.

    Returns
    -------
    float
        Distance of a frame from the straight line between an earlier and a later one, over the
        distance of these two; the smallest in the video, 1 if nothing moves. .014-.046 for a
        cross-fade, .12 and more for what moves. Light that changes does not count: brightness and
        contrast are free.
    """
    pictures = [one.thumbnail for one in seen]
    return _least_distance(_without_light(pictures), _BLEND_MOVEMENT * contrast_of(pictures))


def shaken_blend_residual(seen: Sequence[Observation]) -> float:
    """The same where the camera shakes: of pictures that were moved onto each other.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time, at least one.

    Returns
    -------
    float
        .08-.19 for a cross-fade, .28 and more for what moves, 1 if little does.
    """
    pictures = steadied(seen)
    return _least_distance(_without_light(pictures), _SHAKEN_MOVEMENT * contrast_of(pictures))


def interpolation_residual(seen: Sequence[Observation]) -> float:
    """The same for frames between their own neighbours: those put in to make a video smooth.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.

    Returns
    -------
    float
        The third smallest distance; 1 if little moves. .01-.1 where every second or third frame was
        computed from its neighbours, .11 and more for what moves.
    """
    pictures = [one.thumbnail for one in seen]
    movement = _NEIGHBOUR_MOVEMENT * contrast_of(pictures)
    distances = sorted(_distances(_without_light(pictures), 1, movement))
    return distances[_INTERPOLATED_FRAMES - 1] if len(distances) >= _INTERPOLATED_FRAMES else 1.0


def _least_distance(flat: NDArray[np.float64], movement: float) -> float:
    distances = (_distances(flat, reach, movement) for reach in _BLEND_REACH)
    return min(chain.from_iterable(distances), default=1.0)


def _without_light(pictures: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
    flat = np.array([picture.ravel() for picture in pictures], dtype=np.float64)
    return np.asarray(flat - flat.mean(axis=1, keepdims=True))


def _distances(flat: NDArray[np.float64], reach: int, movement: float) -> Iterator[float]:
    """Of every frame from the blend of those before and after it."""
    for number in range(reach, len(flat) - reach):
        before, frame, after = flat[[number - reach, number, number + reach]]
        yield _distance_from_blend(before, frame, after, movement)


def _distance_from_blend(
    before: NDArray[np.float64],
    frame: NDArray[np.float64],
    after: NDArray[np.float64],
    movement: float,
) -> float:
    """RMS of frame - a * before - b * after for the best a and b, over the movement."""
    if _rms(before) < movement:
        return 1.0  # a blank picture: nothing can fade out of it
    way = after - before * float(before @ after) / float(before @ before)
    length = _rms(way)
    if length < movement:
        return 1.0
    ends = np.stack([before, after])
    shares = np.linalg.solve(ends @ ends.T, ends @ frame)
    if not _BLEND_SHARE[0] < shares[1] / max(float(shares.sum()), 1e-6) < _BLEND_SHARE[1]:
        return 1.0
    return _rms(frame - shares @ ends) / length


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt((values**2).mean()))
