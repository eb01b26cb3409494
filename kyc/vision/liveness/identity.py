"""Whether the face of a liveness video stays the same person's from beginning to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import MeshFace
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import Embedding, FaceDescription, describe_face
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
# By how much a picture is tilted to be looked at again.
_TILTS_DEG = (4.0, -4.0)


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
        Kind fraud. The largest distance of up to seven frames from the one in their middle, -1 when
        fewer than two can be compared, which is then not raised.

    Notes
    -----
    A sharp frame towards the camera out of each sixth of the video, and the selfie: whoever does
    the movements is compared with whoever is shown to the document. 60-100 ms a frame.
    """
    pixels = {frame.index: frame.pixels for frame in frames}
    chosen = {one.index for one in _best_of_stretches(seen, baseline)}
    chosen |= {selfie.index} if selfie is not None else set()
    pictures = [pixels[index] for index in sorted(chosen) if index in pixels]
    distance = _farthest(pictures, describe, policy.max_identity_distance)
    return above("identity_changed", "fraud", distance, policy.max_identity_distance)


def _farthest(pictures: Sequence[Pixels], describe: Describe, limit: float) -> float:
    """How far the picture that is least like the others lies from the one most like them."""
    described = [(picture, _clear(picture, describe)) for picture in pictures]
    found = [(picture, one) for picture, one in described if one is not None]
    if len(found) < 2:
        return -1.0
    points = np.array([one for _, one in found])
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    centre = int(np.median(distances, axis=1).argmin())
    return max(
        _looked_at_again(picture, points[centre], describe, distance, limit)
        for (picture, _), distance in zip(found, distances[centre].tolist(), strict=True)
    )


def _looked_at_again(
    picture: Pixels, centre: Embedding, describe: Describe, distance: float, limit: float
) -> float:
    """The distance, or a smaller one of the same picture mirrored and tilted, if it is too large.

    Now and then an eye is taken for a brow, and the face is cut out askew: one person of twelve
    lay up to .78 from themselves in single frames, and .09-.15 when the frame was tilted a little.
    """
    if distance <= limit:
        return distance
    seen_again = [_clear(one, describe) for one in _variants(picture)]
    others = [float(np.linalg.norm(one - centre)) for one in seen_again if one is not None]
    return min([distance, *others])


def _variants(picture: Pixels) -> list[Pixels]:
    height, width = picture.shape[:2]
    tilts = [cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1) for tilt in _TILTS_DEG]
    return [
        np.ascontiguousarray(picture[:, ::-1]),
        *(np.asarray(cv2.warpAffine(picture, tilt, (width, height)), np.uint8) for tilt in tilts),
    ]


def _clear(picture: Pixels, describe: Describe) -> Embedding | None:
    found = describe(picture)
    is_clear = found is not None and found.detail >= DEFAULT_POLICY.min_detail
    return found.embedding if found is not None and is_clear else None


def _best_of_stretches(seen: Sequence[Observation], baseline: Baseline) -> list[Observation]:
    single = with_one_face(seen)
    # Somebody who comes in holds the head otherwise than the one whose rest was measured: those
    # who are there for most of the video must not be left out for it.
    usual_deg = float(np.median([face.pitch_deg for _, face in single])) if single else 0.0
    rests = (baseline.pitch_deg, usual_deg)
    away_deg = [_away_deg(face, baseline.yaw_deg, rests) for _, face in single]
    ahead = [
        (one, one.sharpness * (1 - _COST_PER_DEG * away))
        for (one, _), away in zip(single, away_deg, strict=True)
        if away <= _MAX_AWAY_DEG
    ]
    bounds = np.linspace(0, len(ahead), _STRETCHES + 1).round().astype(int).tolist()
    # The sharpest of its first half: all of a stretch, and a sharper person who comes into the
    # first one would hide the person who began it.
    stretches = [ahead[start : start + (stop - start + 1) // 2] for start, stop in pairwise(bounds)]
    return [max(stretch, key=lambda pair: pair[1])[0] for stretch in stretches if stretch]


def _away_deg(face: MeshFace, yaw_deg: float, rests_deg: tuple[float, float]) -> float:
    nod = min(abs(face.pitch_deg - rest) for rest in rests_deg)
    return max(abs(face.yaw_deg - yaw_deg), nod)
