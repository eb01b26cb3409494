"""A case moved to another queue by a person: it was sorted wrongly, or somebody else knows more."""

from __future__ import annotations

import uuid

from cases.choices import CaseEventKind, CaseStatus
from cases.models import Case, Queue
from cases.services.assigning import assign_by_rule
from cases.services.case_rows import (
    case_as_seen,
    case_write,
    event_add,
    require_held_by,
    require_may_work,
    require_not_own,
    require_undecided,
)
from cases.services.claims import release
from cases.services.notes import note_keep
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.refusals import Refusal
from scoring.services.reasons import reason_checked


def case_move_queue(
    *, case_id: uuid.UUID, seen: int | None, queue_id: str, reason: str, user: User
) -> Case:
    """Put a case into another queue, where it is nobody's; deadline and second look stay.

    Whoever holds it may do so, and who assigns with any case that is not decided.

    Raises
    ------
    Refusal
        Without a reason, for the queue it is in or one that is not there, and when it is not
        theirs, about themselves, decided or closed.
    ChangedElsewhere
        When it has changed since the page was opened.
    """
    reason = reason_checked(reason)
    require_may_work(user)
    with case_as_seen(case_id, seen) as case:
        require_not_own(case, user)
        if not user.has_perm("cases.assign_case"):
            require_held_by(case, user)
        require_undecided(case)
        queue = _another_queue(case, queue_id)
        actor = Actor.of_user(user)
        note = note_keep(case, user, reason)
        details = {"from": case.queue_id, "to": queue.pk, "note_id": str(note.pk)}
        _put(case, queue, actor)
        event_add(case, CaseEventKind.QUEUE_CHANGED, actor, details)
        if case.status == CaseStatus.OPEN:
            assign_by_rule(case, actor)
    return case


def _put(case: Case, queue: Queue, actor: Actor) -> None:
    if case.is_held:
        release(case, actor, "moved_to_queue", queue=queue, assigned_to=None)
    elif case.status in {CaseStatus.OPEN, CaseStatus.SUSPENDED}:
        case_write(case, queue=queue, assigned_to=None)
    else:
        words = case.get_status_display().lower()
        sentence = f"A case that is {words} cannot be moved to another queue."
        raise Refusal("cannot_move", sentence)


def _another_queue(case: Case, queue_id: str) -> Queue:
    """Return the queue, read anew; PostgreSQL takes no zero byte."""
    queue = Queue.objects.filter(pk=queue_id.replace("\x00", "?")).first()
    if queue is None:
        raise Refusal("unknown_queue", "There is no such queue.", field="queue")
    if queue.pk == case.queue_id:
        raise Refusal("same_queue", "The case is in this queue already.", field="queue")
    return queue
