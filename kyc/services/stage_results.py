"""Stored stage results: written once, sealed, read again. Knows no engine.

Pages read results without loading what made them.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import IntegrityError, transaction

from fraudsite.core.services.data_keys import open_json, seal_json
from kyc.choices import Stage
from kyc.models import StageResult, Verification
from kyc.services.stage_findings import StageFindings

logger = structlog.get_logger(__name__)


def has_run(verification: Verification, stage: Stage) -> bool:
    """Whether the stage of the present attempt has a result."""
    return StageResult.objects.filter(
        verification=verification, attempt=verification.attempt, stage=stage
    ).exists()


def findings_read(result: StageResult) -> dict[str, Any]:
    """Return what a stage found, decrypted."""
    value = open_json(
        data_key=result.verification.customer.data_key,
        sealed=result.findings_sealed,
        context=_context(result.verification, result.attempt, result.stage),
    )
    return dict(value)


def result_store(
    verification: Verification, stage: Stage, found: StageFindings, duration_ms: int
) -> None:
    """Seal and store what a stage found, unless its result is there already."""
    sealed = seal_json(
        data_key=verification.customer.data_key,
        value=found.findings,
        context=_context(verification, verification.attempt, stage),
    )
    try:
        with transaction.atomic():
            StageResult.objects.create(
                verification=verification,
                attempt=verification.attempt,
                stage=stage,
                state=found.state,
                failure_code=found.failure_code,
                findings_sealed=sealed,
                engine=found.engine,
                engine_version=found.engine_version,
                duration_ms=duration_ms,
            )
    except IntegrityError:
        # The same task was delivered twice and the other one was faster: its result stands.
        logger.info("stage_ran_twice", stage=stage)


def _context(verification: Verification, attempt: int, stage: str) -> str:
    return f"verification:{verification.pk}:{attempt}:{stage}"
