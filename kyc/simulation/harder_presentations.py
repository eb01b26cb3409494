"""Attacks that take more trouble than those of `presentations`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.challenge_scene import Scene, printed
from kyc.simulation.expressions import close_eyes, eye_outlines, mouth_outline, open_mouth
from kyc.simulation.flat_attacks import (
    add_moire,
    bend_photo,
    move_photo,
    show_on_screen,
    steepen_photo,
)
from kyc.simulation.head_motion import Head, HeadPose, build_head, render_head
from kyc.vision.face_mesh import FACE_POINT_COUNT
from kyc.vision.liveness.challenge import Action

Image = NDArray[np.uint8]

# Holes are cut this much larger than eyes and lips, in widths of the face.
_HOLE_MARGIN = 0.03
# How long somebody else is shown.
_SWAP_S = 0.5
# The lens is covered for so short that the judge forgives a lost face; and how wide somebody is
# blurred whom the describer cannot tell from anybody, over the frame's height.
_COVERED_S = 0.17
_COVERED_GREY = 14
_OUT_OF_FOCUS = 0.014
# From one clip to the next, and how much brighter or darker another recording is.
_STITCH_S = 0.3
_STITCH_LIGHT = (0.94, 1.06)


def render_steep_photo(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A print bent as round as a face, close before a wide lens, turned as far as can be seen."""
    photo = scene.print_of_face()
    shown = (steepen_photo(photo, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def render_photo_with_holes(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A print with eyes and mouth cut out, worn by somebody who blinks and speaks behind it."""
    mask, wearer = build_head(scene.portrait, size=scene.size), _wearer(scene)
    holes = _holes(mask)
    shown = (
        bend_photo(
            printed(_through(holes, mask.texture, _face_behind(wearer, mask, pose))),
            replace(pose, eye_closure=0.0, mouth_opening=0.0, smile=0.0),
            scene.size,
        )
        for pose in scene.poses(rng)
    )
    return scene.filmed(shown, rng)


def render_moire_replay(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The right person doing other things, on a tablet held in the hand, with moiré and bezel."""
    others = [action for action in Action if action not in scene.challenge.actions]
    recorded = tuple(others[number] for number in rng.permutation(len(others)))
    frames = scene.acted(rng, recorded[: len(scene.challenge.actions)])
    flicker, slant = rng.uniform(0, 2 * np.pi, 2)
    held = scene.poses(rng, ())
    shown = (
        move_photo(
            add_moire(show_on_screen(printed(frame), flicker + 0.7 * n), slant + 0.01 * n),
            pose,
            scene.size,
        )
        for n, (frame, pose) in enumerate(zip(frames, held, strict=True))
    )
    return scene.filmed(shown, rng)


def render_swap_moment(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Another face over the right one for half a second, all movements going on."""
    poses = scene.poses(rng)
    right, wrong = scene.head(), scene.other_head()
    length = round(_SWAP_S * scene.timing.fps)
    begin = int(rng.integers(length, len(poses) - 2 * length))
    shown = (
        render_head(wrong if begin <= number < begin + length else right, pose)
        for number, pose in enumerate(poses)
    )
    return scene.filmed(shown, rng)


def render_blurred_stranger(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The right person looks into the camera; somebody out of focus does the rest."""
    poses = scene.poses(rng)
    right, wrong = scene.head(), scene.other_head()
    covered = np.full_like(right.texture, _COVERED_GREY)
    swap = round(scene.timing.lead_s * scene.timing.fps)
    cover = swap - round(_COVERED_S * scene.timing.fps)
    blur = _OUT_OF_FOCUS * scene.size[1]

    def shown(number: int, pose: HeadPose) -> Image:
        if number < cover:
            return render_head(right, pose)
        if number < swap:
            return covered
        return np.asarray(cv2.GaussianBlur(render_head(wrong, pose), (0, 0), blur), np.uint8)

    return scene.filmed((shown(number, pose) for number, pose in enumerate(poses)), rng)


def render_stitched(scene: Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Genuine recordings of each movement, faded into each other in the order that was asked."""
    head, fps = scene.head(), scene.timing.fps
    clips = [scene.poses(rng) for _ in scene.challenge.actions]
    lights = rng.uniform(*_STITCH_LIGHT, len(clips)).tolist()
    cuts = [round(start * fps) for start in scene.timing.starts_s()[1:]]
    fade = max(1, round(_STITCH_S * fps))

    def frame_of(clip: int, number: int) -> Image:
        picture = render_head(head, clips[clip][number])
        return np.asarray(cv2.convertScaleAbs(picture, alpha=lights[clip]), np.uint8)

    def shown(number: int) -> Image:
        clip = sum(number >= cut for cut in cuts)
        since = number - cuts[clip - 1] if clip else fade
        if since >= fade:
            return frame_of(clip, number)
        share = (since + 1) / (fade + 1)
        before, after = frame_of(clip - 1, number), frame_of(clip, number)
        return np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0), np.uint8)

    return scene.filmed((shown(number) for number in range(len(clips[0]))), rng)


def _wearer(scene: Scene) -> Head:
    other = scene.portrait if scene.companion is None else scene.companion
    return build_head(other, size=scene.size)


def _face_behind(wearer: Head, mask: Head, pose: HeadPose) -> Image:
    """The wearer's face with its eyes where the print has them."""
    face = close_eyes(wearer.texture, wearer.lids, wearer.points, pose.eye_closure)
    if pose.mouth_opening > 0:
        face = open_mouth(face, wearer.points, pose.mouth_opening)
    matrix, _ = cv2.estimateAffinePartial2D(
        np.float32(wearer.points[:FACE_POINT_COUNT, :2]),
        np.float32(mask.points[:FACE_POINT_COUNT, :2]),
    )
    size = (mask.texture.shape[1], mask.texture.shape[0])
    return np.asarray(cv2.warpAffine(face, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _holes(mask: Head) -> Image:
    """255 where the print is cut out."""
    holes = np.zeros(mask.texture.shape[:2], np.uint8)
    for outline in (*eye_outlines(mask.points), mouth_outline(mask.points)):
        cv2.fillPoly(holes, [np.round(outline).astype(np.int32)], 255)
    margin = 2 * round(_HOLE_MARGIN * mask.width_px) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin))
    return np.asarray(cv2.dilate(holes, kernel), np.uint8)


def _through(holes: Image, sheet: Image, behind: Image) -> Image:
    return np.asarray(np.where(holes[..., None] > 0, behind, sheet), np.uint8)
