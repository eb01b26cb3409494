"""What differs between the places, cameras and people of rendered presentations, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kyc.simulation.appearance import darken_skin, grow_beard, put_on_glasses
from kyc.simulation.challenge_scene import USUAL, Circumstances
from kyc.simulation.choreography import Manner
from kyc.simulation.head_motion import Framing
from kyc.simulation.webcam import Camera

Image = NDArray[np.uint8]
Change = Callable[[Image, NDArray[np.float64], np.random.Generator], Image]


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that is other than usual.

    Attributes
    ----------
    fps : tuple of float
        Frames a second to draw from; the default is what a browser delivers on a good and on a
        busy machine.
    size : tuple of int
        Width and height that are rendered. Half of a webcam's pixels render in half the time, and
        are the harder ones to judge.
    enlarged : int
        By how much the frames are enlarged before they are coded; the judge shrinks to 640 pixels.
    circumstances : Circumstances
        Camera, framing and manner.
    change : callable or None
        What is done to the portrait.
    is_webm : bool
        Whether the video is coded as Chromium codes it.
    """

    fps: tuple[float, ...] = (8.0, 10.0, 12.0)
    size: tuple[int, int] = (480, 360)
    enlarged: int = 1
    circumstances: Circumstances = USUAL
    change: Change | None = None
    is_webm: bool = False


def _filmed(**camera: object) -> Circumstances:
    return Circumstances(camera=Camera(**camera))  # type: ignore[arg-type] # by Camera's own names


def _darkened(portrait: Image, points: NDArray[np.float64], _: np.random.Generator) -> Image:
    return darken_skin(portrait, points)


FACTORS: Mapping[str, Factor] = {
    "usual": Factor(),
    "fps_15": Factor(fps=(15.0,)),
    "fps_24": Factor(fps=(24.0,)),
    "fps_30": Factor(fps=(30.0,)),
    "vga": Factor(size=(640, 480)),
    "hd": Factor(size=(640, 360), enlarged=2),
    "upright": Factor(size=(360, 640), enlarged=2),
    "webm": Factor(is_webm=True),
    "dim": Factor(fps=(15.0,), circumstances=_filmed(exposure=0.38, noise=(3.0, 5.0), stalled=0.3)),
    "warm_light": Factor(circumstances=_filmed(tint_bgr=(0.62, 0.88, 1.05))),
    "cold_light": Factor(circumstances=_filmed(tint_bgr=(1.08, 0.92, 0.72))),
    "noisy": Factor(circumstances=_filmed(noise=(5.0, 8.0))),
    "low_bitrate": Factor(circumstances=_filmed(jpeg_quality=25)),
    "shaking": Factor(circumstances=_filmed(shake=0.02)),
    "stalling": Factor(fps=(12.0,), circumstances=_filmed(stalled=0.12)),
    "small_face": Factor(
        size=(640, 480), circumstances=Circumstances(framing=Framing(0.28, (0.5, 0.45), 11))
    ),
    "off_centre": Factor(circumstances=Circumstances(framing=Framing(0.4, (0.33, 0.42), 12))),
    "room": Factor(circumstances=Circumstances(framing=Framing(0.42, (0.5, 0.5), 13))),
    "restless": Factor(circumstances=Circumstances(manner=Manner(sway=2.5))),
    "shy": Factor(circumstances=Circumstances(manner=Manner(extent=0.65))),
    "brisk": Factor(circumstances=Circumstances(manner=Manner(pace=0.45))),
    "late": Factor(circumstances=Circumstances(manner=Manner(late_s=(0.5, 1.1)))),
    "early": Factor(circumstances=Circumstances(manner=Manner(late_s=(-0.5, -0.2)))),
    "glasses": Factor(change=put_on_glasses),
    "beard": Factor(change=grow_beard),
    "dark_skin": Factor(change=_darkened),
}
