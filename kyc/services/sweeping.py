"""Finding what got stuck: a killed worker, a broker that was away at the moment of submission."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fraudsite.core.each_alone import each_alone
from kyc import pipeline
from kyc.choices import VerificationStatus
from kyc.models import Verification
from kyc.services.decisions import attempt_decide

logger = structlog.get_logger(__name__)

BATCH = 50
# After so many tries the attempt is decided on what there is: missing stages go to a person.
MAX_SWEEPS = 5


def stuck_verifications_requeue() -> int:
    """Queue stuck attempts again, longest waiting first; return how many.

    Each further try waits longer than the one before. Stages that have a result are passed over,
    so that a try costs only what is missing.
    """
    return sum(_requeue_alone(verification_id) for verification_id in _stuck_ids())


def _requeue_alone(verification_id: str) -> bool:
    with each_alone("sweep_failed", verification_id=verification_id):
        return _requeue(verification_id)
    return False


def _stuck_ids() -> list[str]:
    oldest = timezone.now() - timedelta(seconds=settings.STUCK_AFTER_S)
    # Uses index: kyc_verification_processing.
    found = (
        Verification.objects.filter(status=VerificationStatus.PROCESSING, submitted_at__lt=oldest)
        .order_by("submitted_at")
        .values_list("pk", flat=True)[:BATCH]
    )
    return [str(pk) for pk in found]


def _requeue(verification_id: str) -> bool:
    with transaction.atomic():
        verification = (
            Verification.objects.select_for_update(skip_locked=True)
            .filter(pk=verification_id, status=VerificationStatus.PROCESSING)
            .first()
        )
        if verification is None or not _is_due(verification):
            return False
        verification.sweeps += 1
        verification.save(update_fields=["sweeps"])
    logger.warning("verification_stuck", verification_id=verification_id, sweep=verification.sweeps)
    if verification.sweeps > MAX_SWEEPS:
        attempt_decide(verification_id=verification_id, attempt=verification.attempt)
    else:
        pipeline.start(verification_id, verification.attempt)
    return True


def _is_due(verification: Verification) -> bool:
    if verification.submitted_at is None:
        return False
    newest = verification.stage_results.filter(attempt=verification.attempt).aggregate(
        at=Max("created_at")
    )["at"]
    waited = timezone.now() - max(verification.submitted_at, newest or verification.submitted_at)
    return waited > timedelta(seconds=settings.STUCK_AFTER_S * 2**verification.sweeps)
