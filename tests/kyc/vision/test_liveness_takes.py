"""A video is parted where somebody else may have come before the camera unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.liveness.takes import takes_of
from tests.kyc.vision.test_liveness_cuts import BLANK, face, seen, turning

POLICY = LivenessPolicy()


def lengths(frames: object) -> list[int]:
    return [len(take) for take in takes_of(frames, POLICY)]  # type: ignore[arg-type]


def test_frames_that_follow_each_other_are_one_take() -> None:
    assert lengths(turning(0, 0, 10, 25, 30, 15, 0)) == [7]
    assert lengths(seen([face(0)] * 6, step_ms=167)) == [6]


def test_a_long_gap_parts_whatever_is_seen_after_it() -> None:
    frames = seen([face(0)] * 6)
    late = [replace(one, at_ms=one.at_ms + 200) if one.index >= 2 else one for one in frames]

    assert lengths(late) == [2, 4]


def test_a_lost_frame_alone_parts_nothing() -> None:
    assert lengths(seen([face(0), face(0), None, face(0), face(0)])) == [4]


def test_another_face_is_another_take_however_short_it_is_shown() -> None:
    assert lengths(seen([face(0), face(0), None, face(35), face(35)])) == [2, 2]
    assert lengths(turning(0, 0, 35, 0, 0)) == [2, 1, 2]


def test_another_scene_is_another_take() -> None:
    bright = np.full_like(BLANK[0], 200)
    frames = [
        replace(one, thumbnail=bright) if one.index == 2 else one for one in seen([face(0)] * 5)
    ]

    assert lengths(frames) == [2, 1, 2]


def test_without_a_face_there_is_no_take() -> None:
    assert lengths(seen([None, None])) == []
