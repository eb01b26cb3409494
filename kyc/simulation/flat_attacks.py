"""Pictures of a person held before the camera: prints that are moved or bent, and screens."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.head_motion import HeadPose

Image = NDArray[np.uint8]

# A print fills most of the frame, so that its face has the size a selfie has.
_PRINT_HEIGHT = 0.92
_BORDER_SHARE = 0.04
_PAPER_BGR = (236, 240, 242)
# From the camera to the print, in heights of the print.
_CAMERA_DISTANCE = 1.6
# An attacker turns a print farther than a head turns, hoping to be read as one.
_TURN_FACTOR = 1.15
# A lens held close, a print bent as round as a face and turned as far as it can be seen.
_CLOSE_DISTANCE = 0.95
_STEEP_RADIUS = 0.55
_STEEP_TURN = 1.3
# Two grids of nearly one pitch beat with each other: width of the moiré's bands, and its strength
# by channel, since the three colours of a screen's pixels lie side by side.
_MOIRE_PX = 23.0
_MOIRE_SHARE = (0.09, 0.06, 0.08)
# Radius of the cylinder, in widths of the print: an arc of 1.1 radians, a face bent as far as
# paper goes.
_RADIUS = 0.9


def move_photo(photo: Image, pose: HeadPose, size: tuple[int, int]) -> Image:
    """The frame that shows a flat print, turned and shifted like the head in `pose`.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    pose : HeadPose
        Turn, nod and tilt of the print; closing eyes becomes a nod of the print, opening the mouth
        a step towards the camera: what an attacker with a print can do.
    size : tuple of int
        Width and height of the frame, pixels.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
    """
    return _show_sheet(photo, pose, size, curvature=0.0)


def bend_photo(photo: Image, pose: HeadPose, size: tuple[int, int]) -> Image:
    """As `move_photo`, the print bent round an upright cylinder."""
    return _show_sheet(photo, pose, size, curvature=1.0 / _RADIUS)


def steepen_photo(photo: Image, pose: HeadPose, size: tuple[int, int]) -> Image:
    """As `bend_photo`, bent rounder, turned farther and close before a wide lens."""
    turned = replace(
        pose, yaw_deg=_STEEP_TURN * pose.yaw_deg, pitch_deg=_STEEP_TURN * pose.pitch_deg
    )
    return _show_sheet(photo, turned, size, curvature=1.0 / _STEEP_RADIUS, distance=_CLOSE_DISTANCE)


def add_moire(frame: Image, angle_rad: float) -> Image:
    """The bands that a screen's grid and a sensor's make together, slanted by an angle."""
    height, width = frame.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    along = 2 * np.pi * (x * np.cos(angle_rad) + y * np.sin(angle_rad)) / _MOIRE_PX
    bands = [1 + share * np.sin(along + 2 * n) for n, share in enumerate(_MOIRE_SHARE)]
    return np.asarray(np.clip(frame * np.dstack(bands), 0, 255), np.uint8)


def show_on_screen(frame: Image, phase: float) -> Image:
    """A frame as a camera sees it played on a tablet: bezel, bluish light, bands, pixel grid."""
    height, width = frame.shape[:2]
    bezel = round(0.06 * height)
    inner = cv2.resize(
        frame, (width - 2 * bezel, height - 2 * bezel), interpolation=cv2.INTER_AREA
    ).astype(np.float32)
    rows = np.arange(inner.shape[0], dtype=np.float32)[:, None, None]
    columns = np.arange(inner.shape[1], dtype=np.float32)[None, :, None]
    bands = 1 + 0.03 * np.sin(2 * np.pi * rows / 140 + phase)
    grid = 1 + 0.015 * np.sin(2 * np.pi * rows / 2.7) * np.sin(2 * np.pi * columns / 2.9)
    lit = (18 + 0.9 * inner * np.array([1.06, 1.0, 0.95], np.float32)) * bands * grid
    shown = np.full_like(frame, 16)
    shown[bezel : height - bezel, bezel : width - bezel] = np.clip(lit, 0, 255).astype(np.uint8)
    return shown


def _show_sheet(
    photo: Image,
    pose: HeadPose,
    size: tuple[int, int],
    *,
    curvature: float,
    distance: float = _CAMERA_DISTANCE,
) -> Image:
    """Project a sheet, flat or bent, onto a room by asking for each pixel where it meets it.

    1. Columns and rows of the sheet are points in space, turned by the pose.
    2. Their places in the frame are known on a coarse raster; inverting it by a homography (flat)
       or by strips of homographies (bent) gives the picture.
    """
    sheet = _with_border(photo)
    scene = _room(size).copy()
    strips = 1 if curvature == 0 else 24
    edges = np.linspace(0, sheet.shape[1], strips + 1)
    along = (edges / sheet.shape[1] - 0.5) * sheet.shape[1] / sheet.shape[0]
    placed = [
        _project(_curved(along, side, curvature), pose, size, distance) for side in (-0.5, 0.5)
    ]
    order = sorted(range(strips), key=lambda n: -float(placed[0][n, 2] + placed[0][n + 1, 2]))
    for number in order:
        quad = np.array(
            [
                placed[0][number, :2],
                placed[0][number + 1, :2],
                placed[1][number + 1, :2],
                placed[1][number, :2],
            ],
            np.float32,
        )
        left, right = edges[number], edges[number + 1]
        source = np.array(
            [[left, 0], [right, 0], [right, sheet.shape[0]], [left, sheet.shape[0]]], np.float32
        )
        _lay(scene, sheet, source, quad)
    return scene


def _lay(
    scene: Image, sheet: Image, source: NDArray[np.float32], quad: NDArray[np.float32]
) -> None:
    """Draw a part of the sheet into its place in the scene."""
    height, width = scene.shape[:2]
    left, top = np.clip(np.floor(quad.min(axis=0)).astype(int) - 1, 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(quad.max(axis=0)).astype(int) + 2, 1, (width, height))
    corner = np.array([left, top], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad - corner)
    size = (int(right - left), int(bottom - top))
    strip = cv2.warpPerspective(sheet, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(size[::-1], np.uint8)
    outline = np.round((quad - corner) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, outline, 255, cv2.LINE_AA, shift=4)
    is_sheet = mask[..., None] / np.float32(255)
    place = scene[top:bottom, left:right]
    place[:] = (place * (1 - is_sheet) + strip * is_sheet).astype(np.uint8)


def _curved(along: NDArray[np.float64], across: float, curvature: float) -> NDArray[np.float64]:
    """Points in space along an edge of the sheet, in its heights; shape (3, n)."""
    level = np.full_like(along, across)
    if curvature == 0:
        return np.stack([along, level, np.zeros_like(along)])
    turn = along * curvature
    return np.stack([np.sin(turn) / curvature, level, (1 - np.cos(turn)) / curvature])


def _project(
    points: NDArray[np.float64], pose: HeadPose, size: tuple[int, int], lens: float
) -> NDArray[np.float64]:
    """Column, row (pixels of the frame) and depth of points of the sheet; shape (n, 3)."""
    space = _rotation(pose) @ points
    distance = lens / pose.zoom / (1 + 0.15 * pose.mouth_opening)
    scale = lens * _PRINT_HEIGHT * size[1] / (space[2] + distance)
    shift = 0.35 * np.array([pose.shift_x, pose.shift_y])
    return np.column_stack(
        [
            size[0] / 2 + (space[0] + shift[0]) * scale,
            size[1] / 2 + (space[1] + shift[1]) * scale,
            space[2],
        ]
    )


def _rotation(pose: HeadPose) -> NDArray[np.float64]:
    yaw = np.radians(_TURN_FACTOR * pose.yaw_deg)
    pitch = np.radians(pose.pitch_deg + 25 * pose.eye_closure)
    roll = np.radians(pose.roll_deg)
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_z = np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    return np.asarray(about_z @ about_x @ about_y)


def _with_border(photo: Image) -> Image:
    border = round(_BORDER_SHARE * photo.shape[0])
    framed = cv2.copyMakeBorder(
        photo, border, border, border, border, cv2.BORDER_CONSTANT, value=_PAPER_BGR
    )
    return np.asarray(framed, np.uint8)


@lru_cache(maxsize=4)
def _room(size: tuple[int, int]) -> Image:
    """A plain wall with light from one side and the edge of a table."""
    width, height = size
    across = np.linspace(0.75, 1.0, width, dtype=np.float32)[None, :, None]
    wall = np.ones((height, 1, 1), np.float32) * across * np.array([150, 160, 165], np.float32)
    table = round(0.86 * height)
    wall[table:] = across * np.array([60, 85, 120], np.float32)
    return wall.astype(np.uint8)
