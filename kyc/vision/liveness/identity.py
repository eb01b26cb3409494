"""Whether the face of a liveness video stays the same person's from beginning to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kyc.vision.face_mesh import MeshFace
from kyc.vision.faces.embed import Embedding
from kyc.vision.liveness.actions import ActionSeen
from kyc.vision.liveness.album import Album, Describe
from kyc.vision.liveness.observation import Baseline, Observation, baseline_of, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.signals import Signal, above
from kyc.vision.liveness.takes import takes_of

Part = Sequence[Observation]

# Each stretch of the video gives the frame that shows most of a face: one or two seconds each.
_STRETCHES = 6
# Towards the camera: the descriptor drives a turned face away from itself.
_MAX_AWAY_DEG = 15.0
_COST_PER_DEG = 0.03
# How far from a movement the face of whoever does it is looked for, and in how many frames.
_NEAR_MS = 1_000.0
_TRIES = 3
# A video in more takes is not looked into: people read one, and a describer takes its time.
_MAX_TAKES = 12


def identity_signals(
    seen: Part,
    plain: Part,
    selfie: Observation | None,
    actions: Sequence[ActionSeen],
    describe: Describe,
    policy: LivenessPolicy,
) -> tuple[Signal, ...]:
    """Whether one person is there all the while, as far as that can be told.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.
    plain : sequence of Observation
        Those of them before the screen lit the face.
    selfie : Observation or None
        The frame that will be compared with the document.
    actions : sequence of ActionSeen
        What was done, and when.
    describe : Describe
        From `album.face_describer`.
    policy : LivenessPolicy
        `max_identity_distance`.

    Returns
    -------
    tuple of Signal
        `identity_changed`, kind fraud: the largest distance of up to seven frames from the one in
        their middle, -1 when fewer than two can be compared, which is then not raised.

        `identity_unclear`, kind behaviour: in how many parts of the video nobody can be told to be
        that person. Parts are its takes (`takes.takes_of`) and the time around each movement; all
        count when the selfie is too poor, or the takes are too many. One raises it: whoever does
        the movements out of focus could be anybody.

        Empty when no frame has exactly one face.

    Notes
    -----
    1. A sharp frame towards the camera out of each sixth of the video, and the selfie: whoever does
       the movements is compared with whoever is shown to the document.
    2. Up to three frames more of each part in which none of these shows the person.
    """
    baseline = baseline_of(plain)
    if baseline is None:
        return ()
    album = Album(describe, policy.max_identity_distance)
    rest = _rest_of(plain, baseline)
    stretches = _stretches(plain, rest)
    chosen = [max(stretch, key=rest.worth) for stretch in stretches]
    if selfie is not None and all(one.index != selfie.index for one in chosen):
        chosen.append(selfie)
    clear = [(one, face) for one in chosen if (face := album.face_of(one)) is not None]
    person = _middle([face for _, face in clear])
    distance = -1.0
    if person is not None and len(clear) > 1:
        distance = max(album.distance_of(one, person) for one, _ in clear)
    takes = takes_of(seen, policy)
    parts = [*takes, *_around(actions, takes)]
    unclear = len(parts)
    has_selfie = selfie is not None and album.face_of(selfie) is not None
    if person is not None and has_selfie and len(takes) <= _MAX_TAKES:
        unclear = sum(not _is_there(person, part, album, rest) for part in parts)
    return (
        above("identity_changed", "fraud", distance, policy.max_identity_distance),
        above("identity_unclear", "behaviour", unclear, 0),
    )


def _middle(faces: Sequence[Embedding]) -> Embedding | None:
    """The face that is most like the others."""
    if not faces:
        return None
    points = np.array(faces)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    return faces[int(np.median(distances, axis=1).argmin())]


def _is_there(person: Embedding, part: Part, album: Album, rest: _Rest) -> bool:
    """Whether a frame of a part shows the person; those already described are asked first."""
    known = [one for one in part if album.holds(one)]
    best = sorted(part, key=rest.worth, reverse=True)[:_TRIES]
    return any(album.shows(one, person) for one in (*known, *best))


def _around(actions: Sequence[ActionSeen], takes: Sequence[Part]) -> list[Part]:
    """The time around each movement, in the take in which it was recognised."""
    return [
        [one for one in take if abs(one.at_ms - action.at_ms) <= _NEAR_MS]
        for action in actions
        for take in takes
        if action.at_ms is not None and take[0].at_ms <= action.at_ms <= take[-1].at_ms
    ]


@dataclass(frozen=True, slots=True)
class _Rest:
    """How the head is held that looks into the camera; one nod of two counts."""

    yaw_deg: float
    pitches_deg: tuple[float, float]

    def away_deg(self, face: MeshFace) -> float:
        nod = min(abs(face.pitch_deg - pitch) for pitch in self.pitches_deg)
        return max(abs(face.yaw_deg - self.yaw_deg), nod)

    def worth(self, one: Observation) -> float:
        """What a frame is worth to the describer."""
        if one.face is None:
            return 0.0
        return one.sharpness * (1 - _COST_PER_DEG * self.away_deg(one.face))


def _rest_of(plain: Part, baseline: Baseline) -> _Rest:
    # Somebody who comes in holds the head otherwise than the one whose rest was measured: those
    # who are there for most of the video must not be left out for it.
    usual_deg = float(np.median([face.pitch_deg for _, face in with_one_face(plain)]))
    return _Rest(baseline.yaw_deg, (baseline.pitch_deg, usual_deg))


def _stretches(plain: Part, rest: _Rest) -> list[Part]:
    ahead = [one for one, face in with_one_face(plain) if rest.away_deg(face) <= _MAX_AWAY_DEG]
    bounds = np.linspace(0, len(ahead), _STRETCHES + 1).round().astype(int).tolist()
    # The first half of each: of a whole stretch the sharpest is taken, and a sharper person who
    # comes into the first one would hide the person who began it.
    halves = [ahead[start : start + (stop - start + 1) // 2] for start, stop in pairwise(bounds)]
    return [half for half in halves if half]
