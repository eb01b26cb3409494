"""Faces in a frame as 478 points, with the pose of the head and the state of eyes and mouth.

The points come from MediaPipe's FaceMesh, whose model files are inside its wheel. What is measured
on them is plain geometry and is written down here, because liveness thresholds depend on it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

ENGINE = "mediapipe-face-mesh"
POINT_COUNT = 478
# The first of them: all but those of the irises, whose place follows the gaze.
FACE_POINT_COUNT = 468

Points = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Numbers of points in MediaPipe's canonical face, each pair (person's right, person's left).
# They are drawn in canonical_face_model_uv_visualization.png, modules/face_geometry of MediaPipe.
_SIDES = np.array([(33, 263), (133, 362), (234, 454), (127, 356), (61, 291), (58, 288), (50, 280)])
_FOREHEAD, _CHIN = 10, 152
_NOSE_TIP = 1
# Corner, two upper, corner, two lower points of an eye, as the eye aspect ratio takes them.
_RIGHT_EYE = (33, 160, 158, 133, 153, 144)
_LEFT_EYE = (362, 385, 387, 263, 373, 380)
_LIP_UP, _LIP_DOWN, _LIP_RIGHT, _LIP_LEFT = 13, 14, 78, 308


@dataclass(frozen=True, slots=True, eq=False)
class MeshFace:
    """One face of a frame. Left and right are the person's own.

    Attributes
    ----------
    points : ndarray of shape (478, 3), dtype=float64
        x to the right and y down in pixels; z in the same unit, growing away from the camera.
    yaw_deg : float
        Turn of the head, positive towards the person's own left (the right of an unmirrored
        picture), -90...90.
    pitch_deg : float
        Nod, positive when the chin goes down, -90...90.
    roll_deg : float
        Tilt in the picture plane, positive clockwise as seen in the picture, -180...180.
    eye_openness_right, eye_openness_left : float
        Eye aspect ratio: about .1 closed, .2-.45 open, different from person to person.
    mouth_openness : float
        Height over width of the opening between the lips: 0 closed, above .5 wide open.
    """

    points: Points
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    eye_openness_right: float
    eye_openness_left: float
    mouth_openness: float

    @property
    def eye_openness(self) -> float:
        """Mean of both eyes."""
        return (self.eye_openness_right + self.eye_openness_left) / 2

    @property
    def mouth_width(self) -> float:
        """Distance between the corners of the mouth over that between the outer eye corners.

        About .4-.7 at rest, a sixth to a quarter more in a broad smile; a turned head reads up to a
        tenth less.
        """
        corners = _distance(self.points, 61, 291)
        return _ratio(corners, _distance(self.points, _RIGHT_EYE[0], _LEFT_EYE[3]))

    @property
    def mouth_lift(self) -> float:
        """How high the corners of the mouth stand, against the tip of the nose.

        In widths between the outer eye corners, along the face from chin to forehead: about -.4
        to -.24 at rest, .03-.08 more in a smile; a turned head reads up to .06 less.
        """
        corners = (self.points[61] + self.points[291]) / 2 - self.points[_NOSE_TIP]
        upwards = self.points[_FOREHEAD] - self.points[_CHIN]
        length = float(np.linalg.norm(upwards))
        eyes = _distance(self.points, _RIGHT_EYE[0], _LEFT_EYE[3])
        return _ratio(float(corners @ upwards), length * eyes)

    @property
    def width_px(self) -> float:
        """Distance between the borders of the cheeks in space, which no turn changes."""
        return float(np.linalg.norm(self.points[454] - self.points[234]))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the points in the picture, in pixels."""
        low = self.points[:, :2].min(axis=0)
        high = self.points[:, :2].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


Track = Callable[[Pixels], tuple[MeshFace, ...]]


