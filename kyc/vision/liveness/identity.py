"""Whether the face of a liveness video stays the same person's from beginning to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import MeshFace
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import FaceDescription, describe_face
from kyc.vision.faces.match import DEFAULT_POLICY
from kyc.vision.liveness.observation import Baseline, Observation, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above
from kyc.vision.video import Frame
from kyc.vision.weights import require

Pixels = NDArray[np.uint8]
Describe = Callable[[Pixels], FaceDescription | None]

# Each stretch of the video gives the frame that shows most of a face: one or two seconds each.
_STRETCHES = 6
# Towards the camera: the descriptor drives a turned face away from itself.
_MAX_AWAY_DEG = 15.0
_COST_PER_DEG = 0.03


def face_describer() -> Describe:
    """The descriptor of the surest face of a picture, None without a face.

    Raises
    ------
    WeightsUnavailable
        When the model files are missing or damaged.
    """
    require("face-descriptor", "face-landmarks")
    return _describe


def _describe(pixels: Pixels) -> FaceDescription | None:
    faces = detect_faces(pixels)
    return describe_face(pixels, faces[0]) if faces else None


def identity_signal(
    frames: Sequence[Frame],
    seen: Sequence[Observation],
    baseline: Baseline,
    selfie: Observation | None,
    describe: Describe,
    policy: LivenessPolicy,
) -> Signal:
    """`identity_changed`: how far apart the faces of one video lie.

    Parameters
    ----------
    frames : sequence of Frame
        The video.
    seen : sequence of Observation
        The same frames, measured.
    baseline : Baseline
        The person at rest.
    selfie : Observation or None
        The frame that will be compared with the document.
    describe : Describe
        From `face_describer`.
    policy : LivenessPolicy
        `max_identity_distance`.

    Returns
    -------
    Signal
        Kind fraud. The largest distance between two of up to seven frames, -1 when fewer than two
        can be compared, which is then not raised.

    Notes
    -----
    A sharp frame towards the camera out of each sixth of the video, and the selfie: whoever does
    the movements is compared with whoever is shown to the document. 60-100 ms a frame.
    """
    pixels = {frame.index: frame.pixels for frame in frames}
    chosen = {one.index for one in _best_of_stretches(seen, baseline)}
    chosen |= {selfie.index} if selfie is not None else set()
    found = [describe(pixels[index]) for index in sorted(chosen) if index in pixels]
    clear = [one for one in found if one is not None and one.detail >= DEFAULT_POLICY.min_detail]
    return above("identity_changed", "fraud", _spread(clear), policy.max_identity_distance)


def _best_of_stretches(seen: Sequence[Observation], baseline: Baseline) -> list[Observation]:
    ahead = [
        (one, face)
        for one, face in with_one_face(seen)
        if _away_deg(face, baseline) <= _MAX_AWAY_DEG
    ]
    bounds = np.linspace(0, len(ahead), _STRETCHES + 1).round().astype(int).tolist()
    # The sharpest of its first half: all of a stretch, and a sharper person who comes into the
    # first one would hide the person who began it.
    stretches = [ahead[start : start + (stop - start + 1) // 2] for start, stop in pairwise(bounds)]
    return [
        max(stretch, key=lambda pair: _worth(pair, baseline))[0] for stretch in stretches if stretch
    ]


def _away_deg(face: MeshFace, baseline: Baseline) -> float:
    return max(abs(face.yaw_deg - baseline.yaw_deg), abs(face.pitch_deg - baseline.pitch_deg))


def _worth(pair: tuple[Observation, MeshFace], baseline: Baseline) -> float:
    one, face = pair
    return one.sharpness * (1 - _COST_PER_DEG * _away_deg(face, baseline))


def _spread(found: Sequence[FaceDescription]) -> float:
    if len(found) < 2:
        return -1.0
    points = np.array([one.embedding for one in found])
    return float(np.linalg.norm(points[:, None] - points[None], axis=2).max())
