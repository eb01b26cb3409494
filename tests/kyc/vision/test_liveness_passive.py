"""Single frames are judged where the networks are there; where they are not, nothing passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kyc.simulation.portraits import load_portrait
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.liveness.engines import LivenessEngines, available_engines
from kyc.vision.liveness.judge import check_liveness
from kyc.vision.liveness.passive import (
    WEIGHTS,
    PassivePolicy,
    judge_passive,
    load_spoof_model,
)
from kyc.vision.weights import WeightsUnavailable
from tests.kyc.vision.challenge_clips import clip


def answering(*scores: float) -> Any:
    remaining = iter(scores)
    return lambda _picture, _box: next(remaining)


def test_the_median_of_the_pictures_decides() -> None:
    pictures = [load_portrait("astronaut", framing="selfie")] * 3

    report = judge_passive(pictures, answering(0.9, 0.1, 0.4))

    assert report.scores == (0.9, 0.1, 0.4)
    assert (report.score, report.is_spoof) == (0.4, True)
    assert judge_passive(pictures, answering(0.9, 0.1, 0.6)).is_spoof is False


def test_a_score_on_the_line_is_no_spoof() -> None:
    picture = load_portrait("grace_hopper", framing="selfie")

    report = judge_passive([picture], answering(0.25), policy=PassivePolicy(min_live=0.25))

    assert report.is_spoof is False


def test_a_score_that_is_no_number_is_no_pass() -> None:
    picture = load_portrait("grace_hopper", framing="selfie")

    report = judge_passive([picture], answering(float("nan")))

    assert report.is_spoof is True


def test_the_networks_are_shown_the_face_from_the_forehead_down() -> None:
    boxes = []

    def model(_picture: Any, box: Any) -> float:
        boxes.append(box)
        return 1.0

    picture = load_portrait("astronaut", framing="selfie")
    judge_passive([picture], model)

    ((left, top, width, height),) = boxes
    assert 0 < left < left + width < picture.shape[1]
    assert 0 < top < top + height < picture.shape[0]
    assert 1.1 < height / width < 1.6


def test_without_weights_the_check_is_skipped_and_no_pass() -> None:
    report = judge_passive([load_portrait("astronaut")], None)

    assert (report.state, report.reason) == ("skipped", "no_weights")
    assert (report.is_spoof, report.score, report.scores) == (None, None, ())


def test_a_picture_without_a_face_is_skipped_and_no_pass() -> None:
    report = judge_passive([np.full((200, 200, 3), 90, np.uint8)], answering())

    assert (report.state, report.reason, report.is_spoof) == ("skipped", "no_face", None)


def test_a_video_is_judged_on_five_frames_and_its_outcome_stays() -> None:
    frames = clip("astronaut", "turn_left,blink").as_frames()
    engines = LivenessEngines(spoof=lambda _picture, _box: 0.0)

    report = check_liveness(frames, parse_challenge("turn_left,blink"), engines=engines)

    assert report.passive.scores == (0.0,) * 5
    assert report.passive.is_spoof is True
    assert report.outcome == "live"


def test_missing_and_damaged_weights_are_told_apart_and_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    with pytest.raises(WeightsUnavailable, match="missing"):
        load_spoof_model()

    folder = tmp_path / ".deepface" / "weights"
    folder.mkdir(parents=True)
    for name in WEIGHTS:
        (folder / name).write_bytes(b"no network")

    with pytest.raises(WeightsUnavailable, match="damaged"):
        load_spoof_model()
    assert available_engines().spoof is None


@pytest.mark.measurement
def test_the_photographs_of_the_networks_authors_are_told_apart(
    measurement_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = measurement_data.parent / "models"
    if not models.is_dir():
        pytest.skip("there are no FASNet weights beside the material")
    folder = tmp_path / ".deepface" / "weights"
    folder.mkdir(parents=True)
    for name in WEIGHTS:
        (folder / name).symlink_to(models / name)
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))

    model = load_spoof_model()

    spoof = measurement_data / "spoof"
    fake, live = (cv2.imread(str(spoof / name)) for name in ("image_F1.jpg", "image_T1.jpg"))
    assert judge_passive([fake], model).is_spoof is True
    assert judge_passive([live], model).is_spoof is False
