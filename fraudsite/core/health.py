"""Is the process alive, and is the site ready: for load balancers and `make run`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fraudsite.core.heartbeat import Heartbeat, heartbeat_read

# A probe that waits longer is as good as a refusal; load balancers give up after a few seconds.
PROBE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the site needs, whether it is there, and a sentence for the operator if not."""

    name: str
    is_ready: bool
    detail: str = ""


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer that this process answers; it asks nothing else."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer 200 if everything needed is there, else 503 with what is missing."""
    found = findings()
    is_ready = all(finding.is_ready for finding in found)
    body = {
        "status": "ready" if is_ready else "not_ready",
        "failed": [finding.name for finding in found if not finding.is_ready],
        "checks": {
            finding.name: {"is_ready": finding.is_ready, "detail": finding.detail}
            for finding in found
        },
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def findings() -> list[Finding]:
    """Look at the database, the broker, each queue's worker and the engines it reported."""
    found = [_guarded("database", _ask_database), _guarded("broker", _ask_broker)]
    if not found[1].is_ready:
        # The heartbeat is read from the same server; asking it again would only take longer.
        return [*found, Finding("worker", is_ready=False, detail="Unknown without the broker.")]
    for queue in settings.HEARTBEAT_QUEUES:
        found += _worker_findings(queue)
    return found


def _guarded(name: str, ask: Callable[[], None]) -> Finding:
    try:
        ask()
    except (DatabaseError, redis.RedisError, OSError) as error:
        # The type only: messages of drivers quote hosts, users and sometimes passwords.
        return Finding(name, is_ready=False, detail=f"No answer ({type(error).__name__}).")
    return Finding(name, is_ready=True)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=PROBE_TIMEOUT_S,
        socket_connect_timeout=PROBE_TIMEOUT_S,
    ) as client:
        client.ping()


def _worker_findings(queue: str) -> list[Finding]:
    name = f"worker:{queue}"
    try:
        heartbeat = heartbeat_read(queue)
    except (redis.RedisError, OSError) as error:
        detail = f"The cache does not answer ({type(error).__name__})."
        return [Finding(name, is_ready=False, detail=detail)]
    if heartbeat is None:
        return [Finding(name, is_ready=False, detail="No worker has reported.")]
    if heartbeat.age_s > settings.HEARTBEAT_MAX_AGE_S:
        detail = f"The last report is {heartbeat.age_s:.0f} s old."
        return [Finding(name, is_ready=False, detail=detail)]
    return [Finding(name, is_ready=True), *_engine_findings(heartbeat)]


def _engine_findings(heartbeat: Heartbeat) -> list[Finding]:
    return [
        Finding(
            f"engine:{name}",
            is_ready=bool(state["is_ready"]) or not state["is_required"],
            detail=str(state["detail"]),
        )
        for name, state in sorted(heartbeat.engines.items())
    ]
