"""One photograph that an app brings to life: turned as an egg, blinking, speaking, smiling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.challenge_scene import Scene
from kyc.simulation.head_motion import Head, HeadPose, render_head

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

# Drawn for each film: how far the egg turns over the head it answers for, and its radius in widths
# of the face. Of stills that others animated within these 6 of 9 passed; of radius .66, turned no
# farther than a head, 0 of 2.
_TURN = (1.26, 1.365)
_RADIUS = (0.52, 0.60)
# Half the egg's height, in heights of the face from brow to chin, and how far its middle lies above
# the middle of those, so that it holds the hair too.
_HALF_HEIGHT = 1.05
_RAISED = 0.1
# Rows get shorter towards the poles, columns towards an egg this much wider; neither to nothing.
_WIDER = 1.4
_LEAST_ROW, _LEAST_COLUMN = 0.02, 0.1
# The warp ends beyond the egg, so that ears and wall are drawn along: share of the egg's radius at
# which nothing moves, and over how much of it the movement fades out; across and down.
_ENDS = (1.25, 1.12)
_FADES = (0.35, 0.4)


@dataclass(frozen=True, slots=True)
class Egg:
    """The solid that a photograph is laid on.

    Attributes
    ----------
    middle : tuple of float
        Column and row, pixels.
    radius_px, half_height_px : float
        Across and down.
    """

    middle: tuple[float, float]
    radius_px: float
    half_height_px: float


def render_animated_still(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """One photograph warped into every pose and fed in as if a camera had filmed it.

    As apps do that bring old photographs to life: no second view of the head is needed, so what a
    turn would uncover is stretched skin, and the wall beside the head bends with it.
    """
    head = scene.head()
    turn, radius = rng.uniform(*_TURN), rng.uniform(*_RADIUS)
    egg = egg_of(head, radius)
    shown = (
        turn_still(
            _alive(head, pose), egg, replace(pose, yaw_deg=turn * pose.yaw_deg), head.width_px
        )
        for pose in scene.poses(rng)
    )
    return scene.filmed(shown, rng)


def egg_of(head: Head, radius: float) -> Egg:
    """The egg over a face, its radius in widths of the face."""
    brow, chin = head.points[10, 1], head.points[152, 1]
    height_px = float(chin - brow)
    cheeks = head.points[[234, 454], 0]
    return Egg(
        middle=(float(cheeks.mean()), float(brow + chin) / 2 - _RAISED * height_px),
        radius_px=radius * head.width_px,
        half_height_px=_HALF_HEIGHT * height_px,
    )


def turn_still(still: Image, egg: Egg, pose: HeadPose, width_px: float) -> Image:
    """A photograph with what lies on the egg turned, nodded and the whole shifted.

    Parameters
    ----------
    still : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    egg : Egg
        Where the face is in it.
    pose : HeadPose
        Yaw, pitch and shift are shown; such a still neither tilts nor comes nearer.
    width_px : float
        Of the face, in which the shift is told.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
    """
    x, y = _from_middle(still, egg)
    across, down = _radii(x, y, egg)
    from_x = _rolled(x, across, np.radians(pose.yaw_deg))
    from_y = _rolled(y, down, np.radians(pose.pitch_deg))
    share = _fading(x / egg.radius_px, 0) * _fading(y / egg.half_height_px, 1)
    shift_x, shift_y = pose.shift_x * width_px, pose.shift_y * width_px
    return np.asarray(
        cv2.remap(
            still,
            np.float32(egg.middle[0] + x + (from_x - x) * share - shift_x),
            np.float32(egg.middle[1] + y + (from_y - y) * share - shift_y),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        ),
        np.uint8,
    )


def _alive(head: Head, pose: HeadPose) -> Image:
    """The photograph with eyes and mouth as in the pose, the head at rest."""
    face = HeadPose(
        eye_closure=pose.eye_closure, mouth_opening=pose.mouth_opening, smile=pose.smile
    )
    return head.texture if face == HeadPose() else render_head(head, face)


def _from_middle(still: Image, egg: Egg) -> tuple[Floats, Floats]:
    height, width = still.shape[:2]
    columns = np.arange(width, dtype=np.float32) - np.float32(egg.middle[0])
    rows = np.arange(height, dtype=np.float32) - np.float32(egg.middle[1])
    x, y = np.meshgrid(columns, rows)
    return x, y


def _radii(x: Floats, y: Floats, egg: Egg) -> tuple[Floats, Floats]:
    """Of the egg's rows and of its columns, at each pixel."""
    rows = np.sqrt(np.clip(1 - (y / egg.half_height_px) ** 2, _LEAST_ROW, 1))
    columns = np.sqrt(np.clip(1 - (x / (_WIDER * egg.radius_px)) ** 2, _LEAST_COLUMN, 1))
    return egg.radius_px * rows, egg.half_height_px * columns


def _rolled(along: Floats, radius: Floats, angle_rad: float) -> Floats:
    """Where a point on a circle, seen from its side, was before the circle turned.

    Beyond a quarter turn the photograph has nothing: its rim is shown again and again.
    """
    at_rad = np.arcsin(np.clip(along / radius, -0.999, 0.999)) - angle_rad
    before = radius * np.sin(np.clip(at_rad, -np.pi / 2, np.pi / 2))
    return np.asarray(np.where(np.abs(along) < radius, before, along), np.float32)


def _fading(radii: Floats, axis: int) -> Floats:
    return np.asarray(np.clip((_ENDS[axis] - np.abs(radii)) / _FADES[axis], 0, 1), np.float32)
