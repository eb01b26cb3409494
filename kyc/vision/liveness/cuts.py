"""Changes from one frame to the next that stand alone: another picture took the place of this one.

A hand that swings a camera changes the picture as much, and a head that turns changes the face, but
over several frames; and a browser that was too busy to record leaves a gap in time, after which
everything may have moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import FACE_POINT_COUNT, MeshFace
from kyc.vision.liveness.observation import Observation, contrast_of

# A change stands alone that is this many times as large as any of the two before and the two after
# it, between frames that are this close; `takes` parts a video at the others.
_CUT_FACTOR = 4.0
_CUT_REACH = 2
_CUT_MAX_GAP_MS = 150.0


def scene_cut(seen: Sequence[Observation], differences: NDArray[np.float64]) -> float:
    """The largest change of the whole picture that stands alone.

    Parameters
    ----------
    seen : sequence of Observation
        n frames in order of time.
    differences : ndarray of shape (n, n), dtype=float64
        Between their small pictures, RMS grey levels.

    Returns
    -------
    float
        In shares of the pictures' contrast; 0 if none does.
    """
    contrast = contrast_of(one.thumbnail for one in seen)
    return _largest_alone(np.diagonal(differences, 1), seen) / contrast


def face_cut(seen: Sequence[Observation]) -> float:
    """The largest change of the face's shape that stands alone, however small the face is.

    Parameters
    ----------
    seen : sequence of Observation
        All frames in order of time.

    Returns
    -------
    float
        RMS distance of the face's points from where they were, in widths of the face, after the
        best shift, turn and enlargement in the picture, so that neither a shaking camera nor a
        nearer face counts; 0 if none stands alone. Stills shown one after the other read .097 and
        more, people up to .012.
    """
    steps = [
        change_of_shape(before.face, after.face) if before.face and after.face else np.inf
        for before, after in pairwise(seen)
    ]
    return _largest_alone(np.array(steps), seen)


def _largest_alone(steps: NDArray[np.float64], seen: Sequence[Observation]) -> float:
    """Of changes from each frame to the next; infinite ones are unknown and hide those beside."""
    around = np.pad(steps, _CUT_REACH)
    beside = np.max(
        [
            around[shift : shift + len(steps)]
            for shift in range(2 * _CUT_REACH + 1)
            if shift != _CUT_REACH
        ],
        axis=0,
    )
    gaps_ms = np.diff([one.at_ms for one in seen])
    is_cut = np.isfinite(steps) & (steps > _CUT_FACTOR * beside) & (gaps_ms <= _CUT_MAX_GAP_MS)
    return float(steps[is_cut].max(initial=0.0))


def change_of_shape(before: MeshFace, after: MeshFace) -> float:
    """RMS distance of a face's points from where they were that no similarity explains.

    In widths of the face; shift, turn in the picture and enlargement do not count.
    """
    one, other = _in_the_plane(before), _in_the_plane(after)
    # One complex factor is a turn and a size.
    factor = np.vdot(one, other) / np.vdot(one, one)
    rms = float(np.sqrt((np.abs(other - factor * one) ** 2).mean()))
    return rms / max(after.width_px, 1.0)


def _in_the_plane(face: MeshFace) -> NDArray[np.complex128]:
    x, y = face.points[:FACE_POINT_COUNT, :2].T
    flat = x + 1j * y
    return np.asarray(flat - flat.mean(), np.complex128)
