"""The pipeline in a real worker process, on rendered documents and films."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from fraudsite.celery import app
from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc import pipeline
from kyc.choices import CaptureKind, CaptureSource, Stage, StageState, VerificationStatus
from kyc.models import Decision, FaceTemplate, StageResult, Verification
from kyc.services import stage_engines, stages
from kyc.services.decisions import attempt_decide
from kyc.services.demo import case_submit
from kyc.services.demo_logins import DemoCase
from kyc.services.stage_engines import judge_video
from kyc.services.sweeping import MAX_SWEEPS, stuck_verifications_requeue
from kyc.services.verifications import (
    verification_decide,
    verification_retry,
    verification_state,
)
from kyc.simulation.portraits import PortraitName
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.video import BROWSER_LIMITS
from tests.celery_worker import Worker, start_worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.worker,
    pytest.mark.timeout(240),
]

S = VerificationStatus


@pytest.fixture(autouse=True)
def the_same_challenge_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for chance alone: a film takes seconds to render, and one of them serves all tests.
    drawn = parse_challenge("turn_left,blink")
    monkeypatch.setattr("kyc.services.challenges.draw_challenge", lambda _rng: drawn)


@pytest.fixture
def evidence(tmp_path: Path, settings: object) -> Path:
    settings.EVIDENCE_ROOT = tmp_path / "shared-evidence"  # type: ignore[attr-defined]
    return tmp_path / "shared-evidence"


@pytest.fixture
def worker(tmp_path: Path, evidence: Path) -> Iterator[Worker]:
    app.control.purge()
    running = start_worker(tmp_path / "worker.log", evidence=evidence)
    yield running
    running.stop()


@pytest.fixture
def submit(make_user: Callable[..., User]) -> Callable[..., Verification]:
    def submitted(
        email: str = "carla@example.com",
        document_face: PortraitName = "astronaut",
        blur_sigma: float = 0.6,
    ) -> Verification:
        make_user(email, Role.CUSTOMER)
        return case_submit(DemoCase(email, 41, document_face, "astronaut", blur_sigma, ""))

    return submitted


def wait_for(verification: Verification, *statuses: str, timeout_s: float = 60) -> str:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        verification.refresh_from_db()
        if verification.status in statuses:
            return verification.status
        time.sleep(0.1)
    message = f"still {verification.status}"
    raise AssertionError(message)


def test_own_face_is_approved_and_another_persons_goes_to_review(
    worker: Worker, submit: Callable[..., Verification]
) -> None:
    own = submit("own@example.com")
    assert wait_for(own, S.APPROVED, S.IN_REVIEW, S.RESUBMIT) == S.APPROVED

    other = submit("other@example.com", document_face="grace_hopper")

    assert wait_for(other, S.APPROVED, S.IN_REVIEW, S.RESUBMIT) == S.IN_REVIEW
    decision = other.decisions.get()
    # The same person under another name, with the first one's document number.
    assert decision.reason_codes == ["face.match", "duplicate.face", "duplicate.document_number"]
    checks = {check["code"]: check for group in decision.tree for check in group["checks"]}
    assert checks["face.match"]["engine"]["name"]
    assert checks["face.match"]["score"] > checks["face.match"]["limit"]
    assert {result.stage for result in own.stage_results.all()} == set(Stage)


def test_a_killed_worker_loses_nothing(
    tmp_path: Path, evidence: Path, submit: Callable[..., Verification], settings: object
) -> None:
    settings.STUCK_AFTER_S = 0  # type: ignore[attr-defined]  # pytest-django
    first = start_worker(tmp_path / "first.log", evidence=evidence)
    verification = submit()
    deadline = time.monotonic() + 60
    while not verification.stage_results.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    first.kill()
    verification.refresh_from_db()
    assert verification.status == S.PROCESSING

    second = start_worker(tmp_path / "second.log", evidence=evidence)
    try:
        assert stuck_verifications_requeue() == 1
        assert wait_for(verification, S.APPROVED, S.IN_REVIEW, S.RESUBMIT) == S.APPROVED
    finally:
        second.stop()
    assert StageResult.objects.filter(verification=verification).count() == len(Stage)
    assert Decision.objects.filter(verification=verification).count() == 1


def test_a_broker_that_is_away_at_submission_delays_and_loses_nothing(
    submit: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.STUCK_AFTER_S = 0  # type: ignore[attr-defined]  # pytest-django
    queued: list[str] = []

    def refuse(verification_id: str, attempt: int) -> None:
        # Stands for a broker that refuses connections; the embedded one serves other tests too.
        raise ConnectionRefusedError

    monkeypatch.setattr(pipeline, "start", refuse)
    verification = submit()
    verification.refresh_from_db()
    assert verification.status == S.PROCESSING

    monkeypatch.setattr(pipeline, "start", lambda identifier, _attempt: queued.append(identifier))
    assert stuck_verifications_requeue() == 1
    assert queued == [str(verification.pk)]


def test_a_person_who_decides_while_the_pipeline_runs_has_the_last_word(
    submit: Callable[..., Verification], anna: User
) -> None:
    verification = submit()
    running = Verification.objects.select_related("customer__data_key").get(pk=verification.pk)
    verification.refresh_from_db()

    verification_decide(
        verification=verification,
        decision="decline",
        reason="decline_forged_document",
        note="",
        seen=verification_state(verification),
        analyst=anna,
    )
    # The stage that was under way ends, and the pipeline with it.
    judge_video(running)
    attempt_decide(verification_id=str(verification.pk), attempt=1)

    verification.refresh_from_db()
    assert verification.status == S.DECLINED
    assert not verification.captures.filter(kind=CaptureKind.SELFIE_FRAME).exists()
    by_policy = verification.decisions.get(decided_by=None)
    assert by_policy.is_applied is False


def test_stages_and_decision_run_twice_without_harm(submit: Callable[..., Verification]) -> None:
    verification = submit(blur_sigma=6.0)
    key = {"verification_id": str(verification.pk), "attempt": 1}

    for _ in range(2):
        for stage in Stage:
            stages.stage_run(stage=stage, **key)
        attempt_decide(**key)

    verification.refresh_from_db()
    assert verification.status == S.RESUBMIT
    assert verification.stage_results.count() == len(Stage)
    assert verification.decisions.count() == 1
    assert verification.decisions.get().redo == ["document_front"]


@pytest.mark.parametrize(("status", "is_redelivered"), [(S.DECLINED, False), (S.IN_REVIEW, True)])
def test_a_stage_delivered_after_the_decision_looks_at_nothing(
    submit: Callable[..., Verification], status: S, is_redelivered: bool
) -> None:
    verification = submit()
    Verification.objects.filter(pk=verification.pk).update(status=status)

    for stage in Stage:
        # Whatever looks would leave a result.
        stages.stage_run(
            verification_id=str(verification.pk),
            attempt=1,
            stage=stage,
            is_redelivered=is_redelivered,
        )

    assert not verification.stage_results.exists()
    assert not FaceTemplate.objects.filter(verification=verification).exists()


def test_who_was_put_before_a_person_unseen_is_still_looked_at_for_that_person(
    submit: Callable[..., Verification],
) -> None:
    verification = submit()
    attempt_decide(verification_id=str(verification.pk), attempt=1)
    verification.refresh_from_db()
    assert verification.status == S.IN_REVIEW

    for stage in Stage:
        stages.stage_run(verification_id=str(verification.pk), attempt=1, stage=stage)

    assert verification.stage_results.count() == len(Stage)
    assert FaceTemplate.objects.filter(verification=verification).exists()


def test_a_film_that_ends_its_process_is_put_before_a_person(
    submit: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = submit()
    scarce = replace(BROWSER_LIMITS, max_memory_bytes=250_000_000)
    monkeypatch.setattr(stage_engines, "BROWSER_LIMITS", scarce)

    for stage in Stage:
        stages.stage_run(verification_id=str(verification.pk), attempt=1, stage=stage)
    attempt_decide(verification_id=str(verification.pk), attempt=1)

    verification.refresh_from_db()
    result = verification.stage_results.get(stage=Stage.LIVENESS)
    assert result.state == StageState.FAILED
    assert result.failure_code in {"too_complex", "unreadable"}
    assert verification.status == S.IN_REVIEW


def test_another_attempt_keeps_what_need_not_be_taken_again(
    submit: Callable[..., Verification], carla: User
) -> None:
    verification = submit("retry@example.com", blur_sigma=6.0)
    for stage in Stage:
        stages.stage_run(verification_id=str(verification.pk), attempt=1, stage=stage)
    attempt_decide(verification_id=str(verification.pk), attempt=1)
    verification.refresh_from_db()

    verification_retry(verification=verification, actor=Actor.of_user(carla))

    verification.refresh_from_db()
    kept = set(verification.captures.filter(superseded_at=None).values_list("kind", flat=True))
    assert (verification.status, verification.attempt) == (S.COLLECTING, 2)
    assert kept == {"liveness_video", "selfie_frame", "liveness_frames"}


def test_an_attempt_that_never_ends_is_put_before_a_person(
    submit: Callable[..., Verification], settings: object
) -> None:
    verification = submit()
    long_ago = timezone.now() - timedelta(days=1)
    Verification.objects.filter(pk=verification.pk).update(sweeps=MAX_SWEEPS, submitted_at=long_ago)

    stuck_verifications_requeue()

    verification.refresh_from_db()
    assert verification.status == S.IN_REVIEW
    assert "document.readable" in verification.decisions.get().reason_codes


def test_an_engine_that_breaks_is_a_recorded_failure_and_not_an_exception(
    submit: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = submit()

    def broken(verification: Verification) -> None:
        raise RuntimeError("no text of this may be stored: ERIKSSON")

    monkeypatch.setitem(stages.ENGINES, Stage.FACE, broken)
    stages.stage_run(verification_id=str(verification.pk), attempt=1, stage=Stage.FACE)

    result = verification.stage_results.get()
    assert (result.state, result.failure_code) == (StageState.FAILED, "engine_error")


def test_without_the_chosen_face_engine_nobody_is_approved(
    submit: Callable[..., Verification], settings: Settings
) -> None:
    settings.FACE_ENGINE = "sface"
    verification = submit()
    key = {"verification_id": str(verification.pk), "attempt": 1}

    for stage in Stage:
        stages.stage_run(stage=stage, **key)
    attempt_decide(**key)

    verification.refresh_from_db()
    face = verification.stage_results.get(stage=Stage.FACE)
    assert (face.state, face.failure_code) == (StageState.FAILED, "engine_missing")
    assert verification.status == S.IN_REVIEW
    assert "face.match" in verification.decisions.get().reason_codes


def test_a_video_from_no_named_camera_goes_to_a_person(
    submit: Callable[..., Verification],
) -> None:
    verification = submit()
    verification.captures.filter(kind=CaptureKind.LIVENESS_VIDEO).update(
        source=CaptureSource.UPLOAD
    )

    stages.stage_run(verification_id=str(verification.pk), attempt=1, stage=Stage.LIVENESS)
    attempt_decide(verification_id=str(verification.pk), attempt=1)

    assert "liveness.integrity" in verification.decisions.get().reason_codes


def test_one_broken_verification_keeps_no_other_from_being_swept(
    submit: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.STUCK_AFTER_S = 0  # type: ignore[attr-defined]  # pytest-django
    broken, fine = submit("broken@example.com"), submit("fine@example.com")
    started: list[str] = []

    def start(verification_id: str, _attempt: int) -> None:
        if verification_id == str(broken.pk):
            raise RuntimeError
        started.append(verification_id)

    monkeypatch.setattr(pipeline, "start", start)

    assert stuck_verifications_requeue() == 1
    assert started == [str(fine.pk)]
