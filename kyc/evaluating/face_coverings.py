"""Things drawn over faces: dark glasses, hair, a hand, a mask. They must be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.faces.condition import VIEW_PX, face_view, mesh_in
from kyc.vision.faces.detect import DetectedFace

Pixels = npt.NDArray[np.uint8]
Layer = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
# Draws on an empty layer: the colours, and how much of them covers the face (0–1).
Covering = Callable[[Points, np.random.Generator], tuple[Layer, Layer]]

_RIGHT_SOCKET = (35, 113, 225, 224, 223, 222, 221, 189, 244, 233, 232, 231, 230, 229, 228, 31)
_LEFT_SOCKET = (265, 342, 445, 444, 443, 442, 441, 413, 464, 453, 452, 451, 450, 449, 448, 261)
_BELOW_THE_EYES = (
    116, 123, 147, 213, 192, 138, 135, 169, 170, 140, 171, 175, 396, 369, 395, 394, 364, 367, 416,
    433, 376, 352, 345, 330, 195, 101,
)  # fmt: skip
_CHEEKS = (50, 205, 280, 425)
_MASK_COLOURS = ((200, 180, 120), (240, 240, 240), (25, 25, 25), (170, 150, 230), (60, 40, 30))


def covered(
    pixels: Pixels, face: DetectedFace, covering: str, rng: np.random.Generator
) -> Pixels | None:
    """The picture with something drawn over the face; None where no mesh finds eyes and mouth.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    face : DetectedFace
        Of that picture.
    covering : str
        One of `COVERINGS`.
    rng : numpy.random.Generator
        Draws shape, colour and reflections.
    """
    view = face_view(pixels, face)
    mesh = mesh_in(view.pixels)
    if mesh is None:
        return None
    colours, share = COVERINGS[covering](mesh.points, rng)
    if covering == "hand":
        colours += _skin_colour(view.pixels, mesh.points)
    back = cv2.invertAffineTransform(view.to_view)
    size = (pixels.shape[1], pixels.shape[0])
    over = cv2.warpAffine(share, back, size)[..., None]
    drawn = cv2.warpAffine(colours, back, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(pixels * (1 - over) + drawn * over, 0, 255), np.uint8)


def dark_glasses(points: Points, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """Two tinted lenses and a bridge, often with a gradient and a lamp's reflection."""
    width, tilt_deg = _width(points), _tilt_deg(points)
    across = rng.uniform(0.19, 0.27) * width
    down = across * rng.uniform(0.6, 0.95)
    drop = np.array((0.0, rng.uniform(-0.01, 0.05) * width))
    middles = [points[list(eye), :2].mean(axis=0) + drop for eye in (_RIGHT_SOCKET, _LEFT_SOCKET)]
    share = _empty()[..., 0].copy()
    is_round = rng.random() < 0.5
    for middle in middles:
        box = (tuple(middle.tolist()), (2 * across, 2 * down), tilt_deg)
        if is_round:
            cv2.ellipse(share, box, 1, -1)
        else:
            cv2.fillPoly(share, [cv2.boxPoints(box).astype(np.int32)], 1)
    ends = [tuple(middle.round().astype(int).tolist()) for middle in middles]
    cv2.line(share, ends[0], ends[1], 1, max(2, round(0.03 * width)))
    colours = _empty() + rng.uniform(5, 55, 3).astype(np.float32)
    colours += (np.linspace(0, rng.uniform(0, 70), VIEW_PX)[:, None, None]).astype(np.float32)
    if rng.random() < 0.6:
        colours += _reflections(middles, width, rng)[..., None]
    return colours, _softened(share) * np.float32(rng.uniform(0.8, 0.98))


def hair_over_an_eye(points: Points, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """Strands that hang over the right eye."""
    width = _width(points)
    x, y = points[list(_RIGHT_SOCKET), :2].mean(axis=0)
    base = np.array((20, 30, 45)) * (1 + 2 * rng.random())
    colours, share = _empty(), _empty()[..., 0].copy()
    for _ in range(160):
        start = x + rng.normal(0, 0.12) * width
        top = (round(start), round(y - 0.45 * width))
        tip = (round(start + rng.normal(0, 0.05) * width), round(y + 0.28 * width))
        tone = np.clip(base * (1 + rng.normal(0, 0.25)), 0, 255).tolist()
        cv2.line(colours, top, tip, tone, 2, cv2.LINE_AA)
        cv2.line(share, top, tip, 1, 2)
    return colours, share


def hand(points: Points, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """A bar of skin over both eyes; its colour is added by whoever knows the picture."""
    width = _width(points)
    middle = points[[*_RIGHT_SOCKET, *_LEFT_SOCKET], :2].mean(axis=0)
    share = _empty()[..., 0].copy()
    box = (tuple(middle.tolist()), (width, 0.32 * width), _tilt_deg(points))
    cv2.ellipse(share, box, 1, -1)
    grain = rng.normal(0, 2, (VIEW_PX, VIEW_PX, 3)).astype(np.float32)
    return grain, _softened(share)


def mask(points: Points, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """A cloth from the nose to the chin, with or without folds."""
    outline = cv2.convexHull(points[list(_BELOW_THE_EYES), :2].astype(np.float32))
    share = _empty()[..., 0].copy()
    cv2.fillPoly(share, [outline.astype(np.int32)], 1)
    colours = _empty() + np.array(_MASK_COLOURS[rng.integers(len(_MASK_COLOURS))], np.float32)
    rows = np.arange(VIEW_PX, dtype=np.float32)[:, None, None]
    depth = rng.uniform(0, 6)
    colours += np.float32(depth) * np.sin(2 * np.pi * rows / np.float32(rng.uniform(18, 40)))
    return colours, _softened(share)


COVERINGS: Mapping[str, Covering] = MappingProxyType(
    {"dark_glasses": dark_glasses, "hair": hair_over_an_eye, "hand": hand, "mask": mask}
)


def _reflections(
    middles: list[npt.NDArray[np.float64]], width: float, rng: np.random.Generator
) -> Layer:
    light = _empty()[..., 0].copy()
    for middle in middles:
        place = tuple((middle + rng.normal(0, 0.07 * width, 2)).tolist())
        size = (rng.uniform(0.03, 0.15) * width, rng.uniform(0.05, 0.2) * width)
        cv2.ellipse(light, (place, size, float(rng.uniform(0, 180))), 1, -1)
    soft = cv2.GaussianBlur(light, (0, 0), rng.uniform(2, 10))
    return np.asarray(soft * rng.uniform(40, 180), np.float32)


def _skin_colour(view: Pixels, points: Points) -> Layer:
    places = points[list(_CHEEKS), :2].round().astype(int).clip(0, VIEW_PX - 1)
    return np.asarray(np.median(view[places[:, 1], places[:, 0]], axis=0) * 0.93, np.float32)


def _empty() -> Layer:
    return np.zeros((VIEW_PX, VIEW_PX, 3), np.float32)


def _softened(share: Layer) -> Layer:
    return np.asarray(cv2.GaussianBlur(share, (0, 0), 1.0), np.float32)


def _width(points: Points) -> float:
    return float(np.linalg.norm(points[454, :2] - points[234, :2]))


def _tilt_deg(points: Points) -> float:
    along = points[263, :2] - points[33, :2]
    return float(np.degrees(np.arctan2(along[1], along[0])))
