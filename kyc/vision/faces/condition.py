"""Whether a face shows enough of itself to be compared: size, sharpness, turn, eyes and mouth.

The descriptor does not need the eyes: it matches straight through painted sunglasses, and so it
would match a photograph with a hole where somebody else's eyes look out. What is covered is
therefore refused before anything is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.face_mesh import MeshFace, track
from kyc.vision.faces.detect import DetectedFace
from kyc.vision.faces.features import eye_structure, mouth_structure

Pixels = npt.NDArray[np.uint8]

# The face with half its width around it, large enough for the mesh and small enough to be quick.
VIEW_PX = 320
VIEW_REACH = 1.0


@dataclass(frozen=True, slots=True)
class FaceCondition:
    """What was measured on one face.

    Attributes
    ----------
    width_px : float
        Of the detector's square, in pixels of the picture.
    detail : float
        As `embed.detail_of`.
    is_mesh_found : bool
        Whether a mesh fits; without one the measures below are 0.
    yaw_deg, pitch_deg : float
        As `face_mesh.MeshFace`.
    eye_structure : float
        Of the less visible eye: how strongly lids, lashes and iris stand out, relative to the
        cheek's brightness. .17…0.4 for bare eyes and through clear glasses, near 0 when covered.
    mouth_structure : float
        The same of the mouth: .19…0.54 for bare ones.
    """

    width_px: float
    detail: float
    is_mesh_found: bool = False
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    eye_structure: float = 0.0
    mouth_structure: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """A face cut out upright, and the affine map from the picture to it."""

    pixels: Pixels
    to_view: npt.NDArray[np.float64]


def examine_face(pixels: Pixels, face: DetectedFace, *, detail: float) -> FaceCondition:
    """Measure how well a face can be seen.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, the picture in which `face` was detected.
    face : DetectedFace
    detail : float
        Of the aligned face, as `embed.detail_of` gives it.

    Returns
    -------
    FaceCondition

    Notes
    -----
    About 10 ms, most of it the mesh.
    """
    width_px = max(face.width, face.height)
    view = face_view(pixels, face).pixels
    mesh = mesh_in(view)
    if mesh is None:
        return FaceCondition(width_px, detail)
    light = _lightness(view)
    return FaceCondition(
        width_px=width_px,
        detail=detail,
        is_mesh_found=True,
        yaw_deg=mesh.yaw_deg,
        pitch_deg=mesh.pitch_deg,
        eye_structure=min(eye_structure(light, mesh.points)),
        mouth_structure=mouth_structure(light, mesh.points),
    )


def face_view(pixels: Pixels, face: DetectedFace) -> FaceView:
    """The face upright in the middle of a square of 320 px."""
    half = VIEW_REACH * max(face.width, face.height)
    scale = VIEW_PX / (2 * half)
    matrix = cv2.getRotationMatrix2D(face.centre, face.rotation_deg, scale)
    matrix[:, 2] += VIEW_PX / 2 - np.array(face.centre)
    if scale < 0.5:
        # Averaging first: turning and shrinking in one step would skip pixels.
        side = max(1, round(0.5 / scale))
        pixels = np.asarray(cv2.blur(pixels, (side, side)), np.uint8)
    view = cv2.warpAffine(pixels, matrix, (VIEW_PX, VIEW_PX), borderMode=cv2.BORDER_REPLICATE)
    return FaceView(np.asarray(view, np.uint8), matrix)


def mesh_in(view: Pixels) -> MeshFace | None:
    """The mesh of the face in the middle of a view."""
    middle = np.full(2, VIEW_PX / 2)
    return min(
        track(view),
        key=lambda mesh: float(np.linalg.norm(mesh.points[:, :2].mean(axis=0) - middle)),
        default=None,
    )


def _lightness(view: Pixels) -> npt.NDArray[np.float32]:
    light = cv2.cvtColor(view, cv2.COLOR_BGR2LAB)[..., 0].astype(np.float32)
    # The sensor's grain is not a feature.
    return np.asarray(cv2.GaussianBlur(light, (0, 0), 0.8), np.float32)
