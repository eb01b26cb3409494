"""News that travels upwards: written with the change, carried to consumers by a relay.

A consumer runs in the relay's transaction together with the note that it ran, so what it writes to
the database happens exactly once; anything heavier it enqueues on commit. Whatever it does outside
the database may happen twice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from fraudsite.core.in_transaction import require_transaction
from fraudsite.core.insertion import row_new
from fraudsite.core.models import ConsumedEvent, OutboxEvent
from fraudsite.core.redaction import sensitive_keys
from fraudsite.core.request_id import current_request_id
from fraudsite.core.uuid7 import uuid7

logger = structlog.get_logger(__name__)

RELAY_BATCH = 200
# 2, 4, 8 … 512 s between tries: a database fail-over or a deployment fits into the 17 minutes
# that ten tries take, and a fault in the code is a dead letter before an analyst's day is over.
MAX_ATTEMPTS = 10
FIRST_DELAY_S = 2.0
MAX_DELAY_S = 600.0
KEEP_DISPATCHED = timedelta(days=7)
PURGE_BATCH = 5000

# The head of each aggregate's queue: no earlier event of the same aggregate is still waiting. While
# one relay holds a head, its successors are not heads yet, so two relays never overtake each other.
# Uses indexes core_outbox_waiting and core_outbox_waiting_by_agg.
NEXT_EVENT = """
SELECT event.* FROM core_outboxevent AS event
WHERE event.dispatched_at IS NULL AND event.dead_at IS NULL AND event.due_at <= %s
  AND NOT EXISTS (
    SELECT 1 FROM core_outboxevent AS earlier
    WHERE earlier.aggregate_type = event.aggregate_type
      AND earlier.aggregate_id = event.aggregate_id
      AND earlier.id < event.id
      AND earlier.dispatched_at IS NULL AND earlier.dead_at IS NULL)
ORDER BY event.id
LIMIT 1
FOR UPDATE OF event SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as a consumer gets it. `id` is the same at every delivery."""

    id: UUID
    kind: str
    aggregate_type: str
    aggregate_id: str
    payload: Mapping[str, Any]
    occurred_at: datetime
    request_id: str


Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A named handler of the kinds it asked for."""

    name: str
    kinds: tuple[str, ...]
    handle: Handler

    def wants(self, kind: str) -> bool:
        """Whether the kind matches one asked for; "*" stands for any run of characters."""
        return any(fnmatchcase(kind, pattern) for pattern in self.kinds)


@dataclass(frozen=True, slots=True)
class RelayReport:
    """What a run of the relay did."""

    dispatched: int = 0
    failed: int = 0
    dead: int = 0


class ConsumerRegistry:
    """The consumers of this process, by name."""

    def __init__(self) -> None:
        self._consumers: dict[str, Consumer] = {}

    def add(self, consumer: Consumer) -> None:
        """Register a consumer; its name is what ConsumedEvent remembers, so it is unique."""
        if consumer.name in self._consumers:
            message = f"There is an outbox consumer named {consumer.name} already."
            raise ValueError(message)
        self._consumers[consumer.name] = consumer

    def remove(self, name: str) -> None:
        """Forget a consumer."""
        self._consumers.pop(name, None)

    def wanting(self, kind: str) -> list[Consumer]:
        """Return the consumers of a kind, in order of their names."""
        return [
            self._consumers[name]
            for name in sorted(self._consumers)
            if self._consumers[name].wants(kind)
        ]


consumers = ConsumerRegistry()


