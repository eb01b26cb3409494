"""How each species of presentation looks before a camera: the person, and attacks on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kyc.simulation.challenge_scene import Scene
from kyc.simulation.flat_attacks import bend_photo, move_photo, show_on_screen
from kyc.simulation.head_motion import HeadPose, render_head
from kyc.vision.liveness.challenge import Action

Image = NDArray[np.uint8]

# An attacker has a photograph looking ahead and one to each side.
_STILL_DEG = 36.0
_FADE_S = 0.5
# The lens is covered for so few frames that the judge forgives a lost face.
_COVERED_FRAMES = 2
_COVERED_GREY = 14


def render_live(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A person who does what was asked."""
    return scene.acted(rng)


def render_moved_photo(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A print that is turned and tilted as the head should be."""
    photo = scene.print_of_face()
    shown = (move_photo(photo, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def render_bent_photo(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same, bent round a cylinder, which gives it a little depth."""
    photo = scene.print_of_face()
    shown = (bend_photo(photo, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def render_screen_photo(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The photograph on a tablet that is turned and tilted as the head should be."""
    tablet = show_on_screen(scene.print_of_face(), rng.uniform(0, 2 * np.pi))
    shown = (move_photo(tablet, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def render_replay(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """An older recording of the right person, who was asked other things, on a screen."""
    asked = scene.challenge.actions
    others = [action for action in Action if action not in asked]
    recorded = tuple(others[number] for number in rng.permutation(len(others)))[: len(asked)]
    frames = scene.acted(rng, recorded)
    flicker = rng.uniform(0, 2 * np.pi)
    shown = (show_on_screen(frame, flicker + 0.7 * n) for n, frame in enumerate(frames))
    return scene.filmed(shown, rng)


def render_wrong_order(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The right movements, the last one first."""
    return scene.acted(rng, tuple(reversed(scene.challenge.actions)))


def render_nothing(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Somebody who looks into the camera and does nothing else."""
    return scene.acted(rng, ())


def render_spliced(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Single pictures shown one after the other, each for as long as it is asked for."""
    head = scene.head()
    stills = [_nearest_still(pose) for pose in scene.poses(rng)]
    drawn = {still: render_head(head, still) for still in set(stills)}
    return scene.filmed((drawn[still] for still in stills), rng)


def render_crossfaded(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same single pictures, one faded into the next over half a second."""
    head = scene.head()
    stills = [_nearest_still(pose) for pose in scene.poses(rng)]
    drawn = {still: render_head(head, still).astype(np.float32) for still in set(stills)}
    window = max(1, round(_FADE_S * scene.timing.fps))
    padded = [stills[0]] * (window // 2) + stills + [stills[-1]] * window
    shown = (
        np.mean([drawn[still] for still in padded[number : number + window]], axis=0)
        for number in range(len(stills))
    )
    return scene.filmed((frame.astype(np.uint8) for frame in shown), rng)


def _nearest_still(pose: HeadPose) -> HeadPose:
    """The one of an attacker's few photographs that comes nearest to a pose."""
    return HeadPose(
        yaw_deg=float(np.round(pose.yaw_deg / _STILL_DEG) * _STILL_DEG),
        pitch_deg=-_STILL_DEG * 0.75 * float(np.round(-pose.pitch_deg / _STILL_DEG)),
        eye_closure=float(np.round(pose.eye_closure)),
        mouth_opening=float(np.round(pose.mouth_opening)),
        smile=float(np.round(pose.smile)),
    )


def render_another_person(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The right person looks into the camera; the lens is covered, and somebody else does the rest.

    As a deepfake that is switched on for the first second, or a passer-by who was asked to look.
    """
    poses = scene.poses(rng)
    swap = round(scene.timing.lead_s * scene.timing.fps)
    right, wrong = scene.head(), scene.other_head()
    covered = np.full_like(right.texture, _COVERED_GREY)
    shown = (
        covered
        if swap - _COVERED_FRAMES <= number < swap
        else render_head(right if number < swap else wrong, pose)
        for number, pose in enumerate(poses)
    )
    return scene.filmed(shown, rng)


def render_two_faces(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Two people side by side, the left one doing what was asked."""
    width, height = scene.size
    halves = replace(scene, size=(width // 2, height))
    heads = halves.head(), halves.other_head()
    doing = scene.poses(rng)
    idle = scene.poses(rng, ())
    shown = (
        np.hstack([render_head(heads[0], one), render_head(heads[1], two)])
        for one, two in zip(doing, idle, strict=True)
    )
    return scene.filmed(shown, rng)
