"""What a phone makes of a document on a table, or of a face before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
FloatImage = npt.NDArray[np.float32]
Background = Literal["wood", "stone", "dark", "paper", "none"]

# ISO/IEC 7810 §5.1.1: corners of a card are rounded by 3.18 mm, 6 % of its height.
CORNER_SHARE = 0.059
TABLES: dict[str, tuple[tuple[int, int, int], float]] = {
    # BGR of the table, and how far its grain is drawn out.
    "wood": ((88, 120, 158), 26.0),
    "stone": ((178, 180, 182), 1.0),
    "dark": ((52, 50, 48), 3.0),
}


@dataclass(frozen=True, slots=True)
class _Scene:
    """A document lying in a frame: the frame, the document's corners, and where it covers."""

    pixels: FloatImage
    coverage: FloatImage


def photograph(
    image: Image,
    rng: np.random.Generator,
    *,
    blur_sigma: float = 0.6,
    brightness: float = 1.0,
    perspective: float = 0.02,
    rotation_deg: float = 0.0,
    margin: float = 0.10,
    light_gradient: float = 0.12,
    glare: float = 0.0,
    noise_sigma: float = 2.0,
    background: Background = "wood",
    corner_share: float = CORNER_SHARE,
    jpeg_quality: int = 90,
    shadow: float = 0.0,
    contrast: float = 1.0,
    motion_px: float = 0.0,
    longer_side_px: int = 0,
) -> Image:
    """Photograph a flat document with a phone.

    1. Lay it on a table, with a soft shadow, turned and seen a little from the side.
    2. Light it from one side; put a lamp's reflection on it, and the photographer's shadow.
    3. Bring it to the size of the photograph, blur, shake, add the sensor's noise, store as JPEG.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), dtype=uint8
        BGR, the document seen straight from above.
    rng : numpy.random.Generator
        The same state gives the same photograph.
    blur_sigma : float
        Pixels; 0.6 is a good phone, 2 is out of focus, from 4 nothing small can be read.
    brightness : float
        1 is well lit, 0.3 is too dark.
    perspective : float
        How far each corner strays, as a share of the diagonal.
    rotation_deg : float
        Clockwise.
    margin : float
        Table around the document, as a share of its sides. Negative cuts the document off.
    light_gradient : float
        Relative change of light from the middle to one edge.
    glare : float
        0 for none; 1 whitens the middle of a spot of a sixth of the width completely.
    noise_sigma : float
        Grey levels.
    background : {"wood", "stone", "dark", "paper", "none"}
        "paper" is a printed page, whose lines of text may be taken for the document's; "none" is
        plain white.
    corner_share : float
        Radius of the document's corners as a share of its height.
    jpeg_quality : int
        1…100.
    shadow : float
        Share of the light that a hand or the phone keeps from one side of the picture.
    contrast : float
        1 is full contrast; less brings everything nearer to grey, as haze on a lens does.
    motion_px : float
        How far the camera moved during the exposure, in any direction.
    longer_side_px : int
        Size of the photograph, 0 for that of `image` with the margins. Blur, motion and noise are
        in pixels of it.

    Returns
    -------
    ndarray of shape (height', width', 3), dtype=uint8
        BGR; larger than `image` by the margins, upright as `image` was.
    """
    scene = _on_table(
        image,
        rng,
        perspective=perspective,
        rotation_deg=rotation_deg,
        margin=margin,
        background=background,
        corner_share=corner_share,
    )
    lit = _lit(scene, rng, brightness, light_gradient)
    if glare > 0:
        lit = _with_glare(lit, scene.coverage, rng, glare)
    if shadow > 0:
        lit = _with_shadow(lit, rng, shadow)
    if contrast < 1:
        lit = np.asarray(128 * brightness * (1 - contrast) + lit * contrast, np.float32)
    if longer_side_px:
        lit = _sized(lit, longer_side_px)
    if motion_px > 0:
        lit = _shaken(lit, rng, motion_px)
    return _exposed(lit, rng, blur_sigma, noise_sigma, jpeg_quality)


