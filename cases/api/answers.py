"""What the API answers about cases: ids, codes and numbers, nothing that anybody wrote."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cases.models import Alert, Case, CaseDecision, Note
from cases.services.second_looks import hides_from
from fraudsite.core.models import OutboxEvent, User


class CaseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a list shows it. `version` is what a command takes as `seen`."""

    id: str
    reference: str
    version: int
    status: str
    queue: str
    label: str
    severity: Annotated[int, Meta(description="1 low … 4 critical")]
    priority: Annotated[int, Meta(description="0–100")]
    amount_minor: Annotated[int, Meta(description="At risk, in cents of the reference currency")]
    score: float | None
    alerts_count: int
    customer_id: str | None
    claimed_by: str | None
    assigned_to: str | None
    opened_at: datetime
    due_at: datetime
    is_breached: bool
    suspended_until: datetime | None
    closed_at: datetime | None
    updated_at: datetime


class PriorityPart(msgspec.Struct, frozen=True):
    """Why the priority is what it is."""

    code: str
    points: int
    text: str


class AlertAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One reason to look; an empty `settlement` means that it still waits."""

    id: str
    source: str
    reason: str
    severity: int
    score: float | None
    amount_minor: int
    transaction_id: str | None
    verification_id: str | None
    settlement: str
    raised_at: datetime


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision. What it says is null while a blind second look waits, but for its maker."""

    id: str
    case_id: str
    status: str
    label: str | None
    reason: str | None
    effects: list[dict[str, Any]] | None
    alert_ids: list[str]
    decided_by: str
    approved_by: str | None
    failure_code: str
    created_at: datetime
    takes_effect_at: datetime | None


class NoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody wrote a note; what it says is read in the staff site."""

    id: str
    case_id: str
    author: str
    created_at: datetime


class CaseDetails(CaseAnswer, frozen=True, kw_only=True):
    """A case with what it is made of."""

    priority_parts: list[PriorityPart]
    alerts: list[AlertAnswer]
    decisions: list[DecisionAnswer]
    notes: list[NoteAnswer]


class EventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of news; `id` stays the same, and is what tells it from one already seen."""

    id: str
    type: str
    case_id: str
    occurred_at: datetime
    payload: dict[str, Any]


def case_answer(case: Case) -> CaseAnswer:
    """Return a case as a list shows it."""
    return CaseAnswer(**_fields(case))


def case_details(case: Case, viewer: User) -> CaseDetails:
    """Return a case with what it is made of, as this person may see it; three queries."""
    return CaseDetails(
        **_fields(case),
        priority_parts=[
            PriorityPart(part["code"], part["points"], part["sentence"])
            for part in case.priority_parts
        ],
        alerts=[_alert(alert) for alert in case.alerts.order_by("id")],
        decisions=[decision_answer(one, viewer) for one in case.decisions.order_by("id")],
        notes=[note_answer(note) for note in case.notes.defer("text_sealed").order_by("id")],
    )


def decision_answer(decision: CaseDecision, viewer: User) -> DecisionAnswer:
    """Return a decision as this person may see it."""
    is_hidden = hides_from(decision, viewer)
    return DecisionAnswer(
        id=str(decision.pk),
        case_id=str(decision.case_id),
        status=decision.status,
        label=None if is_hidden else decision.label,
        reason=None if is_hidden else decision.reason,
        effects=None if is_hidden else decision.effects,
        alert_ids=decision.covers,
        decided_by=str(decision.decided_by_id),
        approved_by=_id(decision.approved_by_id),
        failure_code=decision.failure_code,
        created_at=decision.created_at,
        takes_effect_at=decision.takes_effect_at,
    )


def note_answer(note: Note) -> NoteAnswer:
    """Return who wrote a note and when."""
    return NoteAnswer(
        id=str(note.pk),
        case_id=str(note.case_id),
        author=str(note.author_id),
        created_at=note.created_at,
    )


def event_answer(event: OutboxEvent) -> EventAnswer:
    """Return a piece of news."""
    return EventAnswer(
        id=str(event.event_id),
        type=event.kind,
        case_id=event.payload["case_id"],
        occurred_at=event.created_at,
        payload=event.payload,
    )


def _fields(case: Case) -> dict[str, Any]:
    return {
        "id": str(case.pk),
        "reference": case.reference,
        "version": case.version,
        "status": case.status,
        "queue": case.queue_id,
        "label": case.label,
        "severity": case.severity,
        "priority": case.priority,
        "amount_minor": case.amount_minor,
        "score": case.score,
        "alerts_count": case.alerts_count,
        "customer_id": _id(case.customer_id),
        "claimed_by": _id(case.claimed_by_id),
        "assigned_to": _id(case.assigned_to_id),
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "is_breached": case.is_breached,
        "suspended_until": case.suspended_until,
        "closed_at": case.closed_at,
        "updated_at": case.updated_at,
    }


def _alert(alert: Alert) -> AlertAnswer:
    return AlertAnswer(
        id=str(alert.pk),
        source=alert.source,
        reason=alert.reason,
        severity=alert.severity,
        score=alert.score,
        amount_minor=alert.amount_minor,
        transaction_id=_id(alert.transaction_id),
        verification_id=_id(alert.verification_id),
        settlement=alert.settlement,
        raised_at=alert.raised_at,
    )


def _id(value: uuid.UUID | int | None) -> str | None:
    return None if value is None else str(value)
