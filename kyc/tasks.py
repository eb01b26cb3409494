"""Celery tasks: load, call the service, return. Ids in, nothing out."""

from __future__ import annotations

from celery import current_task, shared_task
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from kyc.choices import Stage
from kyc.services.decisions import attempt_decide
from kyc.services.stages import stage_run
from kyc.services.sweeping import stuck_verifications_requeue
from kyc.worker import warm_up

__all__ = [
    "assess_quality",
    "check_liveness",
    "decide",
    "find_duplicates",
    "match_faces",
    "read_document",
    "screen",
    "sweep_stuck",
    "warm_up",
]


# A database or broker that is away for a moment; what is longer than that is the sweeper's.
RETRY = {
    "autoretry_for": (OperationalError, InterfaceError, RedisError),
    "retry_backoff": 1,
    "retry_backoff_max": 20,
    "retry_jitter": True,
    "max_retries": 5,
}


def _stage_run(verification_id: str, attempt: int, stage: Stage) -> None:
    delivery = current_task.request.delivery_info or {}
    stage_run(
        verification_id=verification_id,
        attempt=attempt,
        stage=stage,
        is_redelivered=bool(delivery.get("redelivered")),
    )


@shared_task(**RETRY)
def assess_quality(verification_id: str, attempt: int) -> None:
    """Look at the pictures themselves."""
    _stage_run(verification_id, attempt, Stage.QUALITY)


@shared_task(**RETRY)
def read_document(verification_id: str, attempt: int) -> None:
    """Read the document's machine-readable zone."""
    _stage_run(verification_id, attempt, Stage.DOCUMENT)


@shared_task(**RETRY)
def check_liveness(verification_id: str, attempt: int) -> None:
    """Judge the challenge video and keep the selfie chosen from it."""
    _stage_run(verification_id, attempt, Stage.LIVENESS)


@shared_task(**RETRY)
def match_faces(verification_id: str, attempt: int) -> None:
    """Compare the selfie with the document's portrait."""
    _stage_run(verification_id, attempt, Stage.FACE)


@shared_task(**RETRY)
def screen(verification_id: str, attempt: int) -> None:
    """Search the watchlists."""
    _stage_run(verification_id, attempt, Stage.SCREENING)


@shared_task(**RETRY)
def find_duplicates(verification_id: str, attempt: int) -> None:
    """Search the same person among the other customers."""
    _stage_run(verification_id, attempt, Stage.DUPLICATES)


@shared_task(**RETRY)
def decide(verification_id: str, attempt: int) -> None:
    """Let the policy decide on what the stages found."""
    attempt_decide(verification_id=verification_id, attempt=attempt)


@shared_task(ignore_result=True)
def sweep_stuck() -> int:
    """Queue again what a killed worker or a lost broker left behind."""
    return stuck_verifications_requeue()
