"""A head leaves a parallax that a sheet does not, however long it takes to turn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.vision.face_mesh import MeshFace
from kyc.vision.liveness.observation import Baseline
from kyc.vision.liveness.planarity import homography_residual
from kyc.vision.liveness.policy import LivenessPolicy

Points = npt.NDArray[np.float64]
POINTS = 478
FACE_PX = 200.0
NOT_FLAT = LivenessPolicy().min_residual


def shape(*, depth: float) -> Points:
    """Points over an ellipse, its middle `depth` widths before its edge: 1 leaves what heads do."""
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-1, 1, (2, POINTS))
    z = -2 * depth * np.sqrt(np.maximum(1 - (x**2 + y**2) / 2, 0))
    return np.column_stack([x * FACE_PX / 2, y * FACE_PX * 0.7, z * FACE_PX / 2])


def turned(points: Points, yaw_deg: float) -> MeshFace:
    angle = np.deg2rad(yaw_deg)
    x = points[:, 0] * np.cos(angle) + points[:, 2] * np.sin(angle)
    z = points[:, 2] * np.cos(angle) - points[:, 0] * np.sin(angle)
    seen = np.column_stack([x + 320, points[:, 1] + 240, z])
    return MeshFace(seen, yaw_deg, 0.0, 0.0, 0.3, 0.3, 0.0)


def film(points: Points, *, ahead: int, on_the_way: int, at_the_end: int) -> list[MeshFace]:
    way = np.linspace(0, 30, on_the_way + 2)[1:-1]
    yaws = [*np.zeros(ahead), *way, *np.full(at_the_end, 30.0)]
    return [turned(points, float(yaw)) for yaw in yaws]


# Only its yaw is looked at.
REST = Baseline(**dict.fromkeys(Baseline.__dataclass_fields__, 0.0))


def residual(faces: list[MeshFace]) -> float:
    found = homography_residual(faces, REST)
    assert found is not None
    return found


@given(ahead=st.integers(4, 60), on_the_way=st.integers(0, 30), at_the_end=st.integers(3, 40))
def test_a_head_is_no_sheet_however_its_frames_are_spread(
    ahead: int, on_the_way: int, at_the_end: int
) -> None:
    head = shape(depth=1.0)

    found = residual(film(head, ahead=ahead, on_the_way=on_the_way, at_the_end=at_the_end))

    assert found > NOT_FLAT
    # A film of the end of the turn alone says the same.
    assert found == pytest.approx(
        residual(film(head, ahead=4, on_the_way=0, at_the_end=3)), rel=0.3
    )


@given(ahead=st.integers(4, 60), on_the_way=st.integers(0, 30), at_the_end=st.integers(3, 40))
def test_a_sheet_is_explained_by_a_plane(ahead: int, on_the_way: int, at_the_end: int) -> None:
    sheet = shape(depth=0.0)

    found = residual(film(sheet, ahead=ahead, on_the_way=on_the_way, at_the_end=at_the_end))

    assert found < 1e-6


def test_a_face_that_never_turns_says_nothing() -> None:
    faces = [turned(shape(depth=1.0), yaw) for yaw in (-6.0, 0.0, 6.0)]

    assert homography_residual(faces, REST) is None
