"""A worker's sign of life, left in the cache where the web processes find it."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache

from fraudsite.core.engines import probe_engines

# Long enough that /readyz can say how old a heartbeat is rather than that there is none.
KEEP_S = 3600


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a worker last took a task from a queue, and the engines it found."""

    queue: str
    at: float
    engines: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def age_s(self) -> float:
        """Seconds since."""
        return max(0.0, time.time() - self.at)


def heartbeat_write(queue: str) -> Heartbeat:
    """Leave a sign of life for the queue, with the state of every engine in this process."""
    heartbeat = Heartbeat(queue=queue, at=time.time(), engines=probe_engines())
    cache.set(_key(queue), asdict(heartbeat), KEEP_S)
    return heartbeat


def heartbeat_read(queue: str) -> Heartbeat | None:
    """Return the last sign of life of the queue; None if there was none within the hour."""
    stored = cache.get(_key(queue))
    return Heartbeat(**stored) if stored else None


def _key(queue: str) -> str:
    return f"core.heartbeat.{queue}"