class _Engine:
    """The graph of this process: loaded at first use, used by one thread at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._graph: Any = None

    def fresh_graph(self) -> Any:
        """The graph without memory of earlier frames."""
        if self._graph is None:
            self._graph = _load_graph()
        else:
            self._graph.reset()
        return self._graph


def _load_graph() -> Any:
    # Heavy (TensorFlow Lite, 0.5 s and 100 MB) and unsafe to carry over a fork: never at import.
    import mediapipe  # noqa: PLC0415

    return mediapipe.solutions.face_mesh.FaceMesh(
        static_image_mode=False,
        # One would silently pick somebody when two people are in the picture.
        max_num_faces=2,
        refine_landmarks=True,
        min_detection_confidence=0.5,
        min_tracking_confidence=0.5,
    )


_ENGINE = _Engine()


@contextmanager
def tracking() -> Iterator[Track]:
    """A function that follows faces through the frames of one video.

    Yields
    ------
    callable
        Takes one frame (ndarray of shape (height, width, 3), dtype=uint8, BGR) and returns its
        faces, largest first, at most two. Give it the frames in order: each search starts where
        the last frame had its faces.

    Notes
    -----
    The graph is shared by the process and locked until the block ends. A new block starts without
    memory, so the same frames give the same points. About 4 ms a frame of 640 x 480.
    """
    with _ENGINE.lock:
        graph = _ENGINE.fresh_graph()
        yield lambda pixels: _faces_of(graph, pixels)


def track(pixels: Pixels) -> tuple[MeshFace, ...]:
    """Faces of a single picture, largest first, at most two.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0-255.

    Returns
    -------
    tuple of MeshFace
        Empty when no face was found.
    """
    with tracking() as follow:
        return follow(pixels)


def engine_version() -> str:
    """Version of the engine that finds the points."""
    return version("mediapipe")


def _faces_of(graph: Any, pixels: Pixels) -> tuple[MeshFace, ...]:
    height_px, width_px = pixels.shape[:2]
    result = graph.process(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
    scale = np.array([width_px, height_px, width_px], dtype=np.float64)
    faces = [
        measure_face(np.array([(p.x, p.y, p.z) for p in found.landmark]) * scale)
        for found in result.multi_face_landmarks or ()
    ]
    return tuple(sorted(faces, key=lambda face: -face.width_px))


def measure_face(points: Points) -> MeshFace:
    """Pose, eyes and mouth of a face given as points.

    Parameters
    ----------
    points : ndarray of shape (478, 3), dtype=float64
        As `MeshFace.points`.

    Returns
    -------
    MeshFace
        With all angles in degrees.

    Notes
    -----
    Yaw and roll are those of the mean vector from the right to the left point of seven pairs that
    lie symmetrically in a face; pitch is that of the line from forehead to chin, so a head that
    looks straight ahead reads -10...10 degrees, by its build. No camera model and no fit: a flat
    photograph keeps a yaw near 0 however it is turned, because FaceMesh sees a frontal face.
    """
    across = (points[_SIDES[:, 1]] - points[_SIDES[:, 0]]).mean(axis=0)
    down = points[_CHIN] - points[_FOREHEAD]
    return MeshFace(
        points=points,
        yaw_deg=_angle_deg(across[2], np.hypot(across[0], across[1])),
        pitch_deg=_angle_deg(down[2], np.hypot(down[0], down[1])),
        roll_deg=_angle_deg(across[1], across[0]),
        eye_openness_right=_eye_openness(points, _RIGHT_EYE),
        eye_openness_left=_eye_openness(points, _LEFT_EYE),
        mouth_openness=_ratio(
            _distance(points, _LIP_UP, _LIP_DOWN), _distance(points, _LIP_RIGHT, _LIP_LEFT)
        ),
    )


def _angle_deg(opposite: float, adjacent: float) -> float:
    return float(np.degrees(np.arctan2(opposite, adjacent)))


def _eye_openness(points: Points, eye: tuple[int, ...]) -> float:
    """Eye aspect ratio: mean height of the lid gap over the width of the eye.

    References
    ----------
    Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks", 21st Computer Vision
    Winter Workshop, 2016, equation 1. Taken in space, not in the picture, so that a turned head
    does not read as narrower eyes.
    """
    outer, up_a, up_b, inner, down_b, down_a = eye
    heights = _distance(points, up_a, down_a) + _distance(points, up_b, down_b)
    return _ratio(heights, 2 * _distance(points, outer, inner))


def _distance(points: Points, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))


def _ratio(value: float, base: float) -> float:
    return value / base if base > 0 else 0.0
