"""A worker's own sign of life, from its main process and not through the queue it works on."""

from __future__ import annotations

import time
from typing import Any

import redis
import structlog
from celery.signals import heartbeat_sent, worker_ready

from fraudsite.core.heartbeat import heartbeat_write

logger = structlog.get_logger(__name__)

EVERY_S = 5.0


class WorkerHeartbeat:
    """Writes the heartbeat of every queue that this worker consumes, at most every few seconds."""

    def __init__(self) -> None:
        self._queues: tuple[str, ...] = ()
        self._written_at = 0.0

    def begin(self, sender: Any = None, **_: Any) -> None:
        """Note which queues the worker consumes, once it does."""
        self._queues = tuple(queue.name for queue in sender.task_consumer.queues)
        self.write()

    def beat(self, **_: Any) -> None:
        """Write again when it is time; Celery calls this every two seconds or so."""
        if time.monotonic() - self._written_at >= EVERY_S:
            self.write()

    def write(self) -> None:
        """Write one heartbeat a queue; a broker that is away for a moment is no reason to stop."""
        self._written_at = time.monotonic()
        try:
            for queue in self._queues:
                heartbeat_write(queue)
        except redis.RedisError as error:
            logger.warning("heartbeat_not_written", error_type=type(error).__name__)


worker_heartbeat = WorkerHeartbeat()


def connect() -> None:
    """Have Celery call it; nothing happens outside a worker."""
    worker_ready.connect(worker_heartbeat.begin, weak=False)
    heartbeat_sent.connect(worker_heartbeat.beat, weak=False)
