"""What all presentations of one challenge share: who, where, when, before which camera."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kyc.simulation.choreography import CALM, Manner, Timing, poses_of
from kyc.simulation.head_motion import SELFIE, Framing, Head, HeadPose, build_head, render_head
from kyc.simulation.webcam import WEBCAM, Camera, film, light_up
from kyc.vision.liveness.challenge import LIGHT_MS, Action, Challenge, LightColour

Image = NDArray[np.uint8]

# Width of a printed photograph over its height (passport format is 35 x 45 mm).
_PRINT_WIDTH = 0.8
LIGHT_BGR = {
    LightColour.RED: (0.0, 0.0, 1.0),
    LightColour.GREEN: (0.0, 1.0, 0.0),
    LightColour.BLUE: (1.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a presentation is filmed, whoever is presented.

    Attributes
    ----------
    camera : Camera
        Light, noise, shaking and lost frames.
    framing : Framing
        Where the face is in the picture, and how large.
    manner : Manner
        How far and how promptly the movements are made.
    """

    camera: Camera = WEBCAM
    framing: Framing = SELFIE
    manner: Manner = CALM


USUAL = Circumstances()


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One challenge that is answered before one camera.

    Attributes
    ----------
    portrait, companion : ndarray of shape (height, width, 3), dtype=uint8
        The person, and the second one of attacks that need two; None for the same person.
    challenge : Challenge
        What was asked.
    size : tuple of int
        Width and height of the frame, pixels.
    timing : Timing
        When.
    light_strength : float
        Share by which a colour on the screen brightens the face.
    circumstances : Circumstances
        How it is filmed.
    """

    portrait: Image
    companion: Image | None
    challenge: Challenge
    size: tuple[int, int]
    timing: Timing
    light_strength: float = 0.0
    circumstances: Circumstances = USUAL

    def head(self) -> Head:
        """The person's head in the frame."""
        return build_head(self.portrait, size=self.size, framing=self.circumstances.framing)

    def other_head(self) -> Head:
        """The head of the second person."""
        other = self.portrait if self.companion is None else self.companion
        return build_head(other, size=self.size, framing=self.circumstances.framing)

    def poses(
        self, rng: np.random.Generator, actions: tuple[Action, ...] | None = None
    ) -> list[HeadPose]:
        """The poses of a head that does what was asked, or other things."""
        asked = self.challenge.actions if actions is None else actions
        manner = self.circumstances.manner
        return poses_of(asked, self.timing.times_s(), self.timing, rng, manner)

    def acted(
        self, rng: np.random.Generator, actions: tuple[Action, ...] | None = None
    ) -> Iterator[Image]:
        """Filmed frames of the person who does what was asked, or other things."""
        head = self.head()
        poses = self.poses(rng, actions)
        return self.filmed((render_head(head, pose) for pose in poses), rng)

    def filmed(self, frames: Iterable[Image], rng: np.random.Generator) -> Iterator[Image]:
        """The frames as the camera delivers them."""
        return film(self._lit(frames), self.timing.fps, rng, self.circumstances.camera)

    def print_of_face(self) -> Image:
        """The portrait as an attacker prints it: a sheet on which the face has its own size."""
        return printed(build_head(self.portrait, size=self.size).texture)

    def _lit(self, frames: Iterable[Image]) -> Iterator[Image]:
        """The frames in the light of the screen, whose colours follow the last action."""
        begin_s = self.timing.lead_s + sum(self.timing.action_s)
        for number, frame in enumerate(frames):
            place = (number / self.timing.fps - begin_s) * 1000 // LIGHT_MS
            is_lit = self.light_strength > 0 and 0 <= place < len(self.challenge.light)
            if is_lit:
                colour = self.challenge.light[int(place)]
                yield light_up(frame, LIGHT_BGR[colour], self.light_strength)
            else:
                yield frame


def printed(texture: Image) -> Image:
    """The middle of a frame, in the format of a print."""
    height, width = texture.shape[:2]
    side = min(width, round(_PRINT_WIDTH * height))
    left = (width - side) // 2
    return texture[:, left : left + side]
