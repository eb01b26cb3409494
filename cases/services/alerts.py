"""Alerts: each once, each into the one open case of its subject.

An alert about something that waits for a person always has an open case. One that only tells
(the machine had the last word) is noted on a case that was just closed for the same reason,
unless it is worse than what that case had seen.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.choices import AlertSettlement, AlertSource, CaseEventKind, CaseStatus, QueueName
from cases.models import Alert, Case, Queue
from cases.services.assigning import assign_by_rule
from cases.services.case_rows import case_lock, case_move, case_write, event_add, news_of
from cases.services.priorities import priority_fields
from cases.services.queues import queue_ensure
from cases.services.second_looks import second_look_of
from fraudsite.core.actors import Actor
from fraudsite.core.outbox import publish

ALERTS = Actor.system("alerts")
CASE_OPENED, CASE_ALERTED = "cases.case.opened", "cases.case.alerted"
# Two alerts about one new subject at once: the slower one finds the case of the faster.
MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about: one of the three ids."""

    workspace_id: uuid.UUID
    customer_id: uuid.UUID | None = None
    card_id: int | None = None
    device_id: int | None = None

    @property
    def lookup(self) -> dict[str, Any]:
        """Return the field of a case that names it: the customer, else the card, else the device.

        Raises `ValueError` for none.
        """
        for name in ("customer_id", "card_id", "device_id"):
            if (value := getattr(self, name)) is not None:
                return {name: value}
        message = "An alert is about a customer, a card or a device."
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert about to be raised.

    Attributes
    ----------
    source, source_id : str
        What raised it; together they are one alert, however often it is told.
    reason : str
        The weightiest code, without a version.
    reasons : sequence of mapping
        `code` and `text` of each, strictest first.
    waits_for_person : bool
        Whether something stands still until a person decides.
    """

    source: AlertSource
    source_id: str
    subject: Subject
    queue: QueueName
    severity: int
    reason: str
    raised_at: datetime
    reasons: Sequence[Mapping[str, str]] = ()
    score: float | None = None
    amount_minor: int = 0
    verification_id: uuid.UUID | None = None
    transaction_id: uuid.UUID | None = None
    waits_for_person: bool = True


def alert_open(new: NewAlert) -> tuple[Alert, bool]:
    """Raise an alert in the case it belongs to; return it and whether it is new."""
    for _ in range(MAX_TRIES):
        known = Alert.objects.filter(source=new.source, source_id=new.source_id).first()
        if known is not None:
            return known, False
        try:
            with transaction.atomic():
                return _raise(new), True
        except IntegrityError:
            # Somebody opened the subject's case, or raised this very alert, at the same moment.
            continue
    message = "An alert could not be placed; the event is tried again."
    raise RuntimeError(message)


def _raise(new: NewAlert) -> Alert:
    queue = queue_ensure(new.queue)
    now = timezone.now()
    found = _case_of(new, queue, now)
    if found is None:
        return _open_case(new, queue, now)
    case = case_lock(found.pk)
    if not case.is_closed:
        return _merge(case, new, queue, now)
    if _is_worth_reopening(case, new):
        _reopen(case, new, now)
        return _merge(case, new, queue, now)
    return _note(case, new, queue, now)


def _case_of(new: NewAlert, queue: Queue, now: datetime) -> Case | None:
    """Return the subject's open case, else the one closed just now for the same reason."""
    own = Case.objects.filter(**new.subject.lookup)
    unclosed = own.exclude(status=CaseStatus.CLOSED).first()
    if unclosed is not None:
        return unclosed
    since = now - timedelta(minutes=queue.cooldown_minutes)
    just_closed = own.filter(
        status=CaseStatus.CLOSED, closed_at__gt=since, reasons__contains=[new.reason]
    )
    return just_closed.order_by("-closed_at").first()


def _is_worth_reopening(case: Case, new: NewAlert) -> bool:
    return new.waits_for_person or new.severity > case.severity


def _open_case(new: NewAlert, queue: Queue, now: datetime) -> Alert:
    case = Case(
        workspace_id=new.subject.workspace_id,
        **new.subject.lookup,
        queue=queue,
        severity=new.severity,
        score=new.score,
        amount_minor=new.amount_minor,
        alerts_count=1,
        reasons=[new.reason],
        is_asked_by_customer=new.source == AlertSource.HUMAN_REVIEW,
        second_look_policy=queue.second_look_policy.to_json(),
        opened_at=now,
        **_deadlines(queue, now),
    )
    case.second_look_reason = second_look_of(case)
    for name, value in priority_fields(case, now).items():
        setattr(case, name, value)
    case.save(force_insert=True)
    alert = _alert(case, new, queue)
    details = {"alert_id": str(alert.pk), "reason": new.reason}
    event_add(case, CaseEventKind.ALERT_MERGED, ALERTS, details)
    publish(kind=CASE_OPENED, aggregate=case, payload=news_of(case, **details))
    assign_by_rule(case, ALERTS)
    return alert


