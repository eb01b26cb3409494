"""What the engine must reach on labelled photographs, so that a loss is seen."""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from kyc.vision import weights
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import Embedding, embed_face
from kyc.vision.faces.match import DEFAULT_POLICY, people_among

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
    same: list[float]
    strangers: list[float]


@pytest.fixture(scope="module")
def measured() -> Measured:
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    counts, embeddings = [], {}
    for path in sorted((FOLDER / "images").iterdir()):
        pixels = np.asarray(cv2.imread(str(path)), np.uint8)
        faces = detect_faces(pixels)
        counts.append(len(people_among(faces)))
        embeddings[path.name] = embed_face(pixels, faces[0])
    pairs = list(_pairs_with_known_answer(sorted(embeddings)))
    return Measured(
        counts,
        [_distance(embeddings, one, other) for one, other, is_same in pairs if is_same],
        [_distance(embeddings, one, other) for one, other, is_same in pairs if not is_same],
    )


def _distance(embeddings: dict[str, Embedding], one: str, other: str) -> float:
    return float(np.linalg.norm(embeddings[one] - embeddings[other]))


def _pairs_with_known_answer(names: list[str]) -> Iterator[tuple[str, str, bool]]:
    """The labelled pairs, and those that follow: if A is B, and B is not C, then A is not C."""
    with (FOLDER / "pairs.csv").open() as stream:
        labelled = [(row["file_x"], row["file_y"], row["same"] == "1")
                    for row in csv.DictReader(stream)]  # fmt: skip
    person = {name: name for name in names}
    for one, other, is_same in labelled:
        if is_same:
            joined = person[one]
            person = {n: person[other] if p == joined else p for n, p in person.items()}
    strangers = {
        frozenset((person[one], person[other])) for one, other, is_same in labelled if not is_same
    }
    for one, other in itertools.combinations(names, 2):
        if person[one] == person[other]:
            yield one, other, True
        elif frozenset((person[one], person[other])) in strangers:
            yield one, other, False


def test_every_photograph_of_one_person_counts_one_person(measured: Measured) -> None:
    assert measured.people_counts == [1] * 45


def test_the_policys_figure_is_the_number_of_pairs_measured(measured: Measured) -> None:
    assert len(measured.same) == 85
    assert len(measured.strangers) == DEFAULT_POLICY.impostor_pairs


def test_no_stranger_is_accepted_or_even_unclear(measured: Measured) -> None:
    # Measured: the closest are .731 apart.
    assert min(measured.strangers) > 0.70


def test_at_least_98_of_100_pairs_of_one_person_match(measured: Measured) -> None:
    # Measured: 85 of 85, the farthest .500 apart.
    accepted = [distance <= DEFAULT_POLICY.match_distance for distance in measured.same]

    assert np.mean(accepted) >= 0.98
