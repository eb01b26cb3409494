"""A face in numbers, so that two pictures of one person lie close together.

The engine is dlib's ResNet, run through deepface, unless another is asked for. What decides about
its accuracy is how the face is cut out: with deepface's own detector 5.3 % of the labelled pairs of
strangers are accepted at its own threshold, with the same weights on faces aligned as here none.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.faces.detect import DetectedFace
from kyc.vision.faces.engines import DLIB, Cut, FaceEngine, weights_digest, weights_label
from kyc.vision.faces.template import TEMPLATE_PX, on_template
from kyc.vision.weights import WeightsUnavailable, prepare_deepface, require

Pixels = npt.NDArray[np.uint8]
Embedding = npt.NDArray[np.float32]

# The chip that dlib's descriptor was trained on: 150 px, a quarter of the face added on each side.
CHIP_PX = 150
CHIP_PADDING = 0.25
# The face is this wide when the five points are looked for; larger only costs time.
PATCH_FACE_PX = 220
# Around the face, in face widths: enough for the padding of a chip that is turned.
PATCH_REACH = 1.3


# Keeps a network that gives nothing but noughts from dividing by nought.
MIN_LENGTH = 1e-9
# The part of a chip that is skin and features, not hair and background.
DETAIL_PART = slice(25, 125)


@dataclass(frozen=True, slots=True, eq=False)
class FaceDescription:
    """A face in numbers: its descriptor, and how much fine detail that rests on."""

    embedding: Embedding = field(repr=False)
    detail: float


@dataclass(frozen=True, slots=True)
class _Engine:
    predictor: Any
    dlib: Any
    represent: Any


def engine_version(engine: FaceEngine = DLIB) -> str:
    """Versions of the packages and the first digits of the weights that decide about a distance.

    Raises
    ------
    WeightsUnavailable
        When the engine's model file is missing or damaged.
    """
    packages = f"deepface {version('deepface')}, dlib {version('dlib-bin')}"
    return f"{packages}, {weights_label(engine)}"


def embed_face(pixels: Pixels, face: DetectedFace, *, engine: FaceEngine = DLIB) -> Embedding:
    """The descriptor of one detected face.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, the picture in which `face` was detected.
    face : DetectedFace
    engine : FaceEngine
        Which network describes it.

    Returns
    -------
    ndarray of shape (engine.dimensions,), dtype=float32
        Compare by Euclidean distance: 0 is the same picture; with the default engine strangers lie
        at .6…1.2.

    Raises
    ------
    WeightsUnavailable
        When the model files are missing or damaged; nothing is downloaded.
    """
    return describe_face(pixels, face, engine=engine).embedding


def describe_face(
    pixels: Pixels, face: DetectedFace, *, engine: FaceEngine = DLIB
) -> FaceDescription:
    """The descriptor of one detected face and the detail it rests on; as `embed_face`."""
    chip = align_face(pixels, face)
    embedding = _represented(_cut(pixels, face, chip, engine), engine)
    if engine.is_unit:
        embedding /= max(float(np.linalg.norm(embedding)), MIN_LENGTH)
    return FaceDescription(embedding, detail_of(chip))


def _cut(pixels: Pixels, face: DetectedFace, chip: Pixels, engine: FaceEngine) -> Pixels:
    if engine.cut is Cut.DLIB_CHIP:
        return chip
    # Three to one at most: shrunk by less than that, every pixel still counts.
    scale = min(1.0, 3 * TEMPLATE_PX / max(face.width, face.height))
    if scale < 1:
        pixels, face = _shrunk_around(pixels, face, scale)
    return on_template(pixels, face)


def _represented(cut: Pixels, engine: FaceEngine) -> Embedding:
    """What the network gives for a face that is cut out as it wants it."""
    loaded = _engine()
    # Its file is whole; else deepface would go and look for it on the internet.
    weights_digest(engine)
    with _engine_lock:
        found = loaded.represent(cut, model_name=engine.model, detector_backend="skip")
    embedding = np.asarray(found[0]["embedding"], np.float32)
    if embedding.shape != (engine.dimensions,):
        raise WeightsUnavailable(
            f"The model file of the face engine {engine.name} gives {embedding.size} numbers "
            f"instead of {engine.dimensions}; it is not the expected one."
        )
    return embedding


def detail_of(chip: Pixels) -> float:
    """How much fine detail a face shows, whether it was lost by blur or by too few pixels.

    Variance of the Laplacian over the variance of the grey levels, in the middle of the chip after
    a blur of one pixel that takes the sensor's noise away. Contrast and brightness cancel out.

    Parameters
    ----------
    chip : ndarray of shape (150, 150, 3), dtype=uint8
        As `align_face` returns it.

    Returns
    -------
    float
        .026 for the median of 45 photographs, .007 when their faces are 40 px wide, .003 when they
        are blurred by a fiftieth of the face's width. 0 for an even surface.
    """
    grey = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY).astype(np.float32)[DETAIL_PART, DETAIL_PART]
    quiet = cv2.GaussianBlur(grey, (0, 0), 1.0)
    return float(cv2.Laplacian(quiet, cv2.CV_32F).var() / max(float(grey.var()), 1.0))


def align_face(pixels: Pixels, face: DetectedFace) -> Pixels:
    """The face as dlib wants it: eyes level, 150 × 150 px, BGR.

    1. Cut out the face with some room, turned so that the eyes are level.
    2. Find dlib's five points (corners of the eyes, base of the nose).
    3. Cut the chip along those points.
    """
    engine = _engine()
    patch, box = _upright_patch(pixels, face)
    rgb = np.ascontiguousarray(patch[..., ::-1])
    x, y, side = box
    rectangle = engine.dlib.rectangle(x, y, x + side, y + side)
    with _engine_lock:
        points = engine.predictor(rgb, rectangle)
        chip = engine.dlib.get_face_chip(rgb, points, size=CHIP_PX, padding=CHIP_PADDING)
    return np.ascontiguousarray(chip[..., ::-1])


def _upright_patch(pixels: Pixels, face: DetectedFace) -> tuple[Pixels, tuple[int, int, int]]:
    """The surroundings of a face with level eyes, and x, y, side of the face in them."""
    side = max(face.width, face.height)
    scale = min(1.0, PATCH_FACE_PX / side)
    if scale < 1:
        # Averaging first: turning and shrinking in one step would skip pixels.
        pixels, face = _shrunk_around(pixels, face, scale)
        side = max(face.width, face.height)
    half = round(PATCH_REACH * side)
    centre_x, centre_y = face.centre
    matrix = cv2.getRotationMatrix2D((centre_x, centre_y), face.rotation_deg, 1.0)
    matrix[:, 2] += half - np.array((centre_x, centre_y))
    patch = cv2.warpAffine(
        pixels, matrix, (2 * half, 2 * half), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    corner = round(half - side / 2)
    return np.asarray(patch, np.uint8), (corner, corner, round(side))


def _shrunk_around(pixels: Pixels, face: DetectedFace, scale: float) -> tuple[Pixels, DetectedFace]:
    """Only the part of the picture that is needed, averaged down, and the face in it."""
    height, width = pixels.shape[:2]
    reach = 2 * PATCH_REACH * max(face.width, face.height)
    centre_x, centre_y = face.centre
    left, top = max(0, int(centre_x - reach)), max(0, int(centre_y - reach))
    right, bottom = min(width, int(centre_x + reach)), min(height, int(centre_y + reach))
    part = cv2.resize(
        pixels[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    return np.asarray(part, np.uint8), _moved(face, left, top, scale)


def _moved(face: DetectedFace, left: int, top: int, scale: float) -> DetectedFace:
    return DetectedFace(
        x=(face.x - left) * scale,
        y=(face.y - top) * scale,
        width=face.width * scale,
        height=face.height * scale,
        score=face.score,
        landmarks=(face.landmarks - (left, top)) * scale,
        rotation_deg=face.rotation_deg,
        models=face.models,
    )


# dlib's networks keep their layers' outputs in the object: one face at a time.
_engine_lock = threading.RLock()


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Load weights and packages once a process, on first use."""
    prepare_deepface()
    # Half a second of imports that a process without faces never needs; deepface reads where its
    # weights are when it is first used, so it is told before.
    import dlib  # noqa: PLC0415
    from deepface import DeepFace  # noqa: PLC0415

    (landmarks_path,) = require("face-landmarks")
    return _Engine(
        predictor=dlib.shape_predictor(str(landmarks_path)),
        dlib=dlib,
        represent=DeepFace.represent,
    )
