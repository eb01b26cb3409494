from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from deepface.modules import modeling
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from kyc.simulation.portraits import load_portrait
from kyc.vision import weights
from kyc.vision.faces import embed, engines
from kyc.vision.faces.calibration import (
    KEPT_DISTANCES,
    CalibrationRefused,
    read_calibration,
    shipped_calibration,
)
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import describe_face, engine_version
from kyc.vision.faces.engines import (
    DLIB,
    ENGINES,
    SFACE,
    EngineUnknown,
    calibration_of,
    engine_named,
    engine_trouble,
)
from kyc.vision.faces.match import DEFAULT_POLICY, Outcome, compare_faces, policy_of
from kyc.vision.faces.template import TEMPLATE, TEMPLATE_PX, on_template, similarity
from kyc.vision.weight_files import OPTIONAL_FILES
from kyc.vision.weights import WeightsUnavailable

Image = npt.NDArray[np.uint8]


def a_small_network(outputs: int = 128) -> bytes:
    """A graph of SFace's shape: the picture averaged to 8 × 8 colours, times fixed numbers."""
    drawn = np.random.default_rng(4).normal(size=(192, outputs)).astype(np.float32)
    tile = [14, 14]
    nodes = [
        helper.make_node("AveragePool", ["data"], ["pooled"], kernel_shape=tile, strides=tile),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "numbers"], ["fc1"]),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, [1, outputs])],
        [numpy_helper.from_array(drawn, "numbers")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder with the default engine's files, and memories that start afresh."""
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("DEEPFACE_HOME", "")
    # What deepface remembers of this process must not outlive the small network.
    none_yet: dict[str, dict[str, object]] = {task: {} for task in modeling.AVAILABLE_MODELS}
    monkeypatch.setattr(modeling, "cached_models", none_yet, raising=False)
    for memory in (embed._engine, engines.weights_digest):
        memory.cache_clear()
    weights.fetch("face-descriptor")
    weights.fetch("face-landmarks")
    yield tmp_path / "models"
    for memory in (embed._engine, engines.weights_digest):
        memory.cache_clear()


@pytest.fixture
def sface(models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network in SFace's place, pinned as SFace is."""
    return put_in_place(a_small_network(), monkeypatch)


def put_in_place(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    pinned = tuple(
        replace(model, sha256=hashlib.sha256(content).hexdigest())
        if model.name == "sface"
        else model
        for model in OPTIONAL_FILES
    )
    monkeypatch.setattr(weights, "OPTIONAL_FILES", pinned)
    path = weights.path_of(weights.model_file("sface"))
    path.write_bytes(content)
    return path


def a_calibration_of_sface(models: Path, **changes: object) -> None:
    own = replace(
        shipped_calibration("dlib"),
        **{
            "engine": "sface",
            "metric": "euclidean-unit",
            "engine_version": f"of tests, weights {digest_of_the_small_network()[:8]}",
            **changes,
        },
    )
    (models / "calibrations").mkdir()
    (models / "calibrations" / "sface.json").write_text(own.to_json())


def digest_of_the_small_network() -> str:
    return hashlib.sha256(a_small_network()).hexdigest()


def a_portrait() -> Image:
    return load_portrait("astronaut", framing="selfie")


def test_another_engine_gives_embeddings_of_length_one(sface: Path) -> None:
    portrait = a_portrait()
    face = detect_faces(portrait)[0]

    described = describe_face(portrait, face, engine=SFACE)

    assert described.embedding.shape == (128,)
    assert np.linalg.norm(described.embedding) == pytest.approx(1.0, abs=1e-5)
    assert not np.allclose(described.embedding, describe_face(portrait, face).embedding, atol=0.1)
    assert described.detail == describe_face(portrait, face).detail


def test_another_engine_sees_the_face_on_its_template(sface: Path) -> None:
    portrait = a_portrait()
    face = detect_faces(portrait)[0]
    network = cv2.dnn.readNetFromONNX(str(sface))
    rgb = on_template(portrait, face)[..., ::-1].astype(np.float32)
    network.setInput(np.ascontiguousarray(rgb.transpose(2, 0, 1)[None]))
    expected = network.forward()[0]

    described = describe_face(portrait, face, engine=SFACE).embedding

    # The cut may be shrunk beforehand, so the two pictures differ by a grey level here and there.
    assert described @ expected / np.linalg.norm(expected) > 0.999


def test_an_engine_is_compared_by_its_own_calibration(sface: Path, models: Path) -> None:
    a_calibration_of_sface(models, match_distance=0.3, unclear_distance=0.4, false_matches=0)

    comparison = compare_faces(load_portrait("astronaut"), a_portrait(), engine=SFACE)

    assert comparison.threshold == 0.3
    assert comparison.engine == "deepface-sface"
    assert comparison.engine_version.endswith(digest_of_the_small_network()[:8])


def test_an_engine_without_a_calibration_is_refused_with_a_sentence(sface: Path) -> None:
    with pytest.raises(CalibrationRefused, match=r"sface has no calibration; `manage\.py calibr"):
        compare_faces(a_portrait(), a_portrait(), engine=SFACE)


def test_a_calibration_of_another_engine_is_refused(models: Path) -> None:
    a_calibration_of_sface(models, metric="euclidean")

    with pytest.raises(CalibrationRefused, match=r"not of sface \(euclidean-unit\)"):
        calibration_of(SFACE)


def test_an_engine_without_weights_is_refused_and_nothing_is_downloaded(models: Path) -> None:
    portrait = a_portrait()

    with pytest.raises(WeightsUnavailable, match=r"`manage\.py fetch_models sface`"):
        describe_face(portrait, detect_faces(portrait)[0], engine=SFACE)


def test_a_network_of_another_shape_is_refused(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place(a_small_network(outputs=64), monkeypatch)
    portrait = a_portrait()

    with pytest.raises(WeightsUnavailable, match="gives 64 numbers instead of 128"):
        describe_face(portrait, detect_faces(portrait)[0], engine=SFACE)


def test_an_engine_can_be_used_with_both_weights_and_calibration(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine_trouble(DLIB) == ""
    assert "`manage.py fetch_models sface`" in engine_trouble(SFACE)

    put_in_place(a_small_network(), monkeypatch)
    assert "has no calibration" in engine_trouble(SFACE)

    a_calibration_of_sface(models)
    assert engine_trouble(SFACE) == ""


def test_a_calibration_made_with_other_weights_is_refused(sface: Path, models: Path) -> None:
    a_calibration_of_sface(models, engine_version="of tests, weights 01234567")

    with pytest.raises(CalibrationRefused, match="sface was made with other weights; `manage"):
        compare_faces(a_portrait(), a_portrait(), engine=SFACE)


def test_the_operators_own_calibration_comes_before_the_shipped_one(models: Path) -> None:
    own = replace(
        shipped_calibration("dlib"), match_distance=0.48, unclear_distance=0.52, false_matches=0
    )
    (models / "calibrations").mkdir()
    (models / "calibrations" / "dlib.json").write_text(own.to_json())

    comparison = compare_faces(load_portrait("astronaut"), a_portrait())

    assert comparison.threshold == 0.48


def test_an_unknown_engine_lists_the_known_ones() -> None:
    with pytest.raises(
        EngineUnknown, match=r"'vgg'; known are: dlib, sface, facenet512, arcface\."
    ):
        engine_named("vgg")
    assert [engine_named(engine.label) for engine in ENGINES] == list(ENGINES)


def test_the_shipped_calibration_is_that_of_the_shipped_engine() -> None:
    shipped = shipped_calibration("dlib")

    assert engine_version().endswith(shipped.engine_version.split()[-1])
    assert policy_of(shipped) == DEFAULT_POLICY
    assert (shipped.match_distance, shipped.unclear_distance) == (0.55, 0.6)
    assert (shipped.false_match_rate.words, shipped.genuine_pairs) == ("11/14432 = 0.08 %", 370)


def test_the_meaning_of_a_distance_is_what_was_counted() -> None:
    comparison = compare_faces(load_portrait("astronaut"), a_portrait())

    assert comparison.outcome is Outcome.MATCH
    assert comparison.meaning == (
        "Of measured pairs of strangers < 3/14432 are as near as this, "
        "of pairs of one person 370/370 = 100.00 % are as far."
    )
    assert shipped_calibration("dlib").meaning_of(0.55).strangers.hits == 11


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 2}'])
def test_what_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(CalibrationRefused):
        read_calibration(text)


@pytest.mark.parametrize(("said", "instead"), [
    ('"match_distance": 0.55', '"match_distance": 0.9'),
    ('"false_matches": 11', '"false_matches": 12'),
    ('"scale": 0', '"scale": -0'),
    ('"impostor_pairs": 14432', '"impostor_pairs": 5'),
])  # fmt: skip
def test_a_calibration_that_contradicts_itself_is_refused(said: str, instead: str) -> None:
    text = shipped_calibration("dlib").to_json()
    assert said in text

    with pytest.raises(CalibrationRefused, match="contradict each other"):
        read_calibration(text.replace(said, instead))


def test_a_calibration_survives_its_file() -> None:
    shipped = shipped_calibration("dlib")

    assert read_calibration(shipped.to_json()) == shipped


def test_more_strangers_within_the_line_than_are_kept_are_counted_all_the_same() -> None:
    shipped = shipped_calibration("dlib")
    lax = replace(
        shipped, match_distance=0.9, unclear_distance=0.9, false_matches=KEPT_DISTANCES + 124
    )
    assert shipped.nearest_impostors[-1] < 0.9

    assert read_calibration(lax.to_json()).false_match_rate.hits == KEPT_DISTANCES + 124
    with pytest.raises(CalibrationRefused, match="contradict each other"):
        read_calibration(replace(lax, false_matches=KEPT_DISTANCES - 1).to_json())


@given(st.floats(0.2, 5), st.floats(-3.1, 3.1), st.tuples(st.floats(-99, 99), st.floats(-99, 99)))
def test_a_similarity_is_found_again(scale: float, turn: float, shift: tuple[float, float]) -> None:
    known = np.array(
        [
            (scale * np.cos(turn), -scale * np.sin(turn), shift[0]),
            (scale * np.sin(turn), scale * np.cos(turn), shift[1]),
        ]
    )
    moved = TEMPLATE @ known[:, :2].T + known[:, 2]

    assert similarity(TEMPLATE, moved) == pytest.approx(known, abs=1e-6)


def test_eyes_nose_and_mouth_come_to_lie_on_the_template() -> None:
    portrait = a_portrait()
    turned = np.ascontiguousarray(np.rot90(portrait))
    chips = [on_template(picture, detect_faces(picture)[0]) for picture in (portrait, turned)]

    assert chips[0].shape == (TEMPLATE_PX, TEMPLATE_PX, 3)
    assert np.abs(chips[0].astype(int) - chips[1]).mean() < 12


def test_deepface_is_told_where_the_weights_are(sface: Path, models: Path) -> None:
    portrait = a_portrait()
    describe_face(portrait, detect_faces(portrait)[0], engine=SFACE)

    assert os.environ["DEEPFACE_HOME"] == str(models / "deepface")
    assert onnx.load(sface).graph.name == "small"
