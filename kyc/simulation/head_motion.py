"""A still portrait as a head that turns, nods, blinks, smiles and opens its mouth.

Test material for liveness: FaceMesh finds the points of the face in the portrait, their depth makes
it a surface in space, and every frame shows that surface from where the head has turned to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from kyc.simulation.expressions import close_eyes, open_mouth, paint_lids, smile
from kyc.simulation.rooms import draw_room
from kyc.vision.face_mesh import FACE_POINT_COUNT, track

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

# The surface is known on a raster this wide; a face is some 150 px wide, so 3 px lose nothing.
_RASTER_PX = 3
# The face of an upright frame is at most so high, over the frame's width.
_UPRIGHT = 1.3
# From the camera to the head, in widths of the face: 14 cm and an arm's length.
_CAMERA_DISTANCE = 4.5
# The axis a head turns about, behind the border of the cheeks, in widths of the face.
_AXIS_DEPTH = 0.12
# Rounds of the fixed point that inverts the movement; it starts within a raster point.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Framing:
    """Where a face is in its frame; the default is how people hold a phone.

    Attributes
    ----------
    face_height : float
        Over the height of the frame, and at most over 1.3 times its width.
    middle : tuple of float
        Of the face, in shares of the frame's width and height.
    room_seed : int or None
        Draws the room that is seen where the photograph ends; None continues the photograph as in
        a mirror.
    """

    face_height: float = 0.46
    middle: tuple[float, float] = (0.5, 0.47)
    room_seed: int | None = None


SELFIE = Framing()


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where a head is in one frame and what its face does.

    Attributes
    ----------
    yaw_deg, pitch_deg, roll_deg : float
        As `kyc.vision.face_mesh.MeshFace`: the person's own left, chin down and clockwise are
        positive. 0 is the portrait as it is.
    shift_x, shift_y : float
        Of the whole head, in widths of the face.
    zoom : float
        1 is the distance of the portrait.
    eye_closure, mouth_opening, smile : float
        0 as in the portrait, 1 closed, wide open or a broad smile.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0
    eye_closure: float = 0.0
    mouth_opening: float = 0.0
    smile: float = 0.0


class NoFaceInPortrait(ValueError):
    """FaceMesh finds no face in the portrait that was to be moved."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A portrait in its frame, with the depth of what it shows.

    Attributes
    ----------
    texture : ndarray of shape (height, width, 3), dtype=uint8
        The frame with the head at rest, BGR.
    lids : ndarray, like texture
        The same with skin over the eyes.
    points : ndarray of shape (478, 3)
        FaceMesh points in it, pixels.
    depth : ndarray of shape (raster height, raster width), dtype=float32
        Away from the camera, pixels, on a raster of `_RASTER_PX`; 0 on the axis of the head.
    share : ndarray, like depth
        1 what moves with the head, 0 what stays (shoulders, room).
    axis : tuple of float
        Column and row of the axis, pixels.
    width_px : float
        Of the face.
    """

    texture: Image
    lids: Image
    points: NDArray[np.float64]
    depth: Floats
    share: Floats
    axis: tuple[float, float]
    width_px: float


def build_head(
    portrait: Image, *, size: tuple[int, int] = (640, 480), framing: Framing = SELFIE
) -> Head:
    """Set a portrait into a camera's frame and find its depth.

    Parameters
    ----------
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, with one frontal face.
    size : tuple of int
        Width and height of the frame, pixels.
    framing : Framing
        Where the face is in it.

    Returns
    -------
    Head

    Raises
    ------
    NoFaceInPortrait
        If FaceMesh finds no face in it.
    """
    return _built(portrait.tobytes(), portrait.shape, size, framing)


@lru_cache(maxsize=4)
def _built(pixels: bytes, shape: tuple[int, ...], size: tuple[int, int], framing: Framing) -> Head:
    texture = _framed(np.frombuffer(pixels, np.uint8).reshape(shape), size, framing)
    points = _points_in(texture, framing.middle)
    width_px = float(np.linalg.norm(points[454] - points[234]))
    axis_z = float(points[[234, 454], 2].mean()) + _AXIS_DEPTH * width_px
    axis = (float(points[[234, 454], 0].mean()), float(points[[234, 454], 1].mean()))
    depth = _depth_raster(points, size, width_px) - axis_z
    return Head(
        texture=texture,
        lids=paint_lids(texture, points),
        points=points,
        depth=depth.astype(np.float32),
        share=_share(points, size),
        axis=axis,
        width_px=width_px,
    )


def render_head(head: Head, pose: HeadPose) -> Image:
    """The frame that a camera would take of the head in this pose.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
        BGR. The same head and pose give the same pixels.
    """
    texture = head.texture
    if pose.eye_closure > 0:
        texture = close_eyes(texture, head.lids, head.points, pose.eye_closure)
    if pose.smile > 0:
        texture = smile(texture, head.points, pose.smile)
    if pose.mouth_opening > 0:
        texture = open_mouth(texture, head.points, pose.mouth_opening)
    height, width = texture.shape[:2]
    places = _full(_inverse(*_movement(head, pose)), (width, height))
    shown = cv2.remap(texture, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(shown, np.uint8)


def _points_in(picture: Image, near: tuple[float, float] | None = None) -> NDArray[np.float64]:
    """Points of the largest face, or of the one nearest to a place given in shares of the size."""
    faces = track(picture)
    if not faces:
        raise NoFaceInPortrait("There is no face in the portrait.")
    if near is None:
        return faces[0].points
    place = np.array(near) * (picture.shape[1], picture.shape[0])
    # A pattern in the room may be taken for a face, and a larger one.
    return min(
        (face.points for face in faces),
        key=lambda points: float(
            np.linalg.norm(points[:FACE_POINT_COUNT, :2].mean(axis=0) - place)
        ),
    )


def _framed(portrait: Image, size: tuple[int, int], framing: Framing) -> Image:
    """The portrait scaled so that its face has the size and place that are wanted."""
    points = _points_in(portrait)
    width, height = size
    # A frame that stands upright is filled by the width of a face.
    wanted_px = framing.face_height * min(height, _UPRIGHT * width)
    scale = wanted_px / float(np.ptp(points[:, 1]))
    middle = points[:, :2].mean(axis=0)
    matrix = np.array(
        [
            [scale, 0, framing.middle[0] * width - scale * middle[0]],
            [0, scale, framing.middle[1] * height - scale * middle[1]],
        ]
    )
    # Shrinking by sampling would alias; a little blur first is what a lens does.
    smooth = cv2.GaussianBlur(portrait, (0, 0), 0.5 / scale) if scale < 1 else portrait
    framed = cv2.warpAffine(
        smooth, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    if framing.room_seed is None:
        return np.asarray(framed, np.uint8)
    inside = np.full(portrait.shape[:2], 255, np.uint8)
    seen = cv2.warpAffine(inside, matrix, size, flags=cv2.INTER_LINEAR)
    return _before(draw_room(size, framing.room_seed), np.asarray(framed, np.uint8), seen)


def _before(room: Image, framed: Image, seen: Image) -> Image:
    """The photograph where there is one, with a soft edge, and the room around it."""
    share = cv2.GaussianBlur(cv2.erode(seen, np.ones((7, 7))), (0, 0), 2)[..., None] / 255.0
    return np.asarray(np.round(framed * share + room * (1 - share)), np.uint8)


def _raster(size: tuple[int, int]) -> tuple[Floats, Floats]:
    width, height = size
    middle = (_RASTER_PX - 1) / 2
    columns = np.arange(middle, width + middle, _RASTER_PX, dtype=np.float32)
    rows = np.arange(middle, height + middle, _RASTER_PX, dtype=np.float32)
    x, y = np.meshgrid(columns, rows)
    return x, y


def _depth_raster(points: NDArray[np.float64], size: tuple[int, int], width_px: float) -> Floats:
    """Depth of the mesh inside the face; around it the head curves back and then levels out."""
    x, y = _raster(size)
    inside = LinearNDInterpolator(points[:FACE_POINT_COUNT, :2], points[:FACE_POINT_COUNT, 2])(x, y)
    is_outside = np.isnan(inside)
    nearest = NearestNDInterpolator(points[:FACE_POINT_COUNT, :2], points[:FACE_POINT_COUNT, 2])(
        x, y
    )
    away_px = cv2.distanceTransform(is_outside.astype(np.uint8), cv2.DIST_L2, 5) * _RASTER_PX
    back = 0.35 * width_px * (1 - np.exp(-away_px / (0.35 * width_px)))
    depth = np.where(is_outside, nearest + back, inside).astype(np.float32)
    wide = cv2.GaussianBlur(depth, (0, 0), 0.12 * width_px / _RASTER_PX)
    fine = cv2.GaussianBlur(depth, (0, 0), 0.03 * width_px / _RASTER_PX)
    # Far from the face the nearest point jumps from one cheek to the other: smooth more there.
    blend = np.clip(away_px / (0.3 * width_px), 0, 1)
    return np.asarray(fine * (1 - blend) + wide * blend, np.float32)


def _share(points: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """1 over face, hair and hat, falling to 0 at the shoulders and in the room."""
    x, y = _raster(size)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    across = (x - middle[0]) / (1.45 * half[0])
    above = (y - middle[1]) / (1.75 * half[1])
    below = (y - middle[1]) / (1.12 * half[1])
    radius = np.hypot(across, np.where(y < middle[1], above, below))
    step = np.clip((radius - 1.0) / 1.1, 0, 1)
    return np.asarray(1 - step * step * (3 - 2 * step), np.float32)


def _movement(head: Head, pose: HeadPose) -> tuple[Floats, Floats, Floats]:
    """How far each raster point of the portrait moves, and how deep it then lies, in pixels."""
    height, width = head.texture.shape[:2]
    x, y = _raster((width, height))
    across, down = x - head.axis[0], y - head.axis[1]
    rotation = _rotation(pose).astype(np.float32)
    # A camera sees the surface by perspective before and after the turn alike.
    reach = _CAMERA_DISTANCE * head.width_px
    space = np.stack(
        [across * (1 + head.depth / reach), down * (1 + head.depth / reach), head.depth]
    )
    turned = np.tensordot(rotation, space, axes=1)
    flat = pose.zoom / (1 + turned[2] / reach)
    to_x = turned[0] * flat + pose.shift_x * head.width_px
    to_y = turned[1] * flat + pose.shift_y * head.width_px
    return head.share * (to_x - across), head.share * (to_y - down), turned[2]


def _rotation(pose: HeadPose) -> NDArray[np.float64]:
    yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_z = np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    return np.asarray(about_z @ about_x @ about_y)


def _inverse(move_x: Floats, move_y: Floats, depth: Floats) -> Floats:
    """From where each raster point takes its pixel: q with q + move(q) = p, in pixels.

    1. Every raster point is thrown to where it moves; where several meet, the nearest to the camera
       wins, as the nose hides the far cheek.
    2. From there a fixed point finds the exact place. It stays on the side of the fold it began.
    """
    rows, columns = move_x.shape
    at_x, at_y = np.meshgrid(
        np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)
    )
    at = np.dstack([at_x, at_y])
    step = np.dstack([move_x, move_y]) / np.float32(_RASTER_PX)
    source = _thrown(at, step, depth)
    for _ in range(_ROUNDS):
        there = cv2.remap(step, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        # Not full steps: beside a fold the movement is so steep that they would swing.
        source = 0.5 * source + 0.5 * (at - there)
    return source * _RASTER_PX + np.float32((_RASTER_PX - 1) / 2)


def _thrown(at: Floats, step: Floats, depth: Floats) -> Floats:
    rows, columns = depth.shape
    # Far ones first: of those that fall on one place the last written stays.
    order = np.argsort(-depth, axis=None, kind="stable")
    to = np.rint(at + step).astype(np.int64).reshape(-1, 2)[order]
    is_inside = ((to >= 0) & (to < (columns, rows))).all(axis=1)
    offset = np.full((rows, columns, 2), np.nan, np.float32)
    offset[to[is_inside, 1], to[is_inside, 0]] = step.reshape(-1, 2)[order][is_inside]
    # The median takes out single places where a far point shows through the stretched near one.
    filled = [cv2.medianBlur(_holes_filled(offset[..., number]), 5) for number in (0, 1)]
    return np.asarray(at - np.dstack(filled), np.float32)


def _holes_filled(values: Floats) -> Floats:
    """Where the surface is stretched some places were not hit: the mean of those around them."""
    is_known = ~np.isnan(values)
    known = np.where(is_known, values, 0).astype(np.float32)
    weight = cv2.GaussianBlur(is_known.astype(np.float32), (0, 0), 1.5)
    mean = cv2.GaussianBlur(known, (0, 0), 1.5) / np.maximum(weight, 1e-6)
    return np.asarray(np.where(is_known, values, mean), np.float32)


def _full(raster: Floats, size: tuple[int, int]) -> Floats:
    """A raster brought to full resolution: its points are the middles of squares of pixels."""
    width, height = size
    rows, columns = raster.shape[:2]
    large = cv2.resize(raster, (columns * _RASTER_PX, rows * _RASTER_PX))
    return np.asarray(large[:height, :width], np.float32)
