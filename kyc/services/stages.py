"""Running one stage: load the pictures, call the engine, store what it found, once."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from fraudsite.core.services.data_keys import DataKeyDestroyed, data_key_hold
from kyc.choices import Stage, VerificationStatus
from kyc.models import Verification
from kyc.services import document_stage, stage_engines
from kyc.services.consents import consent_held
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import has_run, result_store
from kyc.vision.faces.calibration import CalibrationRefused
from kyc.vision.tesseract import OcrMissing
from kyc.vision.weights import WeightsUnavailable

logger = structlog.get_logger(__name__)

ENGINES: dict[str, Callable[[Verification], StageFindings]] = {
    Stage.QUALITY: stage_engines.assess_pictures,
    Stage.DOCUMENT: document_stage.read_documents,
    Stage.LIVENESS: stage_engines.judge_video,
    Stage.FACE: stage_engines.match_faces,
    Stage.SCREENING: stage_engines.screen_customer,
    Stage.DUPLICATES: stage_engines.search_duplicates,
}

FACE_STAGES = frozenset({Stage.LIVENESS, Stage.FACE})


def stage_run(
    *, verification_id: str, attempt: int, stage: Stage, is_redelivered: bool = False
) -> None:
    """Run one stage of one attempt, unless it has run or the attempt is decided or over.

    What waited so long for a worker that it was put before a person is still looked at, for that
    person; but not what is delivered again, for it may be what the worker died of each time.

    What goes wrong inside an engine becomes a failed result; only a database or broker that is
    away raises, and the task is then tried again.
    """
    verification = (
        Verification.objects.select_related("customer", "customer__data_key")
        .filter(pk=verification_id, attempt=attempt)
        .first()
    )
    if verification is None:
        logger.warning("stage_without_verification", stage=stage)
        return
    awaited = {VerificationStatus.PROCESSING}
    if not is_redelivered:
        awaited.add(VerificationStatus.IN_REVIEW)
    if verification.status not in awaited or has_run(verification, stage):
        return
    started = time.monotonic()
    try:
        found = _look(verification, stage)
        duration_ms = round((time.monotonic() - started) * 1000)
        found = _store(verification, stage, found, duration_ms)
    except DataKeyDestroyed:
        # Erased before or while the engine looked: there is nobody left to find anything about.
        logger.info("stage_of_erased_customer", stage=stage)
        return
    logger.info(
        "stage_ended",
        verification_id=verification_id,
        stage=stage,
        state=found.state,
        failure_code=found.failure_code,
        duration_ms=duration_ms,
    )


def _store(
    verification: Verification, stage: Stage, found: StageFindings, duration_ms: int
) -> StageFindings:
    """Store what was found, and return it; nothing of a face whose consent went meanwhile.

    Raises `DataKeyDestroyed` when the customer was erased.
    """
    with transaction.atomic():
        if stage in FACE_STAGES and not consent_held(verification.customer):
            found = StageFindings.skipped("no_consent")
        data_key_hold(verification.customer.data_key_id)
        result_store(verification, stage, found, duration_ms)
    return found


def _look(verification: Verification, stage: Stage) -> StageFindings:
    try:
        return ENGINES[stage](verification)
    except (DatabaseError, DataKeyDestroyed):
        raise
    except (WeightsUnavailable, CalibrationRefused, OcrMissing):
        logger.exception("engine_missing", stage=stage)
        return StageFindings.failed("engine_missing")
    except Exception as error:  # noqa: BLE001 - a stage records its failure, else `decide` never runs
        # The message may quote what was read; the type says enough.
        logger.error("engine_failed", stage=stage, error_type=type(error).__name__)
        return StageFindings.failed("engine_error")
