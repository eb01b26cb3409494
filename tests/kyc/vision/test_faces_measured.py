"""What the engine must reach on labelled photographs, so that a loss is seen."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from kyc.evaluating.face_pairs import LabelledPair, read_face_material
from kyc.vision import weights
from kyc.vision.faces.calibration import shipped_calibration
from kyc.vision.faces.condition import examine_face
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import Embedding, describe_face
from kyc.vision.faces.match import DEFAULT_POLICY, people_among
from kyc.vision.faces.refusals import FaceRefusal, refusal_of

FOLDER = Path(os.environ.get("MEASUREMENT_DATA", "")) / "faces"

pytestmark = [
    pytest.mark.measurement,
    pytest.mark.skipif(
        not os.environ.get("MEASUREMENT_DATA") or not FOLDER.is_dir(),
        reason="MEASUREMENT_DATA names no folder with faces/",
    ),
]


@dataclass(frozen=True, slots=True)
class Measured:
    people_counts: list[int]
    refusals: list[FaceRefusal | None]
    same: list[float]
    strangers: list[float]


@pytest.fixture(scope="module")
def measured() -> Measured:
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    counts: list[int] = []
    refusals: list[FaceRefusal | None] = []
    embeddings = {}
    for path in sorted((FOLDER / "images").iterdir()):
        pixels = np.asarray(cv2.imread(str(path)), np.uint8)
        faces = detect_faces(pixels)
        counts.append(len(people_among(faces)))
        described = describe_face(pixels, faces[0])
        refusals.append(refusal_of(examine_face(pixels, faces[0], detail=described.detail)))
        embeddings[path.name] = described.embedding
    pairs = list(read_face_material(FOLDER).known_pairs())
    return Measured(
        counts,
        refusals,
        [_distance(embeddings, pair) for pair in pairs if pair.is_same],
        [_distance(embeddings, pair) for pair in pairs if not pair.is_same],
    )


def _distance(embeddings: dict[str, Embedding], pair: LabelledPair) -> float:
    return float(np.linalg.norm(embeddings[pair.file_x] - embeddings[pair.file_y]))


def test_every_photograph_of_one_person_counts_one_person(measured: Measured) -> None:
    assert measured.people_counts == [1] * 45


def test_no_bare_face_is_refused(measured: Measured) -> None:
    # Three of them wear clear glasses.
    assert measured.refusals == [None] * 45


def test_the_shipped_calibration_counts_these_pairs_too(measured: Measured) -> None:
    kept = np.array(shipped_calibration("dlib").farthest_genuine)
    off = [np.abs(kept - distance).min() for distance in measured.same]

    assert (len(measured.same), len(measured.strangers)) == (85, 509)
    assert max(off) < 1e-4


def test_no_stranger_is_accepted_or_even_unclear(measured: Measured) -> None:
    # Measured: the closest are .731 apart.
    assert min(measured.strangers) > 0.70


def test_at_least_98_of_100_pairs_of_one_person_match(measured: Measured) -> None:
    # Measured: 85 of 85, the farthest .500 apart.
    accepted = [distance <= DEFAULT_POLICY.match_distance for distance in measured.same]

    assert np.mean(accepted) >= 0.98
