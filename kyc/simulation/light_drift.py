"""What a camera's automatics do to colours while it films: the screen's light is told from that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

WARMER_PERIOD_S, LIGHTER_PERIOD_S = 6.0, 5.0
# Of the swing of red and blue, so that grey stays about as bright.
GREEN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class LightDrift:
    """White balance and exposure that swing, as seconds of one film go by.

    Attributes
    ----------
    white_balance, exposure : float
        Swing to either side, as a share of the pixel's value; .1 is a tenth.
    phase : float
        Of both, radians at the film's start.
    """

    white_balance: float
    exposure: float
    phase: float

    def at(self, pixels: Image, at_ms: float) -> Image:
        """The picture as the camera writes it at that time.

        Parameters
        ----------
        pixels : ndarray of shape (height, width, 3), dtype=uint8
            BGR, 0–255.
        at_ms : float
            Since the film's start.
        """
        turn = 2 * math.pi * at_ms / 1000
        warmer = self.white_balance * math.sin(turn / WARMER_PERIOD_S + self.phase)
        lighter = 1 + self.exposure * math.sin(turn / LIGHTER_PERIOD_S + self.phase)
        gains = lighter * np.array([1 - warmer, 1 + GREEN_SHARE * warmer, 1 + warmer])
        return np.asarray(np.clip(pixels * gains, 0, 255).astype(np.uint8))
