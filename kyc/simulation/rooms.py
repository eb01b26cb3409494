"""Rooms behind a person: walls with furniture, pictures and shelves."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_THINGS = 40


@lru_cache(maxsize=4)
def draw_room(size: tuple[int, int], seed: int) -> Image:
    """A wall full of rectangles of many colours, a little out of focus.

    Parameters
    ----------
    size : tuple of int
        Width and height, pixels.
    seed : int
        Other seeds, other rooms.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    """
    rng = np.random.default_rng(seed)
    width, height = size
    room = np.full((height, width, 3), rng.integers(60, 210, 3), np.uint8)
    for _ in range(_THINGS):
        corner = rng.integers(0, (width, height)).tolist()
        extent = (rng.uniform(0.02, 0.22, 2) * (width, height)).astype(int).tolist()
        opposite = (corner[0] + extent[0], corner[1] + extent[1])
        cv2.rectangle(room, corner, opposite, rng.integers(20, 240, 3).tolist(), cv2.FILLED)
    fabric = rng.normal(0, 8, (height, width, 1))
    return np.asarray(np.clip(cv2.GaussianBlur(room, (0, 0), 2) + fabric, 0, 255), np.uint8)
