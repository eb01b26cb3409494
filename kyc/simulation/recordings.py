"""Recordings of a presentation, and what is done to one before it is handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.choreography import Timing
from kyc.vision.video import Frame

Image = NDArray[np.uint8]

# Names under which such software shows itself, as their makers document them.
VIRTUAL_CAMERAS = (
    "OBS Virtual Camera",
    "OBS-Camera",
    "ManyCam Virtual Webcam",
    "Snap Camera",
    "XSplit VCam",
    "DroidCam Source 3",
    "SplitCam Video Driver",
    "Unity Video Capture",
    "NVIDIA Broadcast",
    "Streamlabs Desktop Virtual Webcam",
    "e2eSoft VCam",
    "Dummy video device (0x0000) (platform:v4l2loopback-000)",
)
# Frames a second of a recording that is made smooth again.
_CHOPPY_FPS = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class ChallengeVideo:
    """Frames as a camera delivers them.

    Attributes
    ----------
    frames : tuple of ndarray of shape (height, width, 3), dtype=uint8
        BGR, not mirrored.
    timing : Timing
        When what was asked for; frames are evenly spaced.
    species : str
        How it was made; "live" or the attack.
    camera_label : str
        The camera's name as a browser tells it.
    """

    frames: tuple[Image, ...]
    timing: Timing
    species: str
    camera_label: str = "Integrated Camera (04f2:b6d9)"

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.timing.fps

    def as_frames(self) -> list[Frame]:
        """The frames as `kyc.vision.video.read_frames` would return them."""
        return [
            Frame(number, number * 1000 / self.fps, pixels)
            for number, pixels in enumerate(self.frames)
        ]


def freeze(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """Live until the last action has begun to be shown, then one frame for the rest."""
    stop = len(live.frames) * 2 // 3
    still = (live.frames[stop],) * (len(live.frames) - stop)
    return replace(live, frames=(*live.frames[:stop], *still), species="frozen")


def loop(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """The first action, recorded once and fed in again and again."""
    timing = live.timing
    length = int((timing.lead_s + timing.action_s[0]) * timing.fps)
    frames = tuple(live.frames[number % length] for number in range(len(live.frames)))
    return replace(live, frames=frames, species="looped")


def inject(live: ChallengeVideo, rng: np.random.Generator) -> ChallengeVideo:
    """A perfect video that comes out of software: nothing but the camera's name gives it away."""
    label = VIRTUAL_CAMERAS[int(rng.integers(len(VIRTUAL_CAMERAS)))]
    return replace(live, species="virtual_camera", camera_label=label)


def loop_in_other_light(live: ChallengeVideo, rng: np.random.Generator) -> ChallengeVideo:
    """As `loop`, every round brighter or darker than the last, against finding copies."""
    length = int((live.timing.lead_s + live.timing.action_s[0]) * live.timing.fps)
    rounds = -(-len(live.frames) // length)
    lights = rng.uniform(0.8, 1.2, rounds).tolist()
    frames = tuple(
        np.asarray(cv2.convertScaleAbs(frame, alpha=lights[number // length]), np.uint8)
        for number, frame in enumerate(loop(live, rng).frames)
    )
    return replace(live, frames=frames, species="looped_light")


def mirror(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """A recording handed in as its own mirror image."""
    frames = tuple(np.ascontiguousarray(frame[:, ::-1]) for frame in live.frames)
    return replace(live, frames=frames, species="mirrored_replay")


def upsample(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """A choppy recording of five frames a second, the frames between them blended."""
    step = live.fps / _CHOPPY_FPS
    frames = tuple(_between(live.frames, number / step, step) for number in range(len(live.frames)))
    return replace(live, frames=frames, species="upsampled")


def freeze_noisily(live: ChallengeVideo, rng: np.random.Generator) -> ChallengeVideo:
    """As `freeze`, with new noise over each copy, against finding equal frames."""
    stop = len(live.frames) * 2 // 3
    still = live.frames[stop].astype(np.int16)
    noisy = tuple(
        np.clip(still + rng.integers(-6, 7, still.shape, np.int16), 0, 255).astype(np.uint8)
        for _ in range(len(live.frames) - stop)
    )
    return replace(live, frames=(*live.frames[:stop], *noisy), species="frozen_noise")


def _between(frames: tuple[Image, ...], place: float, step: float) -> Image:
    """The frame at a place counted in choppy frames, blended from the two around it."""
    before = round(int(place) * step)
    after = min(round((int(place) + 1) * step), len(frames) - 1)
    share = place - int(place)
    return np.asarray(cv2.addWeighted(frames[before], 1 - share, frames[after], share, 0), np.uint8)
