"""The platform's own tasks: thin, idempotent, started by the scheduler."""

from __future__ import annotations

from celery import Task, shared_task

from fraudsite.core.base_task import BaseTask
from fraudsite.core.heartbeat import heartbeat_write
from fraudsite.core.outbox import purge, relay_batch
from fraudsite.core.services.audit import audit_seal_all
from fraudsite.core.services.files import files_sweep
from fraudsite.core.worker_heartbeat import connect

# The decorators are untyped because Celery ships no types.
__all__ = [
    "BaseTask",
    "purge_outbox",
    "relay_outbox",
    "report_heartbeat",
    "seal_audit",
    "sweep_evidence",
]

# Tasks are what a worker imports; this is how it learns to report.
connect()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def relay_outbox() -> int:
    """Carry waiting events to their consumers; return how many were dispatched."""
    return relay_batch().dispatched


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def seal_audit() -> int:
    """Seal what is unsealed; return the number of seals."""
    return audit_seal_all()


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def purge_outbox() -> int:
    """Delete old dispatched events; return how many."""
    return sum(iter(purge, 0))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def sweep_evidence() -> int:
    """Put files that no row names aside; return how many."""
    return len(files_sweep().removed)


@shared_task(ignore_result=True, bind=True)  # type: ignore[untyped-decorator]
def report_heartbeat(self: Task) -> str:
    """Leave a sign of life for the queue this message came through; return its name."""
    delivery = self.request.delivery_info or {}
    queue = str(delivery.get("routing_key") or self.app.conf.task_default_queue)
    return heartbeat_write(queue).queue
