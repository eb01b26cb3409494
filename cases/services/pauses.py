"""Cases put off until a day, taken up again, and opened again after their end."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from cases.choices import CaseEventKind, CaseStatus, QueueName
from cases.models import Case
from cases.services.alerts import resume
from cases.services.assigning import assign_by_rule
from cases.services.case_rows import (
    case_as_seen,
    case_in_hand,
    case_move,
    event_add,
    require_not_own,
)
from cases.services.claims import claim, require_able
from cases.services.notes import note_keep
from cases.services.queues import queue_ensure
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.refusals import Refusal
from scoring.services.reasons import reason_checked

# A case that comes back after longer than this was not suspended but forgotten.
MAX_SUSPENSION = timedelta(days=90)


def case_suspend(
    *, case_id: uuid.UUID, seen: int | None, until: datetime, reason: str, analyst: User
) -> Case:
    """Put a case off until a day; its clock stands still, and a new alert ends the wait."""
    reason = reason_checked(reason)
    now = timezone.now()
    if not now < until <= now + MAX_SUSPENSION:
        sentence = f"Choose a day to come, at most {MAX_SUSPENSION.days} days away."
        raise Refusal("bad_day", sentence, field="until")
    with case_in_hand(case_id, seen, analyst) as case:
        actor = Actor.of_user(analyst)
        note = note_keep(case, analyst, reason)
        event_add(case, CaseEventKind.NOTED, actor, {"note_id": str(note.pk)})
        case_move(
            case,
            CaseStatus.SUSPENDED,
            actor,
            reason_code="suspended",
            claimed_by=None,
            claimed_at=None,
            # It comes back to whoever knows it.
            assigned_to=analyst,
            suspended_at=now,
            suspended_until=until,
        )
    return case


def case_resume(*, case_id: uuid.UUID, seen: int | None, analyst: User) -> Case:
    """Take up a suspended case before its day; it is the analyst's own then."""
    with case_as_seen(case_id, seen) as case:
        if case.status != CaseStatus.SUSPENDED:
            raise Refusal("not_suspended", "This case is not suspended.")
        require_able(case, analyst)
        resume(case, Actor.of_user(analyst), "resumed", timezone.now())
        claim(case, analyst)
    return case


def case_reopen(*, case_id: uuid.UUID, seen: int | None, reason: str, user: User) -> Case:
    """Open a closed case again, in the escalations queue: somebody's decision is in question.

    What the decision did stays done; the next decision adds its own label and effects.

    Raises `Refusal` when the user may not, it is not closed, or the subject has an open case.
    """
    reason = reason_checked(reason)
    if not user.has_perm("cases.approve_case"):
        raise Refusal("may_not_reopen", "Only a senior analyst opens a closed case again.")
    with case_as_seen(case_id, seen) as case:
        require_not_own(case, user)
        if not case.is_closed:
            raise Refusal("not_closed", "This case is not closed.")
        _require_no_other(case)
        now, queue = timezone.now(), queue_ensure(QueueName.ESCALATIONS)
        note = note_keep(case, user, reason)
        whole = timedelta(minutes=queue.sla_minutes)
        case_move(
            case,
            CaseStatus.OPEN,
            Actor.of_user(user),
            reason_code="reopened",
            queue=queue,
            claimed_by=None,
            claimed_at=None,
            assigned_to=None,
            closed_at=None,
            label="",
            opened_at=now,
            warn_at=now + whole * queue.warning_share,
            due_at=now + whole,
            warned_at=None,
            breached_at=None,
            escalated_at=now,
        )
        details = {"to": queue.pk, "note_id": str(note.pk)}
        event_add(case, CaseEventKind.ESCALATED, Actor.of_user(user), details)
        assign_by_rule(case, Actor.of_user(user))
    return case


def _require_no_other(case: Case) -> None:
    subject = {
        name: getattr(case, name)
        for name in ("customer_id", "card_id", "device_id")
        if getattr(case, name) is not None
    }
    if Case.objects.filter(**subject).exclude(status=CaseStatus.CLOSED).exists():
        sentence = "There is an open case about the same subject; work on that one."
        raise Refusal("other_case_open", sentence)
