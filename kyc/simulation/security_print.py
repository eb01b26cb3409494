"""Fine-line printing as security paper carries it: guilloches, rosettes, an emblem, a signature.

Everything is drawn in millimetres of the document and rendered at any resolution.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Curve = npt.NDArray[np.float64]
Colour = tuple[int, int, int]

# OpenCV draws sub-pixel positions given as integers of 1/16 px.
SUBPIXEL_BITS = 4
SUBPIXELS = 1 << SUBPIXEL_BITS


def tinted_paper(size_px: tuple[int, int], corners: tuple[Colour, Colour, Colour, Colour]) -> Image:
    """Paper whose colour runs between four corners (top left, top right, bottom left, right).

    Parameters
    ----------
    size_px : (width, height)
    corners : four BGR colours
    """
    width, height = size_px
    grid = np.array(corners, np.float32).reshape(2, 2, 3)
    paper = cv2.resize(grid, (width * 2, height * 2), interpolation=cv2.INTER_LINEAR)
    middle = paper[height // 2 : height // 2 + height, width // 2 : width // 2 + width]
    return np.ascontiguousarray(np.clip(middle, 0, 255).astype(np.uint8))


def ink(paper: Image, curves: list[Curve], colour: Colour, *, opacity: float, px_per_mm: float,
        width_px: int = 1) -> None:  # fmt: skip
    """Draw curves on paper, in place.

    Parameters
    ----------
    paper : ndarray of shape (height, width, 3), dtype=uint8
    curves : list of ndarray of shape (n, 2)
        Points x, y in millimetres.
    colour : BGR
    opacity : float
        0 leaves the paper, 1 covers it.
    """
    coverage = np.zeros(paper.shape[:2], np.uint8)
    points = [np.round(curve * px_per_mm * SUBPIXELS).astype(np.int32) for curve in curves]
    cv2.polylines(coverage, points, isClosed=False, color=255, thickness=width_px,
                  lineType=cv2.LINE_AA, shift=SUBPIXEL_BITS)  # fmt: skip
    alpha = (coverage.astype(np.float32) / 255 * opacity)[..., None]
    paper[:] = np.round(paper * (1 - alpha) + np.array(colour, np.float32) * alpha)


def wave_family(size_mm: tuple[float, float], *, lines: int, amplitude_mm: float, period_mm: float,
                phase: float = 0.0, rise: float = 0.0) -> list[Curve]:  # fmt: skip
    """Lines across the sheet that swing together and drift apart, as a guilloche ground does.

    Parameters
    ----------
    size_mm : (width, height)
    lines : int
        How many, evenly spread over the height.
    phase, rise : float
        Radians between the first and the last line; tilt of the whole family.
    """
    width, height = size_mm
    x = np.linspace(0, width, 420)
    swing = 0.6 + 0.4 * np.sin(2 * np.pi * x / (width * 0.83) + 0.7)
    curves = []
    for share in np.linspace(-0.2, 1.2, lines):
        angle = 2 * np.pi * x / period_mm + phase * share
        y = share * height + rise * (x - width / 2)
        y = y + amplitude_mm * swing * (np.sin(angle) + 0.45 * np.sin(2.17 * angle + share * 3))
        curves.append(np.column_stack([x, y]))
    return curves


def rosette(centre_mm: tuple[float, float], radius_mm: float, *, petals: int = 12, lines: int = 9,
            inner: float = 0.45) -> list[Curve]:  # fmt: skip
    """A guilloche rosette: one wavy ring, turned step by step until its lines weave a net.

    Parameters
    ----------
    centre_mm, radius_mm : (x, y), float
        Middle, and distance of the outermost points from it.
    petals, lines : int
        Waves in one turn; how often the ring is drawn, each time a little further round.
    inner : float
        Radius of the hole, as a share of the outer radius.
    """
    theta = np.linspace(0, 2 * np.pi, 1081)
    circle = np.column_stack([np.cos(theta), np.sin(theta)])
    middle, swing = radius_mm * (1 + inner) / 2, radius_mm * (1 - inner) / 2
    curves = []
    for line in range(lines):
        angle = petals * theta + 2 * np.pi * line / lines
        radius = middle + swing * (0.8 * np.sin(angle) + 0.2 * np.sin(3 * angle))
        curves.append(np.array(centre_mm) + circle * radius[:, None])
    return curves


def emblem(centre_mm: tuple[float, float], radius_mm: float) -> list[Curve]:
    """The arms of Utopia: a compass rose over waves, inside two rings."""
    theta = np.linspace(0, 2 * np.pi, 181)
    centre = np.array(centre_mm)
    ring = np.column_stack([np.cos(theta), np.sin(theta)])
    curves = [centre + ring * radius_mm * share for share in (1.0, 0.93, 0.36)]
    for ray in range(16):
        length = (0.86, 0.5, 0.66, 0.5)[ray % 4]
        angle = ray * np.pi / 8
        tip = np.array([np.cos(angle), np.sin(angle)]) * length
        left = np.array([np.cos(angle - 0.18), np.sin(angle - 0.18)]) * 0.3
        right = np.array([np.cos(angle + 0.18), np.sin(angle + 0.18)]) * 0.3
        curves.append(centre + np.array([left, tip, right]) * radius_mm)
    x = np.linspace(-0.3, 0.3, 60)
    for row in (-0.12, 0.0, 0.12):
        wave = np.column_stack([x, row + 0.045 * np.sin(x * 31)])
        curves.append(centre + wave * radius_mm)
    return curves


def signature(rng: np.random.Generator, origin_mm: tuple[float, float], width_mm: float,
              letters: int) -> list[Curve]:  # fmt: skip
    """A scribble that looks like a hand's: a tall first letter, loops that shrink, a flourish.

    Parameters
    ----------
    rng : numpy.random.Generator
    origin_mm : (x, y)
        Where the base line begins.
    width_mm : float
    letters : int
        How many loops.
    """
    widths = rng.uniform(0.5, 1.3, letters)
    heights = rng.uniform(0.25, 1.0, letters)
    widths[0], heights[0], heights[letters // 2] = 1.5, 2.4, 1.7
    starts = np.concatenate([[0.0], np.cumsum(widths)]) * width_mm / widths.sum()
    lean, settling = rng.uniform(0.2, 0.5), rng.uniform(-0.04, 0.02)
    strokes = []
    for letter in range(letters):
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=letter == letters - 1)
        up = (1 - np.cos(turn)) * heights[letter]
        step = starts[letter] + turn / (2 * np.pi) * (starts[letter + 1] - starts[letter])
        loop = rng.uniform(0.25, 0.8) * np.sin(turn + 0.5) * (1 - np.cos(turn)) / 2
        x = step + loop + lean * up
        strokes.append(np.column_stack([x, settling * step - up]))
    sweep = np.linspace(0, 1, 60)
    back = width_mm * (1.0 - 0.95 * sweep + 0.25 * sweep**3)
    flourish = np.column_stack([back, 0.9 + 0.7 * np.sin(2.6 * sweep) - 0.5 * sweep])
    name = np.concatenate(strokes)
    kernel = np.full(7, 1 / 7)
    smooth = np.column_stack([np.convolve(name[:, axis], kernel, mode="valid") for axis in (0, 1)])
    return [np.array(origin_mm) + smooth, np.array(origin_mm) + flourish]
