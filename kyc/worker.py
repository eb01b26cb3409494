"""Loads engines and faces when a worker process starts, so that no customer waits for them."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from celery import current_app
from celery.signals import worker_process_init
from django.db import connection

from fraudsite.core.engines import engine_outcome_write

logger = structlog.get_logger(__name__)

FACE_ENGINES = "faces"
SEARCHING_TASK = "kyc.tasks.find_duplicates"


def warm_up(**_: Any) -> None:
    """Load every engine once, after the fork: their threads and sessions do not survive one.

    What is tried is the real thing: a public-domain portrait compared with itself. An engine that
    cannot start is no reason for the worker not to: its stage records that, and /readyz says so.
    """
    # Imported here because only worker processes need them, at hundreds of megabytes each.
    from kyc.services.face_engine import face_engine  # noqa: PLC0415
    from kyc.simulation.portraits import load_portrait  # noqa: PLC0415
    from kyc.vision.face_mesh import track  # noqa: PLC0415
    from kyc.vision.faces.match import compare_faces  # noqa: PLC0415

    started = time.monotonic()
    try:
        portrait = load_portrait("astronaut")
        outcome = compare_faces(portrait, portrait, engine=face_engine()).outcome
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


def faces_preload(**_: Any) -> None:
    """Begin to load the faces that are searched, where this worker does that.

    Beside the first task: 100,000 faces take some 6 s of processor time. A search that comes before
    the end waits for it, as it would have for its own loading.
    """
    if searches_faces():
        threading.Thread(target=_faces_load, name="faces-preload", daemon=True).start()


def searches_faces() -> bool:
    """Whether this worker takes tasks from the queue in which searches for duplicates are."""
    amqp = current_app.amqp
    # Others than the worker's: asking for the route of a task adds its queue to those it is among.
    others = amqp.Queues([], current_app.conf.task_default_queue)
    others.add(current_app.conf.task_default_queue)
    wanted = amqp.Router(others).route({}, SEARCHING_TASK)["queue"]
    return wanted.name in amqp.queues.consume_from


def _faces_load() -> None:
    # As above: only worker processes need it.
    from kyc.services.gallery_loading import galleries_load  # noqa: PLC0415

    started = time.monotonic()
    try:
        count = galleries_load()
    except Exception as error:  # noqa: BLE001 - the first search loads them then, or says why not
        logger.warning("faces_not_preloaded", error_type=type(error).__name__)
        return
    finally:
        # Of this thread, which ends here.
        connection.close()
    logger.info(
        "faces_preloaded", count=count, duration_ms=round((time.monotonic() - started) * 1000)
    )


worker_process_init.connect(warm_up, weak=False)
worker_process_init.connect(faces_preload, weak=False)
