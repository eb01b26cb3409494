"""Three levels of how badly a document is photographed, for measuring what is still read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from kyc.simulation.photography import Background, photograph

Image = npt.NDArray[np.uint8]
Level = Literal["light", "medium", "harsh"]
LEVELS: tuple[Level, ...] = get_args(Level)
TABLES: tuple[Background, ...] = ("wood", "stone", "dark", "paper", "none")
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wear:
    """Ranges that the conditions of a photograph are drawn from, evenly.

    Attributes
    ----------
    longer_side_px, skew_deg, perspective, margin, blur_sigma, motion_px, noise_sigma,
    jpeg_quality, brightness, contrast, light_gradient, shadow, glare : (low, high)
        As `photograph` takes them; the skew is on top of a quarter turn, and to either side.
    """

    longer_side_px: Range
    skew_deg: Range
    perspective: Range
    margin: Range
    blur_sigma: Range
    motion_px: Range
    noise_sigma: Range
    jpeg_quality: Range
    brightness: Range
    contrast: Range
    light_gradient: Range
    shadow: Range
    glare: Range


# Chosen by eye before anything was measured: light is a careful photograph by day, medium what
# people send, harsh what a person reads with effort. Letters of the zone are 16–32, 13–24 and
# 10–18 px high.
WEAR: dict[Level, Wear] = {
    "light": Wear(
        longer_side_px=(1300, 2200), skew_deg=(0, 5), perspective=(0.0, 0.015), margin=(0.03, 0.15),
        blur_sigma=(0.3, 0.8), motion_px=(0, 0), noise_sigma=(1, 4), jpeg_quality=(85, 95),
        brightness=(0.8, 1.1), contrast=(0.9, 1), light_gradient=(0, 0.15), shadow=(0, 0),
        glare=(0, 0.2),
    ),
    "medium": Wear(
        longer_side_px=(1000, 1700), skew_deg=(0, 12), perspective=(0.01, 0.03),
        margin=(0.03, 0.25), blur_sigma=(0.6, 1.1), motion_px=(0, 2), noise_sigma=(3, 8),
        jpeg_quality=(60, 88), brightness=(0.6, 1.15), contrast=(0.7, 1), light_gradient=(0, 0.3),
        shadow=(0, 0.35), glare=(0, 0.6),
    ),
    "harsh": Wear(
        longer_side_px=(800, 1400), skew_deg=(0, 20), perspective=(0.015, 0.05),
        margin=(0.03, 0.3), blur_sigma=(0.9, 1.7), motion_px=(0, 4), noise_sigma=(6, 14),
        jpeg_quality=(35, 65), brightness=(0.4, 1.2), contrast=(0.5, 0.9),
        light_gradient=(0.1, 0.45), shadow=(0.1, 0.6), glare=(0.2, 1.0),
    ),
}  # fmt: skip


def photograph_at(level: Level, image: Image, rng: np.random.Generator) -> Image:
    """Photograph a document as badly as the level says, any of the four ways up.

    Parameters
    ----------
    level : {"light", "medium", "harsh"}
    image : ndarray of shape (height, width, 3), dtype=uint8
        BGR, the document seen straight from above.
    rng : numpy.random.Generator
        The same state gives the same photograph.
    """
    drawn = {name: float(rng.uniform(*ends)) for name, ends in asdict(WEAR[level]).items()}
    skew = drawn.pop("skew_deg") * float(rng.choice((-1, 1)))
    longer, quality = round(drawn.pop("longer_side_px")), round(drawn.pop("jpeg_quality"))
    return photograph(
        image,
        rng,
        rotation_deg=90.0 * int(rng.integers(4)) + skew,
        background=TABLES[int(rng.integers(len(TABLES)))],
        longer_side_px=longer,
        jpeg_quality=quality,
        **drawn,
    )