def _merge(case: Case, new: NewAlert, queue: Queue, now: datetime) -> Alert:
    alert = _alert(case, new, queue)
    if case.status == CaseStatus.SUSPENDED and new.waits_for_person:
        resume(case, ALERTS, "new_alert", now)
    case.severity = max(case.severity, new.severity)
    case.score = max(
        (score for score in (case.score, new.score) if score is not None), default=None
    )
    case.amount_minor += new.amount_minor
    case.alerts_count += 1
    case.reasons = [*case.reasons, *([] if new.reason in case.reasons else [new.reason])]
    case.is_asked_by_customer |= new.source == AlertSource.HUMAN_REVIEW
    case.second_look_reason = case.second_look_reason or second_look_of(case)
    _hurry(case, queue, now)
    _draw_into(case, queue)
    case_write(
        case,
        **{name: getattr(case, name) for name in MERGED_FIELDS},
        **priority_fields(case, now),
    )
    details = {"alert_id": str(alert.pk), "reason": new.reason}
    event_add(case, CaseEventKind.ALERT_MERGED, ALERTS, details)
    publish(kind=CASE_ALERTED, aggregate=case, payload=news_of(case, **details))
    return alert


MERGED_FIELDS = (
    "severity",
    "score",
    "amount_minor",
    "alerts_count",
    "reasons",
    "is_asked_by_customer",
    "second_look_reason",
    "queue",
    "warn_at",
    "due_at",
    "warned_at",
)


def _hurry(case: Case, queue: Queue, now: datetime) -> None:
    """Bring the deadline forward where the new alert is due earlier than all before it."""
    ends = _deadlines(queue, now)
    if ends["due_at"] < case.due_at:
        case.due_at, case.warn_at, case.warned_at = ends["due_at"], ends["warn_at"], None


def _draw_into(case: Case, queue: Queue) -> None:
    """Move a case that nobody has begun into the queue that weighs more."""
    if case.status == CaseStatus.OPEN and queue.rank > case.queue.rank:
        details = {"from": case.queue_id, "to": queue.pk}
        event_add(case, CaseEventKind.QUEUE_CHANGED, ALERTS, details)
        case.queue = queue


def _note(case: Case, new: NewAlert, queue: Queue, now: datetime) -> Alert:
    alert = _alert(case, new, queue, settlement=AlertSettlement.NOTED, settled_at=now)
    case_write(case, alerts_count=case.alerts_count + 1)
    details = {"alert_id": str(alert.pk), "reason": new.reason}
    event_add(case, CaseEventKind.ALERT_NOTED, ALERTS, details)
    return alert


def _reopen(case: Case, new: NewAlert, now: datetime) -> None:
    """Open a closed case again for a new alert; what it is about from now on is that alert."""
    case_move(
        case,
        CaseStatus.OPEN,
        ALERTS,
        reason_code="new_alert",
        claimed_by=None,
        claimed_at=None,
        closed_at=None,
        label="",
        amount_minor=0,
        severity=new.severity,
        opened_at=now,
        warned_at=None,
        breached_at=None,
        **_deadlines(case.queue, now),
    )
    assign_by_rule(case, ALERTS)


def resume(case: Case, actor: Actor, reason_code: str, now: datetime) -> None:
    """Take up a suspended case again; the time it was put off does not count."""
    paused = now - case.suspended_at if case.suspended_at else timedelta()
    case_move(
        case,
        CaseStatus.OPEN,
        actor,
        reason_code=reason_code,
        suspended_at=None,
        suspended_until=None,
        warn_at=case.warn_at + paused,
        due_at=case.due_at + paused,
    )


def _deadlines(queue: Queue, now: datetime) -> dict[str, Any]:
    whole = timedelta(minutes=queue.sla_minutes)
    return {"warn_at": now + whole * queue.warning_share, "due_at": now + whole}


def _alert(case: Case, new: NewAlert, queue: Queue, **fields: Any) -> Alert:
    return Alert.objects.create(
        case=case,
        source=new.source,
        source_id=new.source_id,
        verification_id=new.verification_id,
        transaction_id=new.transaction_id,
        queue=queue,
        reason=new.reason[:100],
        reasons=[dict(reason) for reason in new.reasons],
        severity=new.severity,
        score=new.score,
        amount_minor=new.amount_minor,
        raised_at=new.raised_at,
        **fields,
    )
