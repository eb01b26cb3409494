"""The calibration of a face engine from labelled photographs."""

from __future__ import annotations

import numpy as np

from kyc.evaluating.face_pairs import FaceMaterial, LabelledPair
from kyc.evaluating.report import MaterialRefused, Progress
from kyc.vision.faces.calibrating import EngineName, Lines, PairDistances, calibrate
from kyc.vision.faces.calibration import Calibration
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import Embedding, embed_face, engine_version
from kyc.vision.faces.engines import FaceEngine
from kyc.vision.images import ImageLimits, ImageRefused, read_image

# Collections hold smaller pictures than customers may send.
LIMITS = ImageLimits(min_side_px=40)


def calibration_from(
    material: FaceMaterial,
    engine: FaceEngine,
    *,
    measured_on: str,
    progress: Progress,
    lines: Lines | None = None,
) -> Calibration:
    """Describe every picture once, and measure every pair whose answer is known.

    Parameters
    ----------
    material : FaceMaterial
    engine : FaceEngine
    measured_on : str
        Date, ISO 8601.
    progress : callable
    lines : Lines, optional
        As `calibrating.calibrate`.

    Raises
    ------
    MaterialRefused
        When a picture cannot be read or shows no face: a calibration must not rest on a choice that
        the engine itself has made.
    CalibrationRefused
        When the pairs are too few.
    WeightsUnavailable
        When the engine's model file is missing.
    """
    embeddings = {}
    for done, name in enumerate(material.names):
        progress(name, done, len(material.names))
        embeddings[name] = _embedding(material, name, engine)
    known = tuple(material.known_pairs())
    return calibrate(
        EngineName(engine.name, engine_version(engine), engine.metric),
        PairDistances(
            genuine=[_distance(pair, embeddings) for pair in known if pair.is_same],
            impostor=[_distance(pair, embeddings) for pair in known if not pair.is_same],
            people=material.people_count,
            pictures=len(material.names),
        ),
        measured_on=measured_on,
        lines=lines,
    )


def _embedding(material: FaceMaterial, name: str, engine: FaceEngine) -> Embedding:
    try:
        pixels = read_image(material.path_of(name).read_bytes(), LIMITS).pixels
    except OSError as error:
        raise MaterialRefused(f"{material.path_of(name)} cannot be read.") from error
    except ImageRefused as refused:
        raise MaterialRefused(f"{material.path_of(name)}: {refused.sentence}") from refused
    faces = detect_faces(pixels)
    if not faces:
        raise MaterialRefused(f"No face was found on {material.path_of(name)}.")
    return embed_face(pixels, faces[0], engine=engine)


def _distance(pair: LabelledPair, embeddings: dict[str, Embedding]) -> float:
    return float(np.linalg.norm(embeddings[pair.file_x] - embeddings[pair.file_y]))
