"""What a webcam adds to the scene before it: hunting exposure, flicker, softness, noise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

# 96 x 96 places to cut the noise of a frame from.
_GRAIN_MARGIN_PX = 96


def film(frames: Iterable[Image], fps: float, rng: np.random.Generator) -> Iterator[Image]:
    """The frames as a webcam delivers them, noise new in each.

    Parameters
    ----------
    frames : iterable of ndarray of shape (height, width, 3), dtype=uint8
        BGR, all of one size.
    fps : float
        Frames a second.
    rng : numpy.random.Generator
        Draws light, softness and noise.
    """
    drift = rng.uniform(0, 2 * np.pi)
    noise_sigma, blur_sigma = rng.uniform(1.5, 2.5), rng.uniform(0.4, 0.7)
    grain: tuple[Image, Image] | None = None
    for number, frame in enumerate(frames):
        if grain is None:
            grain = _grain(frame.shape, noise_sigma, rng)
        light = 1 + 0.02 * np.sin(2 * np.pi * 0.15 * number / fps + drift) + rng.normal(0, 0.004)
        soft = cv2.GaussianBlur(frame, (0, 0), blur_sigma)
        lit = cv2.convertScaleAbs(soft, alpha=light)
        top, left = rng.integers(0, _GRAIN_MARGIN_PX, 2)
        part = np.s_[top : top + frame.shape[0], left : left + frame.shape[1]]
        yield np.asarray(cv2.subtract(cv2.add(lit, grain[0][part]), grain[1][part]), np.uint8)


def light_up(frame: Image, light_bgr: tuple[float, float, float], strength: float) -> Image:
    """A scene in the coloured light of a screen, which reaches the middle and not the far wall.

    Parameters
    ----------
    frame : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    light_bgr : tuple of float
        Colour of the light, 0-1.
    strength : float
        Share by which a channel of full light becomes brighter in the middle.
    """
    height, width = frame.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    near = np.exp(-2 * (x * x + y * y))[..., None]
    lit = frame * (1 + np.float32(strength) * near * np.array(light_bgr, np.float32))
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def _grain(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> tuple[Image, Image]:
    """Sensor noise larger than a frame: another part of it for each is as good as new noise.

    What is added and what is taken away, apart: whole bytes are ten times as fast as floats.
    """
    height, width = shape[0] + _GRAIN_MARGIN_PX, shape[1] + _GRAIN_MARGIN_PX
    noise = rng.standard_normal((height, width, 3), dtype=np.float32) * np.float32(sigma)
    whole = np.rint(noise)
    return np.maximum(whole, 0).astype(np.uint8), np.maximum(-whole, 0).astype(np.uint8)
