"""The geometry of a face is read as its docstrings promise."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.simulation.head_motion import HeadPose, build_head, render_head
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.vision.face_mesh import POINT_COUNT, MeshFace, measure_face, track, tracking


@pytest.fixture(scope="module", params=PORTRAIT_NAMES)
def head(request: Any) -> Any:
    return build_head(load_portrait(request.param, framing="selfie"))


def only_face(pixels: np.ndarray) -> MeshFace:
    faces = track(pixels)
    assert len(faces) == 1
    return faces[0]


def test_a_frontal_portrait_reads_as_looking_at_the_camera(head: Any) -> None:
    face = only_face(head.texture)

    assert face.points.shape == (POINT_COUNT, 3)
    assert abs(face.yaw_deg) < 3
    assert abs(face.roll_deg) < 5
    assert 0.2 < face.eye_openness < 0.45


def test_yaw_is_positive_towards_the_persons_own_left(head: Any) -> None:
    left = only_face(render_head(head, HeadPose(yaw_deg=25)))
    right = only_face(render_head(head, HeadPose(yaw_deg=-25)))

    assert 18 < left.yaw_deg < 32
    assert -32 < right.yaw_deg < -18
    # The own left of the person is the right of a picture that is not mirrored.
    nose, cheeks = 1, (234, 454)
    assert left.points[nose, 0] > left.points[list(cheeks), 0].mean()


def test_mirroring_the_picture_swaps_left_and_right(head: Any) -> None:
    turned = render_head(head, HeadPose(yaw_deg=25))

    mirrored = only_face(np.ascontiguousarray(turned[:, ::-1]))

    assert mirrored.yaw_deg == pytest.approx(-only_face(turned).yaw_deg, abs=5)


def test_pitch_is_positive_when_the_chin_goes_down(head: Any) -> None:
    rest = only_face(head.texture)

    down = only_face(render_head(head, HeadPose(pitch_deg=12)))

    assert 6 < down.pitch_deg - rest.pitch_deg < 25


def test_roll_follows_the_picture_plane(head: Any) -> None:
    rest = only_face(head.texture)
    height, width = head.texture.shape[:2]
    # OpenCV's positive angles are counter-clockwise.
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -15, 1)

    tilted = only_face(cv2.warpAffine(head.texture, matrix, (width, height)))

    assert tilted.roll_deg - rest.roll_deg == pytest.approx(15, abs=3)


def test_closing_the_eyes_and_opening_the_mouth_are_measured(head: Any) -> None:
    rest = only_face(head.texture)

    shut = only_face(render_head(head, HeadPose(eye_closure=1)))
    wide = only_face(render_head(head, HeadPose(mouth_opening=1)))

    assert shut.eye_openness < 0.5 * rest.eye_openness
    assert wide.mouth_openness > rest.mouth_openness + 0.15
    assert wide.eye_openness > 0.8 * rest.eye_openness


def test_two_people_are_two_faces() -> None:
    people = [load_portrait(name, framing="selfie") for name in PORTRAIT_NAMES]

    faces = track(np.hstack(people))

    assert len(faces) == 2
    assert faces[0].width_px >= faces[1].width_px


def test_an_empty_room_has_no_face() -> None:
    assert track(np.full((480, 640, 3), 128, np.uint8)) == ()


def test_a_video_is_forgotten_before_the_next(head: Any) -> None:
    frames = [render_head(head, HeadPose(yaw_deg=angle)) for angle in (0, 10, 20)]

    with tracking() as follow:
        first = [follow(frame)[0].yaw_deg for frame in frames]
    track(np.zeros((480, 640, 3), np.uint8))
    with tracking() as follow:
        second = [follow(frame)[0].yaw_deg for frame in frames]

    assert first == second


def test_points_are_measured_alike_at_every_size(head: Any) -> None:
    face = only_face(head.texture)

    doubled = measure_face(face.points * 2)

    assert doubled.yaw_deg == pytest.approx(face.yaw_deg)
    assert doubled.eye_openness == pytest.approx(face.eye_openness)
    assert doubled.mouth_openness == pytest.approx(face.mouth_openness)
    assert doubled.width_px == pytest.approx(2 * face.width_px)


def test_the_engine_is_not_loaded_by_an_import() -> None:
    code = "import sys, kyc.vision.face_mesh; sys.exit('mediapipe' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
