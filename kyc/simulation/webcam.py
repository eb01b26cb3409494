"""What a webcam adds to the scene before it: hunting exposure, flicker, softness, noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

# 96 x 96 places to cut the noise of a frame from.
_GRAIN_MARGIN_PX = 96
# A hand that holds a phone trembles at these frequencies (Elble and Randall, "Mechanistic
# components of normal hand tremor", Electroencephalography 44, 1978: 8-12 Hz, of which a video
# shows the slow drift and the swing of the arm).
_SHAKE_HZ = ((0.4, 0.9), (1.2, 2.2), (2.5, 4.0))
# Radians that a picture tilts while it moves by its own width.
_SHAKE_TILT = 0.6


@dataclass(frozen=True, slots=True)
class Camera:
    """What a camera and its place do to a picture; the default is a webcam in an office.

    Attributes
    ----------
    exposure : float
        Light that reaches the picture, over that of the portrait.
    tint_bgr : tuple of float
        Colour of the light, by channel.
    noise : tuple of float
        Range of the standard deviation of the noise, grey levels.
    shake : float
        How far the picture moves about, over its width; .01 is a phone held in the hand.
    stalled : float
        Share of frames that show the one before again, as a camera that exposes for longer than a
        frame, or a busy machine.
    jpeg_quality : int
        Of the codec inside the camera, 100 for none.
    """

    exposure: float = 1.0
    tint_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)
    noise: tuple[float, float] = (1.5, 2.5)
    shake: float = 0.0
    stalled: float = 0.0
    jpeg_quality: int = 100


WEBCAM = Camera()


def film(
    frames: Iterable[Image], fps: float, rng: np.random.Generator, camera: Camera = WEBCAM
) -> Iterator[Image]:
    """The frames as a webcam delivers them, noise new in each.

    Parameters
    ----------
    frames : iterable of ndarray of shape (height, width, 3), dtype=uint8
        BGR, all of one size.
    fps : float
        Frames a second.
    rng : numpy.random.Generator
        Draws light, softness and noise.
    camera : Camera
        What it is and where it stands.
    """
    seen = _sensed(frames, fps, rng, camera)
    if camera.stalled > 0:
        seen = _stalling(seen, rng, camera.stalled)
    return seen


def _sensed(
    frames: Iterable[Image], fps: float, rng: np.random.Generator, camera: Camera
) -> Iterator[Image]:
    drift = rng.uniform(0, 2 * np.pi)
    noise_sigma, blur_sigma = rng.uniform(*camera.noise), rng.uniform(0.4, 0.7)
    sway = _shaking(camera.shake, fps, rng) if camera.shake > 0 else None
    grain: tuple[Image, Image] | None = None
    for number, frame in enumerate(frames):
        if grain is None:
            grain = _grain(frame.shape, noise_sigma, rng)
        light = 1 + 0.02 * np.sin(2 * np.pi * 0.15 * number / fps + drift) + rng.normal(0, 0.004)
        held = frame if sway is None else _moved(frame, *sway(number))
        soft = cv2.GaussianBlur(held, (0, 0), blur_sigma)
        lit = _exposed(soft, light, camera)
        top, left = rng.integers(0, _GRAIN_MARGIN_PX, 2)
        part = np.s_[top : top + frame.shape[0], left : left + frame.shape[1]]
        noisy = np.asarray(cv2.subtract(cv2.add(lit, grain[0][part]), grain[1][part]), np.uint8)
        yield noisy if camera.jpeg_quality >= 100 else _squeezed(noisy, camera.jpeg_quality)


def _exposed(picture: Image, light: float, camera: Camera) -> Image:
    gains = light * camera.exposure * np.array(camera.tint_bgr)
    if np.ptp(gains) == 0:
        return np.asarray(cv2.convertScaleAbs(picture, alpha=float(gains[0])), np.uint8)
    return np.asarray(cv2.multiply(picture, (*gains.tolist(), 1.0)), np.uint8)


def _stalling(frames: Iterable[Image], rng: np.random.Generator, share: float) -> Iterator[Image]:
    last: Image | None = None
    for frame in frames:
        if last is None or rng.random() >= share:
            last = frame
        yield last


def _shaking(
    amount: float, fps: float, rng: np.random.Generator
) -> Callable[[int], tuple[float, float]]:
    """How far the picture is moved in each frame, in its widths: a sum of slow waves."""
    waves = [(rng.uniform(*band), rng.uniform(0, 2 * np.pi, 2)) for band in _SHAKE_HZ]

    def place(number: int) -> tuple[float, float]:
        turns = [2 * np.pi * hertz * number / fps + phases for hertz, phases in waves]
        at = amount * np.mean([np.sin(turn) for turn in turns], axis=0)
        return float(at[0]), float(at[1])

    return place


def _moved(frame: Image, across: float, down: float) -> Image:
    height, width = frame.shape[:2]
    tilt_deg = float(np.degrees(_SHAKE_TILT * across))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_deg, 1.0)
    matrix[:, 2] += np.array([across, down]) * width
    held = cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(held, np.uint8)


def _squeezed(frame: Image, quality: int) -> Image:
    _, coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


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
