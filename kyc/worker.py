"""Loads and tries the engines when a worker process starts, so that no customer waits for them."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery.signals import worker_process_init

from fraudsite.core.engines import engine_outcome_write

logger = structlog.get_logger(__name__)

FACE_ENGINES = "faces"


def warm_up(**_: Any) -> None:
    """Load every engine once, after the fork: their threads and sessions do not survive one.

    What is tried is the real thing: a public-domain portrait compared with itself. An engine that
    cannot start is no reason for the worker not to: its stage records that, and /readyz says so.
    """
    # Imported here because only worker processes need them, at hundreds of megabytes each.
    from kyc.simulation.portraits import load_portrait  # noqa: PLC0415
    from kyc.vision.face_mesh import track  # noqa: PLC0415
    from kyc.vision.faces.match import compare_faces  # noqa: PLC0415

    started = time.monotonic()
    try:
        portrait = load_portrait("astronaut")
        outcome = compare_faces(portrait, portrait).outcome
        has_mesh = bool(track(portrait))
    except Exception as error:  # noqa: BLE001 - see above; the type says enough
        logger.warning("engines_missing", error_type=type(error).__name__, detail=str(error))
        engine_outcome_write(
            FACE_ENGINES, is_ready=False, detail=f"Loading failed: {type(error).__name__}."
        )
        return
    is_ready = outcome == "match" and has_mesh
    detail = "" if is_ready else "They do not know a face from itself."
    engine_outcome_write(FACE_ENGINES, is_ready=is_ready, detail=detail)
    duration_ms = round((time.monotonic() - started) * 1000)
    logger.info("engines_loaded", outcome=outcome, duration_ms=duration_ms)


worker_process_init.connect(warm_up, weak=False)