def take_selfie(
    portrait: Image,
    rng: np.random.Generator,
    *,
    blur_sigma: float = 0.7,
    brightness: float = 1.0,
    light_gradient: float = 0.15,
    noise_sigma: float = 3.0,
    jpeg_quality: int = 88,
) -> Image:
    """Take a person's picture with the front camera; parameters as in `photograph`."""
    scene = _Scene(portrait.astype(np.float32), np.ones(portrait.shape[:2], np.float32))
    lit = _lit(scene, rng, brightness, light_gradient)
    return _exposed(lit, rng, blur_sigma, noise_sigma, jpeg_quality)


def _on_table(
    image: Image,
    rng: np.random.Generator,
    *,
    perspective: float,
    rotation_deg: float,
    margin: float,
    background: Background,
    corner_share: float,
) -> _Scene:
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    stray = rng.uniform(-1, 1, (4, 2)) * perspective * np.hypot(width, height)
    turn = np.deg2rad(rotation_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = corners @ matrix.T + stray
    low = seen.min(axis=0) - margin * np.array((width, height))
    high = seen.max(axis=0) + margin * np.array((width, height))
    frame = tuple(int(side) for side in np.ceil(high - low))
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), (seen - low).astype(np.float32))
    card = cv2.warpPerspective(
        image, warp, frame, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    mask = _rounded(width, height, corner_share * height)
    coverage = cv2.warpPerspective(mask, warp, frame, flags=cv2.INTER_LINEAR)[..., None]
    table = _table(frame, rng, background) * _shadow(coverage, height)
    pixels = card * coverage + table * (1 - coverage)
    return _Scene(np.asarray(pixels, np.float32), np.asarray(coverage[..., 0], np.float32))


def _rounded(width: int, height: int, radius: float) -> FloatImage:
    """1 inside a rectangle with rounded corners, 0 outside, soft by a pixel."""
    x = np.abs(np.arange(width) - (width - 1) / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) - (height - 1) / 2) - (height / 2 - radius)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    return np.asarray(np.clip(radius - outside, 0, 1), np.float32)


