"""Loads and tries the engines when a worker process starts, so that no customer waits for them."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery.signals import worker_process_init

logger = structlog.get_logger(__name__)


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
        track(portrait)
    except Exception as error:  # noqa: BLE001 - see above; the type says enough
        logger.warning("engines_missing", error_type=type(error).__name__, detail=str(error))
        return
    duration_ms = round((time.monotonic() - started) * 1000)
    logger.info("engines_loaded", outcome=outcome, duration_ms=duration_ms)


worker_process_init.connect(warm_up, weak=False)
