"""Attacks and people are counted apart, and no rate is stated below what the data hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import cv2
import pytest

from kyc.evaluating import liveness, liveness_renders
from kyc.evaluating.liveness import evaluate
from kyc.evaluating.liveness_cases import (
    LivenessCase,
    active_refuses,
    either_refuses,
    passive_refuses,
    rates_of,
)
from kyc.evaluating.liveness_renders import HARDER, MEASURED
from kyc.evaluating.report import MaterialRefused, Order
from kyc.simulation.challenge_videos import to_mp4
from kyc.simulation.portraits import load_portrait
from kyc.vision.liveness.engines import NO_ENGINES, LivenessEngines
from kyc.vision.liveness.passive import judge_passive, skipped
from tests.kyc.vision.challenge_clips import clip

TODAY = date(2026, 11, 21)
HEADER = "file,start_frame,end_frame,label,species,challenge\n"
FROZEN = (("fraud", "frozen_frames"),)
TURNED = (("behaviour", "contradicting_turn"),)


def case(species: Any, **values: Any) -> LivenessCase:
    return LivenessCase("a clip", "video", species, **values)


def picture(species: Any, live: Any) -> LivenessCase:
    passive = judge_passive([load_portrait("astronaut")], lambda _pixels, _box: live)
    return LivenessCase("a picture", "picture", species, passive=passive)


@pytest.fixture
def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "available_engines", lambda: NO_ENGINES)


def order_for(folder: Path, **values: Any) -> Order:
    return Order(folder=folder, today=TODAY, **values)


def measured(order: Order) -> Any:
    return evaluate(order, lambda _sentence, _done, _total: None)


def test_an_attack_that_is_accepted_and_a_person_who_is_refused_are_errors() -> None:
    cases = [
        case("live", challenge="blink", outcome="live"),
        case("live", challenge="blink", outcome="unclear"),
        case("frozen", challenge="blink", outcome="live"),
        case("frozen", challenge="blink", outcome="not_live", raised=FROZEN),
        case("replay", challenge="blink", outcome="unclear"),
    ]

    rates = rates_of(cases, active_refuses)

    assert rates["bpcer"] == 0.5
    assert rates["apcer"] == {"frozen": 0.5, "replay": "< 3/1"}
    assert rates["worst_apcer"] == 0.5
    assert rates["n"] == {"live": 2, "frozen": 2, "replay": 1}
    assert rates["errors"] == {"live": 1, "frozen": 1, "replay": 0}


def test_an_error_never_seen_is_stated_as_three_of_how_many() -> None:
    cases = [case("frozen", raised=FROZEN)] * 40 + [case("looped", raised=FROZEN)] * 30

    rates = rates_of(cases, active_refuses)

    assert rates["apcer"] == {"frozen": "< 3/40", "looped": "< 3/30"}
    assert rates["worst_apcer"] == "< 3/30"
    assert rates["bpcer"] is None


def test_a_video_refused_only_for_lack_of_a_challenge_is_no_detected_attack() -> None:
    replay = case("replay", outcome="unclear", raised=TURNED)

    assert replay.lacks_challenge_only
    assert rates_of([replay], active_refuses)["apcer"] == {"replay": 1.0}
    assert not case("replay", outcome="not_live", raised=FROZEN).lacks_challenge_only
    assert not case("replay", challenge="blink", outcome="unclear").lacks_challenge_only


def test_a_person_without_a_challenge_is_refused_by_signs_of_fraud_only() -> None:
    people = [case("live", outcome="unclear"), case("live", outcome="not_live", raised=FROZEN)]

    assert rates_of(people, active_refuses)["bpcer"] == 0.5


def test_what_the_passive_check_skipped_is_not_counted_as_passed() -> None:
    unseen = LivenessCase("a", "picture", "print", passive=skipped("no_weights"))

    rates = rates_of([unseen, case("print", error="unreadable")], passive_refuses)

    assert rates["n"] == {}
    assert rates["worst_apcer"] is None


def test_either_check_may_refuse() -> None:
    assert either_refuses(picture("print", live=0.1)) is True
    assert either_refuses(picture("live", live=0.9)) is False
    assert either_refuses(case("frozen", raised=FROZEN)) is True
    assert active_refuses(picture("print", live=0.1)) is None


def filmed(folder: Path, name: str, challenge: str, species: Any = "live") -> str:
    (folder / name).write_bytes(to_mp4(clip("astronaut", challenge, species)))
    return name


def test_a_folder_of_clips_and_photographs_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    videos, spoof = tmp_path / "videos", tmp_path / "spoof"
    videos.mkdir()
    spoof.mkdir()
    asked = "turn_left,blink"
    filmed(videos, "good.mp4", asked)
    filmed(videos, "idle.mp4", asked, "nothing_done")
    (videos / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (videos / "truth.csv").write_text(
        HEADER
        + f'good.mp4,0,,live,,"{asked}"\n'
        + "idle.mp4,0,30,spoof,screen_replay,none issued\n"
        + "broken.mp4,0,9,spoof,screen_replay,none issued\n"
        + "gone.mp4,0,9,live,,\n"
    )
    cv2.imwrite(str(spoof / "face.jpg"), load_portrait("astronaut", framing="selfie"))
    (spoof / "truth.csv").write_text("file,label,species\nface.jpg,live,\n")
    engines = LivenessEngines(spoof=lambda _pixels, _box: 0.9)
    monkeypatch.setattr(liveness, "available_engines", lambda: engines)

    report = measured(order_for(tmp_path))

    figures = report.figures
    assert figures["bpcer"] == "< 3/2"
    assert figures["apcer"] == {"screen_replay": 1.0}
    assert figures["unreadable"] == 2
    assert figures["active"]["n"] == {"live": 1, "screen_replay": 1}
    assert figures["active"]["refused_for_lack_of_challenge"] == {"screen_replay": 1}
    assert figures["passive"]["state"] == "available"
    assert figures["passive"]["n"]["screen_replay"] == 31
    errors = {row["name"]: row["error"] for row in report.rows if row["error"]}
    assert errors == {"broken.mp4#0-9": "unreadable", "gone.mp4#0-9": "no_file"}
    assert "simulated" not in figures


@pytest.mark.usefixtures("without_weights")
def test_renders_stand_apart_and_two_seeds_share_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness_renders, "MEASURED", ("live", "virtual_camera"))

    report = measured(order_for(tmp_path, simulated=1, seed=5))

    simulated = report.figures["simulated"]
    assert simulated["bpcer"] == "< 3/1"
    assert simulated["apcer"] == {"virtual_camera": "< 3/1"}
    assert (report.figures["bpcer"], report.figures["n"]) == (None, {})
    assert report.figures["passive"]["state"] == "skipped"
    assert ("real, passive", "skipped (no_weights): not a pass") in report.table
    assert {row["source"] for row in report.rows} == {"simulated"}
    assert report.rows[0]["name"] == f"render {5 * 100_003}"


@pytest.mark.usefixtures("without_weights")
def test_an_attack_that_takes_more_trouble_is_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness_renders, "MEASURED", ("live",))
    monkeypatch.setattr(liveness_renders, "HARDER", ("animated_still",))

    simulated = measured(order_for(tmp_path, simulated=1, seed=5)).figures["simulated"]

    assert simulated["n"] == {"live": 1}
    assert simulated["worst_apcer"] is None
    assert simulated["harder"]["n"] == {"animated_still": 1}


def test_the_ten_published_attacks_are_not_among_those_that_take_more_trouble() -> None:
    assert len(MEASURED) == 1 + 10
    assert "animated_still" in HARDER
    assert not set(MEASURED) & set(HARDER)


def test_a_folder_with_nothing_to_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialRefused, match="neither a folder videos nor a folder spoof"):
        measured(order_for(tmp_path))


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        (None, "cannot be read"),
        (HEADER, "names no file"),
        ("file,label\na.gif,live\n", "has no column start_frame"),
        (HEADER + "a.gif,0,9,real,,\n", "calls a.gif 'real'"),
        (HEADER + "a.gif,first,9,live,,\n", "start_frame of a.gif is no number"),
    ],
)
def test_an_odd_truth_file_is_refused_in_a_sentence(
    truth: Any, sentence: Any, tmp_path: Path
) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    if truth is not None:
        (videos / "truth.csv").write_text(truth)

    with pytest.raises(MaterialRefused, match=sentence):
        measured(order_for(tmp_path))