def _table(frame: tuple[int, ...], rng: np.random.Generator, background: Background) -> FloatImage:
    width, height = frame
    if background == "none":
        return np.full((height, width, 3), 250, np.float32)
    if background == "paper":
        return _page_of_text(width, height, rng)
    colour, grain_length = TABLES[background]
    coarse = rng.normal(0, 1, (max(2, height // 6), max(2, round(width / (6 * grain_length)))))
    fine = rng.normal(0, 1, (max(2, height // 2), max(2, round(width / (2 * grain_length)))))
    grain = sum(
        weight
        * cv2.resize(layer.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for layer, weight in ((coarse, 7.0), (fine, 4.0))
    )
    return np.asarray(np.array(colour, np.float32) + np.asarray(grain)[..., None], np.float32)


def _page_of_text(width: int, height: int, rng: np.random.Generator) -> FloatImage:
    """Lines of words of five to nine strokes, a little aslant, as of a newspaper below."""
    page = np.full((height, width), 225, np.float32)
    letter = max(4, round(height / 55))
    for top in range(letter, height - letter, round(2.2 * letter)):
        strokes = rng.uniform(0, 1, (2, width // max(2, letter // 3) + 1))
        ink = cv2.resize(
            strokes.astype(np.float32), (width, letter), interpolation=cv2.INTER_LINEAR
        )
        gaps = rng.uniform(0, 1, (1, width // (5 * letter) + 1)) < 0.85
        words = cv2.resize(
            gaps.astype(np.float32), (width, letter), interpolation=cv2.INTER_NEAREST
        )
        page[top : top + letter] -= 170 * (ink > 0.5) * words
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-40, 40)), 1.3)
    turned = cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.repeat(np.asarray(turned, np.float32)[..., None], 3, axis=2)


def _shadow(coverage: npt.NDArray[np.float32], height: int) -> npt.NDArray[np.float32]:
    """Light that reaches the table beside the document: 1 far away, less close to it."""
    soft = cv2.GaussianBlur(coverage[..., 0], (0, 0), max(2.0, height * 0.012))
    shifted = np.roll(soft, (round(height * 0.008), round(height * 0.005)), axis=(0, 1))
    return np.asarray(1 - 0.45 * shifted[..., None], np.float32)


def _lit(scene: _Scene, rng: np.random.Generator, brightness: float, gradient: float) -> FloatImage:
    height, width = scene.pixels.shape[:2]
    direction = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width)[None, :] * np.cos(direction)
    y = np.linspace(-1, 1, height)[:, None] * np.sin(direction)
    light = brightness * (1 + gradient * (x + y))
    warmth = rng.uniform(-0.03, 0.03)
    colour = np.array([1 - warmth, 1, 1 + warmth])
    return np.asarray(scene.pixels * light[..., None] * colour, np.float32)


def _with_glare(
    image: FloatImage, coverage: FloatImage, rng: np.random.Generator, glare: float
) -> FloatImage:
    """A lamp mirrored in the document's laminate, somewhere on the document."""
    height, width = image.shape[:2]
    centre_x, centre_y = rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height
    x = (np.arange(width) - centre_x)[None, :] / (0.16 * width)
    y = (np.arange(height) - centre_y)[:, None] / (0.12 * height)
    spot = np.clip(1.6 * np.exp(-((x**2 + y**2) ** 1.3)), 0, 1) * coverage * glare
    return np.asarray(image + (255 - image) * spot[..., None], np.float32)


def _with_shadow(image: FloatImage, rng: np.random.Generator, depth: float) -> FloatImage:
    """A half-plane in the shade, its edge as soft as one of a hand near a lamp."""
    height, width = image.shape[:2]
    direction, softness = rng.uniform(0, 2 * np.pi), rng.uniform(0.01, 0.08) * width
    x = (np.arange(width) - rng.uniform(0.3, 0.7) * width)[None, :]
    y = (np.arange(height) - rng.uniform(0.3, 0.7) * height)[:, None]
    inside = 1 / (1 + np.exp(-(x * np.cos(direction) + y * np.sin(direction)) / softness))
    return np.asarray(image * (1 - depth * inside[..., None]), np.float32)


def _sized(image: FloatImage, longer_side_px: int) -> FloatImage:
    scale = longer_side_px / max(image.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), np.float32)


def _shaken(image: FloatImage, rng: np.random.Generator, distance_px: float) -> FloatImage:
    return np.asarray(cv2.filter2D(image, -1, motion_kernel(rng, distance_px)), np.float32)


def motion_kernel(rng: np.random.Generator, distance_px: float) -> FloatImage:
    """What a short straight way of the camera, in any direction, makes of one bright pixel.

    Parameters
    ----------
    rng : numpy.random.Generator
    distance_px : float
        Above 0.

    Returns
    -------
    ndarray of shape (size, size), dtype=float32
        Odd size; adds up to 1.
    """
    size = 2 * int(np.ceil(distance_px / 2)) + 1
    kernel, turn = np.zeros((size, size), np.float32), rng.uniform(0, np.pi)
    half = np.array((np.cos(turn), np.sin(turn))) * distance_px / 2
    for share in np.linspace(-1, 1, 4 * size):
        x, y = np.round(size // 2 + share * half).astype(int)
        kernel[y, x] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


def _exposed(
    image: FloatImage, rng: np.random.Generator, blur_sigma: float, noise_sigma: float,
    jpeg_quality: int,
) -> Image:  # fmt: skip
    if blur_sigma > 0:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur_sigma), np.float32)
    noise = rng.standard_normal(image.shape, np.float32) * np.float32(noise_sigma)
    sensed = np.clip(image + noise, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", sensed, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
