from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.decision.face_words import FACE_WORDS
from kyc.evaluating.face_coverings import covered
from kyc.simulation.portraits import PORTRAIT_NAMES, PortraitName, load_portrait
from kyc.vision import weights
from kyc.vision.faces.condition import FaceCondition, examine_face
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import align_face, detail_of
from kyc.vision.faces.match import Outcome, compare_faces
from kyc.vision.faces.refusals import FaceRefusal, refusal_of

Image = npt.NDArray[np.uint8]


@pytest.fixture(scope="module", autouse=True)
def _face_models() -> None:
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")


@cache
def a_selfie(name: PortraitName) -> Image:
    return load_portrait(name, framing="selfie")


def a_covered_selfie(name: PortraitName, covering: str, seed: int) -> Image:
    selfie = a_selfie(name)
    drawn = covered(selfie, detect_faces(selfie)[0], covering, np.random.default_rng(seed))
    assert drawn is not None
    return drawn


def condition_of(picture: Image) -> FaceCondition:
    face = detect_faces(picture)[0]
    return examine_face(picture, face, detail=detail_of(align_face(picture, face)))


def shrunk(picture: Image, factor: float) -> Image:
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def on_a_wall(picture: Image) -> Image:
    return np.asarray(cv2.copyMakeBorder(picture, 300, 300, 300, 300, cv2.BORDER_REPLICATE))


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_bare_face_is_not_refused(name: PortraitName) -> None:
    assert refusal_of(condition_of(a_selfie(name))) is None


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_bare_face_in_little_light_or_from_farther_away_is_not_refused(
    name: PortraitName,
) -> None:
    dim = (a_selfie(name) * 0.4).astype(np.uint8)

    assert refusal_of(condition_of(dim)) is None
    assert refusal_of(condition_of(on_a_wall(shrunk(a_selfie(name), 0.3)))) is None


@pytest.mark.parametrize(("yaw_deg", "pitch_deg", "refusal"), [
    (24.0, 0.0, None),
    (-26.0, 0.0, FaceRefusal.TURNED),
    (0.0, 29.0, None),
    (0.0, -31.0, FaceRefusal.TURNED),
])  # fmt: skip
def test_a_head_may_be_bent_further_than_turned(
    yaw_deg: float, pitch_deg: float, refusal: FaceRefusal | None
) -> None:
    seen = FaceCondition(200, 0.02, True, eye_structure=0.3, mouth_structure=0.3)

    assert refusal_of(replace(seen, yaw_deg=yaw_deg, pitch_deg=pitch_deg)) is refusal


@pytest.mark.parametrize(("covering", "refusal"), [
    ("dark_glasses", FaceRefusal.COVERED_EYES),
    ("hair", FaceRefusal.COVERED_EYES),
    ("hand", FaceRefusal.COVERED_EYES),
    ("mask", FaceRefusal.COVERED_MOUTH),
])  # fmt: skip
@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_covered_face_is_refused_for_what_is_covered(
    name: PortraitName, covering: str, refusal: FaceRefusal
) -> None:
    assert refusal_of(condition_of(a_covered_selfie(name, covering, seed=2))) is refusal


def test_covered_eyes_are_refused_although_the_face_would_match() -> None:
    with_glasses = a_covered_selfie("astronaut", "dark_glasses", seed=3)

    comparison = compare_faces(load_portrait("astronaut"), with_glasses)

    assert comparison.outcome is Outcome.COVERED_EYES_SELFIE
    assert comparison.distance is None
    assert comparison.selfie_embedding is None
    assert comparison.selfie_condition is not None
    assert comparison.selfie_condition.eye_structure < 0.1


def test_a_blurred_a_tiny_and_a_turned_face_are_refused_as_such() -> None:
    selfie = a_selfie("astronaut")
    blurred = np.asarray(cv2.GaussianBlur(selfie, (0, 0), 14.0), np.uint8)
    tiny = on_a_wall(shrunk(selfie, 0.12))
    turned = FaceCondition(200, 0.02, True, yaw_deg=-35, eye_structure=0.3, mouth_structure=0.3)

    assert compare_faces(selfie, blurred).outcome is Outcome.BLURRED_FACE_SELFIE
    assert compare_faces(selfie, tiny).outcome is Outcome.TINY_FACE_SELFIE
    assert refusal_of(turned) is FaceRefusal.TURNED


def test_what_is_too_soft_to_judge_is_called_blurred_and_not_covered() -> None:
    soft = FaceCondition(200, 0.001, True, eye_structure=0.02, mouth_structure=0.02)

    assert refusal_of(soft) is FaceRefusal.BLURRED


def test_a_face_without_a_mesh_has_no_eyes_to_show() -> None:
    assert refusal_of(FaceCondition(200, 0.02)) is FaceRefusal.COVERED_EYES


def test_every_refusal_has_words_and_is_an_outcome() -> None:
    assert {refusal.value for refusal in FaceRefusal} <= set(FACE_WORDS) <= set(Outcome)
