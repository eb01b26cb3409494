"""Who works a case: taken, given, released, passed on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.choices import HELD_BY_ANALYST, CaseEventKind, CaseStatus, QueueName
from cases.models import Case, CaseEvent
from cases.selectors import queues_worked_by
from cases.services.assigning import CASE_ASSIGNED, assign_by_rule, assigned
from cases.services.case_rows import (
    case_as_seen,
    case_in_hand,
    case_move,
    case_write,
    event_add,
    news_of,
    require_held_by,
    require_may_work,
    require_not_own,
    require_seen,
    require_undecided,
)
from cases.services.notes import note_keep
from cases.services.queues import queue_ensure, works_queue
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import publish
from kyc.refusals import Refusal
from scoring.services.reasons import reason_checked

CASE_ESCALATED = "cases.case.escalated"
__all__ = [
    "CASE_ASSIGNED",
    "CASE_ESCALATED",
    "case_assign",
    "case_begin",
    "case_claim",
    "case_escalate",
    "case_next",
    "case_release",
    "case_touch",
    "claim",
    "release",
    "require_able",
]
# One day's work is in hand at most; whoever hoards cases keeps them from everybody else.
MAX_HELD = 20


def case_next(*, analyst: User, queue_ids: Sequence[str] | None = None) -> Case | None:
    """Give an analyst the most urgent case that is nobody's, theirs by assignment first.

    Rows that a colleague is taking at this moment are passed over, so that two analysts never
    get one case and neither waits for the other. Nor does anybody get back what they escalated;
    they can still take it by hand. None when there is nothing to do.

    Raises `Refusal` for somebody who may not work cases, or has too many in hand.
    """
    _require_may_take(analyst)
    with transaction.atomic():
        waiting = _waiting_for(analyst, queue_ids)
        case = _first(waiting.filter(assigned_to=analyst)) or _first(
            waiting.filter(~_passed_on_by(analyst), assigned_to=None)
        )
        if case is None:
            return None
        claim(case, analyst)
    return case


def case_claim(*, case_id: uuid.UUID, seen: int | None, analyst: User) -> Case:
    """Take a case that is nobody's. To take one's own again changes nothing.

    Raises
    ------
    Refusal
        When somebody has it, it waits or is closed, it is another queue's or about oneself.
    ChangedElsewhere
        When it has changed since the page was opened.
    """
    _require_may_take(analyst)
    with case_as_seen(case_id, None) as case:
        if case.is_held and case.claimed_by_id == analyst.pk:
            return case
        if case.is_held:
            raise Refusal("held_by_another", "A colleague took this case just before you.")
        # Who was faster is said before that something changed.
        _require_open(case)
        require_seen(case, seen)
        require_not_own(case, analyst)
        if not works_queue(analyst, case.queue):
            raise Refusal("not_your_queue", f"You do not work the queue {case.queue.title}.")
        claim(case, analyst)
    return case


def case_touch(*, case: Case, analyst: User) -> None:
    """Note that the analyst who holds a case is still at it, so that it is not released."""
    held = Case.objects.filter(pk=case.pk, claimed_by=analyst, status__in=HELD_BY_ANALYST)
    held.update(active_at=timezone.now())


def case_begin(*, case_id: uuid.UUID, seen: int | None, analyst: User) -> Case:
    """Say that work on a claimed case has begun; one that is begun stays as it is."""
    with case_in_hand(case_id, seen, analyst) as case:
        if case.status == CaseStatus.CLAIMED:
            actor = Actor.of_user(analyst)
            case_move(case, CaseStatus.INVESTIGATING, actor, active_at=timezone.now())
    return case


def case_release(*, case_id: uuid.UUID, seen: int | None, user: User) -> Case:
    """Put a case back into its queue; who assigns may do so with a colleague's."""
    with case_as_seen(case_id, seen) as case:
        if not (case.is_held and user.has_perm("cases.assign_case")):
            require_held_by(case, user)
        require_undecided(case)
        release(case, Actor.of_user(user), "released")
    return case


