"""Celery tasks: load, call the service, return. Ids in, nothing out."""

from __future__ import annotations

from celery import shared_task
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


@shared_task(**RETRY)
def assess_quality(verification_id: str, attempt: int) -> None:
    """Look at the pictures themselves."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.QUALITY)


@shared_task(**RETRY)
def read_document(verification_id: str, attempt: int) -> None:
    """Read the document's machine-readable zone."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.DOCUMENT)


@shared_task(**RETRY)
def check_liveness(verification_id: str, attempt: int) -> None:
    """Judge the challenge video and keep the selfie chosen from it."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.LIVENESS)


@shared_task(**RETRY)
def match_faces(verification_id: str, attempt: int) -> None:
    """Compare the selfie with the document's portrait."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.FACE)


@shared_task(**RETRY)
def screen(verification_id: str, attempt: int) -> None:
    """Search the watchlists."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.SCREENING)


@shared_task(**RETRY)
def find_duplicates(verification_id: str, attempt: int) -> None:
    """Search the same person among the other customers."""
    stage_run(verification_id=verification_id, attempt=attempt, stage=Stage.DUPLICATES)


@shared_task(**RETRY)
def decide(verification_id: str, attempt: int) -> None:
    """Let the policy decide on what the stages found."""
    attempt_decide(verification_id=verification_id, attempt=attempt)


@shared_task(ignore_result=True)
def sweep_stuck() -> int:
    """Queue again what a killed worker or a lost broker left behind."""
    return stuck_verifications_requeue()
