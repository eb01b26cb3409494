"""A video parted where another picture may have taken the place of this one between two frames.

Across a gap in time, or behind a hand before the lens, anything may have happened. A leap that does
not stand alone is no cut (`cuts`), and yet somebody may have been shown for a frame or two: whoever
is seen after either has to be known again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.cuts import change_of_shape
from kyc.vision.liveness.observation import Observation, contrast_of, with_one_face
from kyc.vision.liveness.policy import LivenessPolicy

# Two lost frames in a row at 12 a second.
_BREAK_MS = 250.0

Take = tuple[Observation, ...]


def takes_of(seen: Sequence[Observation], policy: LivenessPolicy) -> tuple[Take, ...]:
    """The frames with one face, in parts within which a cut would have been seen.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.
    policy : LivenessPolicy
        `max_cut_share` and `max_face_cut`.

    Returns
    -------
    tuple of tuple of Observation
        In order of time, none empty. A part ends before a gap of more than a quarter of a second,
        and wherever the picture or the face is another in the next frame.
    """
    single = with_one_face(seen)
    contrast = contrast_of(one.thumbnail for one in seen)
    breaks = [
        number
        for number, (before, after) in enumerate(pairwise(single), start=1)
        if _is_break(before, after, contrast, policy)
    ]
    bounds = [0, *breaks, len(single)]
    return tuple(
        tuple(one for one, _ in single[start:stop])
        for start, stop in pairwise(bounds)
        if stop > start
    )


def _is_break(
    before: tuple[Observation, MeshFace],
    after: tuple[Observation, MeshFace],
    contrast: float,
    policy: LivenessPolicy,
) -> bool:
    (one, face), (other, next_face) = before, after
    change = float(np.sqrt(((other.thumbnail - one.thumbnail) ** 2).mean())) / contrast
    return (
        other.at_ms - one.at_ms > _BREAK_MS
        or change > policy.max_cut_share
        or change_of_shape(face, next_face) > policy.max_face_cut
    )
