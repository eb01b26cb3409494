"""Portraits of two people, as a document carries them and as they look at a phone.

Both photographs are in the public domain and lie inside packages that are installed anyway, so no
personal photograph is kept in the repository: scikit-image's `astronaut` (NASA, Eileen Collins)
and matplotlib's `grace_hopper.jpg` (US Navy). They stand for fictional people.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

Image = npt.NDArray[np.uint8]
PortraitName = Literal["astronaut", "grace_hopper"]
Framing = Literal["document", "selfie"]

# 35 mm × 45 mm at 300 dots an inch: ICAO Doc 9303-3 §3.9 and the usual photo booth.
DOCUMENT_SIZE_PX = (413, 531)
SELFIE_SIZE_PX = (720, 960)
# A light, even grey, as ISO/IEC 19794-5 §7.2.6 asks of the background of a portrait.
BACKDROP_BGR = (226, 222, 214)
# Where the outline drawn by hand may be wrong; inside it the pixels themselves decide.
OUTLINE_DOUBT_PX = 13
OUTLINE_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """One photograph and how a person in it is framed; all numbers in its own pixels.

    `document_box` and `selfie_box` are x, y, width, height; `outline` goes round the person.
    """

    package: str
    path: tuple[str, ...]
    document_box: tuple[int, int, int, int]
    selfie_box: tuple[int, int, int, int]
    outline: tuple[tuple[int, int], ...]


SOURCES: dict[str, Source] = {
    "astronaut": Source(
        package="skimage",
        path=("data", "astronaut.png"),
        document_box=(126, 0, 200, 257),
        selfie_box=(75, 0, 315, 420),
        outline=(
            (153, 100), (157, 68), (168, 44), (190, 25), (218, 15), (250, 16), (276, 26),
            (293, 46), (301, 75), (299, 102), (286, 124), (274, 130), (268, 152), (260, 176),
            (282, 190), (297, 210), (305, 236), (335, 258), (354, 290), (364, 345), (366, 512),
            (20, 512), (24, 440), (30, 340), (45, 290), (75, 258), (105, 235), (114, 220),
            (112, 195), (125, 170), (150, 155), (184, 149), (182, 130), (173, 120), (162, 118),
        ),
    ),
    "grace_hopper": Source(
        package="matplotlib",
        path=("mpl-data", "sample_data", "grace_hopper.jpg"),
        document_box=(90, 0, 346, 445),
        selfie_box=(41, 0, 450, 600),
        outline=(
            (147, 110), (155, 94), (172, 84), (178, 56), (212, 38), (236, 26), (290, 26),
            (316, 38), (346, 60), (355, 86), (370, 95), (371, 150), (368, 178), (377, 190),
            (375, 218), (362, 250), (351, 268), (360, 284), (352, 296), (334, 306), (331, 318),
            (346, 330), (400, 355), (480, 386), (498, 412), (511, 450), (511, 599), (6, 599),
            (20, 500), (34, 420), (52, 384), (120, 356), (186, 330), (208, 316), (201, 300),
            (172, 284), (160, 262), (155, 218), (153, 195), (158, 180), (148, 160),
        ),
    ),
}  # fmt: skip
PORTRAIT_NAMES: tuple[PortraitName, ...] = ("astronaut", "grace_hopper")


def load_portrait(name: PortraitName, *, framing: Framing = "document") -> Image:
    """Head and shoulders of one of the two people.

    Parameters
    ----------
    name : {"astronaut", "grace_hopper"}
    framing : {"document", "selfie"}
        "document": cut out, before a plain grey backdrop, 413 × 531 px. "selfie": wider, before the
        photograph's own background, 720 × 960 px.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0–255; the caller's own copy.
    """
    return _framed(name, framing).copy()


@lru_cache(maxsize=4)
def _framed(name: PortraitName, framing: Framing) -> Image:
    source = SOURCES[name]
    photograph = _read(source)
    if framing == "selfie":
        return _crop(photograph, source.selfie_box, SELFIE_SIZE_PX)
    return _crop(_before_backdrop(photograph, source), source.document_box, DOCUMENT_SIZE_PX)


def _read(source: Source) -> Image:
    # Pillow, because OpenCV's libpng writes a warning about the astronaut's colour profile.
    with files(source.package).joinpath(*source.path).open("rb") as stream:
        rgb = np.asarray(PillowImage.open(stream).convert("RGB"))
    return np.ascontiguousarray(rgb[..., ::-1])


def _crop(photograph: Image, box: tuple[int, int, int, int], size: tuple[int, int]) -> Image:
    x, y, width, height = box
    part = photograph[y : y + height, x : x + width]
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _before_backdrop(photograph: Image, source: Source) -> Image:
    """The person before a plain backdrop: an outline drawn by hand, refined by GrabCut.

    References
    ----------
    Rother, Kolmogorov, Blake: "GrabCut", ACM Transactions on Graphics 23 (2004),
    doi:10.1145/1015706.1015720.
    """
    inside = np.zeros(photograph.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.array(source.outline, np.int32)], 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (OUTLINE_DOUBT_PX, OUTLINE_DOUBT_PX))
    mask = np.where(inside == 1, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[cv2.dilate(inside, kernel) == 0] = cv2.GC_BGD
    mask[cv2.erode(inside, kernel) == 1] = cv2.GC_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the clustering inside GrabCut draws from OpenCV's global generator
    cv2.grabCut(photograph, mask, None, *models, OUTLINE_ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    person = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    # A hair's breadth inwards and soft, so that no rim of the old background shines through.
    alpha = cv2.GaussianBlur(cv2.erode(person, np.ones((2, 2))).astype(np.float32), (0, 0), 0.9)
    blended = photograph * alpha[..., None] + np.array(BACKDROP_BGR) * (1 - alpha[..., None])
    return np.asarray(np.clip(blended, 0, 255), np.uint8)


def age_portrait(portrait: Image, rng: np.random.Generator, *, strength: float = 1.0) -> Image:
    """The same person on another day: what differs between a document and today's selfie.

    1. Another crop and tilt of the head, and a face a few percent fuller or thinner.
    2. Other light: direction, exposure, contrast and colour.
    3. Another camera or an old print: less sharp, faded, grainy.

    Parameters
    ----------
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    rng : numpy.random.Generator
        The same state gives the same picture.
    strength : float
        0 changes nothing, 1 is a usual document of a few years, 2 an old and worn one.

    Returns
    -------
    ndarray of the same shape, dtype=uint8
    """
    if strength == 0:
        return portrait.copy()
    moved = _other_pose(portrait, rng, strength).astype(np.float32)
    lit = _other_light(moved, rng, strength)
    worn = _other_print(lit, rng, strength)
    return np.asarray(np.clip(worn, 0, 255), np.uint8)


def _other_pose(portrait: Image, rng: np.random.Generator, strength: float) -> Image:
    height, width = portrait.shape[:2]
    angle_deg = rng.uniform(-4, 4) * strength
    zoom = 1 + rng.uniform(0, 0.07) * strength
    fuller = 1 + rng.uniform(-0.035, 0.035) * strength
    matrix = cv2.getRotationMatrix2D((width / 2, height * 0.45), angle_deg, zoom)
    matrix[0] *= fuller
    matrix[0, 2] += width / 2 * (1 - fuller) + rng.uniform(-0.02, 0.02) * width * strength
    moved = cv2.warpAffine(
        portrait, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def _other_light(
    image: npt.NDArray[np.float32], rng: np.random.Generator, strength: float
) -> npt.NDArray[np.float32]:
    height, width = image.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    slope_x, slope_y = rng.uniform(-0.16, 0.16, 2) * strength
    gamma = float(np.exp(rng.uniform(-0.22, 0.22) * strength))
    warmth, tint = rng.uniform(-0.06, 0.06) * strength, rng.uniform(-0.02, 0.02) * strength
    colour = np.array([1 - warmth, 1 + tint, 1 + warmth], np.float32)
    exposed: npt.NDArray[np.float32] = 255 * (image / 255) ** np.float32(gamma)
    light = 1 + np.float32(slope_x) * across + np.float32(slope_y) * down
    return np.asarray(exposed * light * colour, np.float32)


def _other_print(
    image: npt.NDArray[np.float32], rng: np.random.Generator, strength: float
) -> npt.NDArray[np.float32]:
    height, width = image.shape[:2]
    shrink = 1 + rng.uniform(0.3, 1.2) * strength
    small = cv2.resize(
        image, (round(width / shrink), round(height / shrink)), interpolation=cv2.INTER_AREA
    )
    soft = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    fading = rng.uniform(0, 0.14) * strength
    faded = soft * (1 - fading) + 205 * fading
    grain = rng.normal(0, 2.2 * strength, (height, width, 1))
    return np.asarray(faded + grain, np.float32)
