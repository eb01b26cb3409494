"""A case's row: locked first, compared with what was seen, written with its version raised."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.choices import LIVE_DECISIONS, CaseEventKind, CaseStatus
from cases.models import Case, CaseDecision, CaseEvent
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.transitions import TransitionRefused, move
from kyc.refusals import ChangedElsewhere, Refusal

MOVED_ON = "This case has changed since you opened it. Look at it again, then go on."


def case_lock(case_id: uuid.UUID) -> Case:
    """Return the row as it is now, locked until the transaction ends.

    Always first, before anything that belongs to the case or that it is about.
    """
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("queue", "customer__data_key", "claimed_by").get(pk=case_id)


@contextmanager
def case_as_seen(case_id: uuid.UUID, seen: int | None) -> Iterator[Case]:
    """Lock a case within one transaction and give it, if it still is as it was seen.

    Raises `ChangedElsewhere` when its version is another one; None compares nothing.
    """
    with transaction.atomic():
        case = case_lock(case_id)
        require_seen(case, seen)
        yield case


@contextmanager
def case_in_hand(case_id: uuid.UUID, seen: int | None, analyst: User) -> Iterator[Case]:
    """As `case_as_seen`, for the analyst who holds the case and has not decided it yet.

    Raises `Refusal` when somebody else holds it, nobody does, a decision is under way, or the
    analyst is none any more: who lost the role can only give the case back.
    """
    require_may_work(analyst)
    with case_as_seen(case_id, seen) as case:
        require_held_by(case, analyst)
        require_undecided(case)
        yield case


def require_seen(case: Case, seen: int | None) -> None:
    """Raise `ChangedElsewhere` when a case is not as it was seen; None compares nothing."""
    if seen is not None and case.version != seen:
        raise ChangedElsewhere(MOVED_ON)


def require_may_work(analyst: User) -> None:
    """Raise `Refusal` unless this person works cases."""
    if not analyst.has_perm("cases.work_case"):
        raise Refusal("may_not_work", "Only analysts work cases.")


def require_held_by(case: Case, analyst: User) -> None:
    """Raise `Refusal` unless this analyst holds the case."""
    if not case.is_held:
        words = case.get_status_display().lower()
        sentence = f"This case is {words}; take it first."
        raise Refusal("not_claimed", sentence)
    if case.claimed_by_id != analyst.pk:
        raise Refusal("held_by_another", "A colleague has this case. Ask them, or take another.")


def require_undecided(case: Case) -> None:
    """Raise `Refusal` while a decision on the case waits or is about to take effect."""
    if live_decision(case) is not None:
        sentence = "A decision on this case is under way. Undo it first, or wait for its end."
        raise Refusal("decision_under_way", sentence)


def require_not_own(case: Case, user: User) -> None:
    """Raise `Refusal` when the case is about the person themselves."""
    if case.customer is not None and case.customer.user_id == user.pk:
        raise Refusal("own_case", "Nobody works on a case about themselves.")


def live_decision(case: Case) -> CaseDecision | None:
    """Return the decision that waits for approval or for its moment."""
    return case.decisions.filter(status__in=LIVE_DECISIONS).first()


def case_write(case: Case, **fields: Any) -> None:
    """Write fields of a locked case and raise its version."""
    for name, value in {**fields, "version": case.version + 1}.items():
        setattr(case, name, value)
    case.save(update_fields=[*fields, "version", "updated_at"])


def case_move(
    case: Case,
    to: str,
    actor: Actor,
    *,
    reason_code: str = "",
    payload: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Move a locked case to another status, with further fields, and raise its version.

    Raises `Refusal` where the table knows no such move.
    """
    try:
        move(
            case,
            to=to,
            actor=actor,
            reason_code=reason_code,
            payload={**_told_of(case), **(payload or {})},
            update={**fields, "version": case.version + 1},
        )
    except TransitionRefused as refused:
        words = case.get_status_display().lower()
        target = CaseStatus(to).label.lower()
        sentence = f"A case that is {words} cannot become {target}."
        raise Refusal("move_not_allowed", sentence) from refused


def event_add(
    case: Case, kind: CaseEventKind, actor: Actor, details: Mapping[str, Any] | None = None
) -> None:
    """Put something into the case's history and the audit trail."""
    CaseEvent.objects.create(
        case=case,
        kind=kind,
        details=dict(details or {}),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        occurred_at=timezone.now(),
    )
    audit_record(actor=actor, action=f"case.{kind}", target=case, details=details)


def news_of(case: Case, **more: Any) -> dict[str, Any]:
    """Return what every event about a case tells: ids and codes."""
    return {**_told_of(case), **more}


def _told_of(case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case.pk),
        "customer_id": str(case.customer_id) if case.customer_id else "",
        "queue": case.queue_id,
        "severity": case.severity,
        "priority": case.priority,
    }
