"""Signs that the face is a flat picture: it moves as paper moves, not as a head."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import FACE_POINT_COUNT, MeshFace
from kyc.vision.liveness.observation import Baseline, Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above

# Frames closer in yaw move too little to tell, farther apart FaceMesh guesses the hidden side.
_PAIR_YAW_DEG = (15.0, 40.0)
_MAX_PAIRS = 40
_MIN_PAIRS = 3
# Towards the camera, within which a head's proportions in the picture do not change.
_STILL_YAW_DEG, _STILL_PITCH_DEG = 12.0, 8.0
_RIGHT_EYE_CORNER, _LEFT_EYE_CORNER, _FOREHEAD, _UNDER_NOSE = 33, 263, 10, 2
# A slip of the tracker lasts a frame or two; a sheet that is turned, a quarter of a second.
_SUSTAINED_FRAMES = 3


def planarity_signals(
    seen: Sequence[Observation], baseline: Baseline, policy: LivenessPolicy
) -> tuple[Signal, ...]:
    """`flat_face` and `foreshortened_face`.

    Returns
    -------
    tuple of Signal
        Both of kind fraud. `flat_face` has the value -1 when no two frames were far enough apart to
        measure, and is then not raised: without a turn there is no action to pass either.
    """
    faces = [face for _, face in with_one_face(seen)]
    residual = homography_residual(faces, baseline)
    is_flat = residual is not None and residual < policy.min_residual
    return (
        Signal(
            "flat_face",
            "fraud",
            -1.0 if residual is None else residual,
            policy.min_residual,
            is_flat,
        ),
        above(
            "foreshortened_face",
            "fraud",
            foreshortening(faces, baseline),
            policy.max_foreshortening,
        ),
    )


def homography_residual(faces: Sequence[MeshFace], baseline: Baseline) -> float | None:
    """How badly one plane explains the face in two poses.

    Parameters
    ----------
    faces : sequence of MeshFace
        The face through the video.
    baseline : Baseline
        The person at rest.

    Returns
    -------
    float or None
        RMS distance, in face sizes, between the points of a frame that looks ahead and those of one
        15-40 degrees of yaw from it after the best homography; the median over the half of such
        pairs that lies farthest apart. 0 is a perfect plane, a head .037-.05. None with fewer than
        three pairs.

    References
    ----------
    Hartley and Zisserman, "Multiple View Geometry in Computer Vision", 2nd edition, 2004, §13.1:
    two views of a plane are related by a homography; points off the plane leave a parallax.
    """
    # Always from a frontal frame: two half turns to opposite sides mirror each other, and one plane
    # explains them better than it does either of them and the face at rest.
    ahead = [face for face in faces if abs(face.yaw_deg - baseline.yaw_deg) < _STILL_YAW_DEG]
    pairs = [
        (one, other)
        for one, other in product(ahead, faces)
        if _PAIR_YAW_DEG[0] <= abs(one.yaw_deg - other.yaw_deg) <= _PAIR_YAW_DEG[1]
    ]
    if len(pairs) < _MIN_PAIRS:
        return None
    return float(np.median([_pair_residual(one, other) for one, other in _widest(pairs)]))


def _widest(pairs: list[tuple[MeshFace, MeshFace]]) -> list[tuple[MeshFace, MeshFace]]:
    """Some of the half that is farthest apart, evenly by angle.

    What a plane leaves unexplained grows with the sine of the turn (.075-.087 of it on rendered
    heads), so the frames on the way to the end of a turn say little of either.
    """
    by_turn = sorted(pairs, key=lambda pair: abs(pair[0].yaw_deg - pair[1].yaw_deg))
    half = by_turn[len(by_turn) // 2 :]
    places = np.linspace(0, len(half) - 1, min(len(half), _MAX_PAIRS)).round().astype(int)
    return [half[place] for place in places]


def _pair_residual(one: MeshFace, other: MeshFace) -> float:
    source = one.points[:FACE_POINT_COUNT, :2]
    target = other.points[:FACE_POINT_COUNT, :2]
    matrix, _ = cv2.findHomography(source, target, 0)
    if matrix is None:
        return 1.0
    projected = cv2.perspectiveTransform(source[None], matrix)[0]
    size_px = float(np.linalg.norm(np.ptp(target, axis=0)))
    return _rms(projected - target) / max(size_px, 1.0)


def _rms(offsets: NDArray[np.float64]) -> float:
    return float(np.sqrt((offsets**2).sum(axis=1).mean()))


def foreshortening(faces: Sequence[MeshFace], baseline: Baseline) -> float:
    """How much narrower or flatter the face became without the head having turned or nodded.

    Parameters
    ----------
    faces : sequence of MeshFace
        The face through the video.
    baseline : Baseline
        The person at rest.

    Returns
    -------
    float
        0 as at rest; .3 for a sheet of paper turned by 45 degrees (1 - cos 45°), on which FaceMesh
        keeps seeing a face that looks into the camera. The third largest value counts.
    """
    ratios = np.array([_width_over_height(face) for face in faces if _is_still(face, baseline)])
    if len(ratios) < _SUSTAINED_FRAMES:
        return 0.0
    usual = float(np.median(ratios))
    change = np.maximum(1 - ratios / usual, 1 - usual / ratios)
    return float(np.sort(change)[-_SUSTAINED_FRAMES])


def _is_still(face: MeshFace, baseline: Baseline) -> bool:
    return (
        abs(face.yaw_deg - baseline.yaw_deg) < _STILL_YAW_DEG
        and abs(face.pitch_deg - baseline.pitch_deg) < _STILL_PITCH_DEG
    )


def _width_over_height(face: MeshFace) -> float:
    flat = face.points[:, :2]
    width = float(np.linalg.norm(flat[_LEFT_EYE_CORNER] - flat[_RIGHT_EYE_CORNER]))
    height = float(np.linalg.norm(flat[_UNDER_NOSE] - flat[_FOREHEAD]))
    return width / max(height, 1e-6)