def consumes(*kinds: str, name: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the consumer `name` of the given kinds of event.

    It belongs into an app's `consumers.py`, which is imported at start. Renaming a consumer makes
    it handle again what is still waiting.
    """

    def register(handle: Handler) -> Handler:
        consumers.add(Consumer(name, kinds, handle))
        return handle

    return register


@dataclass(frozen=True, slots=True)
class News:
    """What is to be published about an object."""

    kind: str
    aggregate: Model
    payload: Mapping[str, Any]


def publish(
    *, kind: str, aggregate: Model, payload: Mapping[str, Any] | None = None
) -> OutboxEvent:
    """Write an event in the open transaction of the change it tells of.

    Order holds per aggregate as long as the change locks the aggregate's row first, as `move` does.
    A payload with a key of personal data is refused: it would outlive the person's erasure.
    """
    return publish_many([News(kind, aggregate, payload or {})])[0]


def publish_many(news: Sequence[News]) -> list[OutboxEvent]:
    """Write several events at once, as `publish` writes one."""
    return OutboxEvent.objects.bulk_create(events_prepare(news))


def events_prepare(news: Sequence[News]) -> list[OutboxEvent]:
    """Return the events to be written with the rows they tell of, in one statement with them."""
    require_transaction("An outbox event")
    now = timezone.now()
    request_id = current_request_id()
    return [_event(one, request_id, now) for one in news]


def _event(news: News, request_id: str, now: datetime) -> OutboxEvent:
    columns = {
        "id": None,
        "event_id": uuid7(),
        "kind": news.kind,
        "aggregate_type": news.aggregate._meta.label_lower,
        "aggregate_id": str(news.aggregate.pk),
        "payload": _checked(news.payload),
        "request_id": request_id,
        "attempts": 0,
        "last_error": "",
        "created_at": now,
        "due_at": now,
        "dispatched_at": None,
        "dead_at": None,
    }
    return row_new(OutboxEvent, columns, {})


def relay_batch(*, limit: int = RELAY_BATCH) -> RelayReport:
    """Hand waiting events to their consumers, one transaction each, up to `limit` of them."""
    outcomes = {"dispatched": _dispatch_unwanted(), "failed": 0, "dead": 0}
    for _ in range(limit):
        outcome = relay_one()
        if outcome is None:
            break
        outcomes[outcome] += 1
    return RelayReport(**outcomes)


def _dispatch_unwanted() -> int:
    """Mark what nobody consumes in one statement: most payments are news to nobody here."""
    waiting = OutboxEvent.objects.filter(dispatched_at=None, dead_at=None)
    kinds = waiting.values_list("kind", flat=True).distinct()
    unwanted = [kind for kind in kinds if not consumers.wanting(kind)]
    if not unwanted:
        return 0
    return waiting.filter(kind__in=unwanted).update(dispatched_at=timezone.now())


def relay_one() -> str | None:
    """Hand over the next event; return "dispatched", "failed" or "dead", None if none is due.

    1. Lock the next event that is the head of its aggregate.
    2. Run each consumer that has not handled it yet in a savepoint, noting there that it has.
    3. Mark it dispatched; or, if a consumer raised, put it off, or aside after MAX_ATTEMPTS.
    """
    with transaction.atomic():
        event = _lock_next_event()
        if event is None:
            return None
        with structlog.contextvars.bound_contextvars(
            request_id=event.request_id, event_id=str(event.event_id), event_kind=event.kind
        ):
            faults = _run_consumers(event)
            return _conclude(event, faults)


def retry_dead(*, event_ids: Sequence[UUID] | None = None) -> int:
    """Let dead letters (all, or these) be tried again from the start; return how many."""
    dead = OutboxEvent.objects.filter(dead_at__isnull=False)
    if event_ids is not None:
        dead = dead.filter(event_id__in=event_ids)
    return dead.update(dead_at=None, attempts=0, due_at=timezone.now())


def purge(*, keep: timedelta = KEEP_DISPATCHED, limit: int = PURGE_BATCH) -> int:
    """Delete events dispatched longer ago than `keep`, dead letters never; return how many."""
    old = OutboxEvent.objects.filter(dispatched_at__lt=timezone.now() - keep).order_by(
        "dispatched_at"
    )
    ids = list(old.values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        ConsumedEvent.objects.filter(event_id__in=ids).delete()
        _, deleted = OutboxEvent.objects.filter(pk__in=ids).delete()
    return deleted.get("core.OutboxEvent", 0)


def backoff_s(attempts: int, jitter: float) -> float:
    """Return the wait after the n-th failed try, with `jitter` in 0…1 adding up to a quarter.

    Examples
    --------
    >>> [backoff_s(n, 0.0) for n in (1, 2, 9, 30)]
    [2.0, 4.0, 512.0, 600.0]
    """
    delay_s = min(math.ldexp(FIRST_DELAY_S, attempts - 1), MAX_DELAY_S)
    return delay_s * (1 + jitter / 4)


def _checked(payload: Mapping[str, Any]) -> dict[str, Any]:
    found = sorted(sensitive_keys(payload))
    if found:
        message = f"An event carries ids, never personal data: {', '.join(found)}."
        raise ValueError(message)
    return dict(payload)


def _lock_next_event() -> OutboxEvent | None:
    return next(iter(OutboxEvent.objects.raw(NEXT_EVENT, [timezone.now()])), None)


def _run_consumers(event: OutboxEvent) -> list[str]:
    done = set(event.consumptions.values_list("consumer", flat=True))
    delivered = _as_delivered(event)
    faults = []
    for consumer in consumers.wanting(event.kind):
        if consumer.name in done:
            continue
        fault = _run_consumer(consumer, event, delivered)
        if fault:
            faults.append(fault)
    return faults


def _run_consumer(consumer: Consumer, event: OutboxEvent, delivered: Event) -> str:
    """Run one consumer; return "" or its name and the class of its failure.

    The message is left out: it may quote personal data.
    """
    try:
        with transaction.atomic():
            ConsumedEvent.objects.create(
                event=event, consumer=consumer.name, consumed_at=timezone.now()
            )
            consumer.handle(delivered)
    except Exception as error:
        if not connection.is_usable():
            raise
        logger.exception("outbox_consumer_failed", consumer=consumer.name)
        return f"{consumer.name}: {type(error).__name__}"
    return ""


def _conclude(event: OutboxEvent, faults: list[str]) -> str:
    now = timezone.now()
    if not faults:
        OutboxEvent.objects.filter(pk=event.pk).update(dispatched_at=now, last_error="")
        return "dispatched"
    attempts = event.attempts + 1
    is_dead = attempts >= MAX_ATTEMPTS
    # Jitter only spreads load, so an ordinary generator does.
    delay = timedelta(seconds=backoff_s(attempts, random.random()))  # noqa: S311
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=attempts,
        last_error="; ".join(faults)[:200],
        due_at=now + delay,
        dead_at=now if is_dead else None,
    )
    if is_dead:
        logger.error("outbox_event_dead", attempts=attempts)
    return "dead" if is_dead else "failed"


def _as_delivered(event: OutboxEvent) -> Event:
    return Event(
        id=event.event_id,
        kind=event.kind,
        aggregate_type=event.aggregate_type,
        aggregate_id=event.aggregate_id,
        payload=event.payload,
        occurred_at=event.created_at,
        request_id=event.request_id,
    )