def case_assign(*, case_id: uuid.UUID, seen: int | None, to: User, user: User) -> Case:
    """Give a case to somebody; taken from whoever had it, it waits for them.

    Raises `Refusal` when the user may not assign, the other one may not work it, it is about
    them, or it cannot be given at this moment.
    """
    if not user.has_perm("cases.assign_case"):
        raise Refusal("may_not_assign", "Only a senior analyst gives cases to others.")
    with case_as_seen(case_id, seen) as case:
        require_undecided(case)
        require_able(case, to)
        actor = Actor.of_user(user)
        if case.is_held:
            release(case, actor, "assigned")
        if case.status != CaseStatus.OPEN:
            words = case.get_status_display().lower()
            raise Refusal("cannot_assign", f"A case that is {words} cannot be given to anybody.")
        case_write(case)
        assigned(case, to, actor)
    return case


def case_escalate(*, case_id: uuid.UUID, seen: int | None, reason: str, analyst: User) -> Case:
    """Pass a case on to the escalations queue, where it is nobody's."""
    reason = reason_checked(reason)
    with case_in_hand(case_id, seen, analyst) as case:
        if case.queue_id == QueueName.ESCALATIONS:
            raise Refusal("escalated_already", "This case is escalated already.")
        actor = Actor.of_user(analyst)
        queue = queue_ensure(QueueName.ESCALATIONS)
        note = note_keep(case, analyst, reason)
        details = {"from": case.queue_id, "to": queue.pk, "note_id": str(note.pk)}
        release(
            case,
            actor,
            "escalated",
            queue=queue,
            escalated_at=timezone.now(),
            assigned_to=None,
        )
        event_add(case, CaseEventKind.ESCALATED, actor, details)
        publish(kind=CASE_ESCALATED, aggregate=case, payload=news_of(case))
        assign_by_rule(case, actor)
    return case


def release(case: Case, actor: Actor, reason_code: str, **fields: object) -> None:
    """Put a locked case that somebody holds back into a queue."""
    case_move(
        case,
        CaseStatus.OPEN,
        actor,
        reason_code=reason_code,
        payload=None,
        **{"claimed_by": None, "claimed_at": None, **fields},
    )


def claim(case: Case, analyst: User) -> None:
    """Put a locked case that is nobody's into an analyst's hand."""
    now = timezone.now()
    case_move(
        case,
        CaseStatus.CLAIMED,
        Actor.of_user(analyst),
        claimed_by=analyst,
        claimed_at=now,
        active_at=now,
        assigned_to=None,
    )


def require_able(case: Case, user: User) -> None:
    """Raise `Refusal` unless somebody works the case's queue and is not its subject."""
    require_not_own(case, user)
    if not (user.is_active and works_queue(user, case.queue)):
        sentence = f"This person does not work the queue {case.queue.title}."
        raise Refusal("not_in_queue", sentence, field="to")


def _waiting_for(analyst: User, queue_ids: Sequence[str] | None) -> QuerySet[Case]:
    """Return what an analyst could take, the most urgent first. Uses index: cases_case_next."""
    own = queues_worked_by(analyst)
    wanted = own if queue_ids is None else own & set(queue_ids)
    waiting = Case.objects.filter(status=CaseStatus.OPEN, queue_id__in=sorted(wanted))
    not_oneself = ~Q(customer__user=analyst) | Q(customer__user=None)
    return waiting.filter(not_oneself).order_by("-priority", "due_at", "id")


def _passed_on_by(analyst: User) -> Exists:
    """Return whether somebody escalated the case: they asked for another pair of eyes."""
    escalated = CaseEvent.objects.filter(
        case=OuterRef("pk"), kind=CaseEventKind.ESCALATED, actor_id=str(analyst.pk)
    )
    return Exists(escalated.filter(occurred_at__gte=OuterRef("escalated_at")))


def _first(waiting: QuerySet[Case]) -> Case | None:
    locked = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return locked.select_related("queue", "customer__data_key").first()


def _require_may_take(analyst: User) -> None:
    require_may_work(analyst)
    held = Case.objects.filter(claimed_by=analyst, status__in=HELD_BY_ANALYST)
    if held.count() >= MAX_HELD:
        sentence = f"You have {MAX_HELD} cases in hand. Close or release one first."
        raise Refusal("too_many_held", sentence)


def _require_open(case: Case) -> None:
    if case.status != CaseStatus.OPEN:
        words = case.get_status_display().lower()
        raise Refusal("not_open", f"This case is {words} and cannot be taken.")
