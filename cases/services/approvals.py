"""The second person: approves, rejects or decides blind; and the undo."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils import timezone

from cases.choices import CaseEventKind, CaseStatus, DecisionStatus, QueueName
from cases.effects import Effect, effect_from_json
from cases.models import Case, CaseDecision
from cases.services.case_rows import (
    case_as_seen,
    case_move,
    case_write,
    event_add,
    news_of,
    require_not_own,
)
from cases.services.decisions import require_label, takes_effect_at
from cases.services.notes import note_keep
from cases.services.queues import queue_ensure
from cases.services.second_looks import is_blind
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.transitions import move
from kyc.refusals import Refusal
from scoring.services.reasons import reason_checked


def decision_approve(*, decision_id: uuid.UUID, seen: int | None, approver: User) -> CaseDecision:
    """Agree with a colleague's decision; it takes effect in ten seconds.

    Raises
    ------
    Refusal
        When the approver may not, made the decision, is its subject, it does not wait any more,
        or the case asks for a blind second look.
    ChangedElsewhere
        When the case has changed since the page was opened.
    """
    with _awaiting(decision_id, seen, approver) as (case, decision):
        if is_blind(case):
            sentence = "This case takes a blind second look: decide it yourself."
            raise Refusal("blind_second_look", sentence)
        _approve(case, decision, approver)
    return decision


def decision_reject(
    *, decision_id: uuid.UUID, seen: int | None, reason: str, approver: User
) -> CaseDecision:
    """Send a colleague's decision back to them. Raises as `decision_approve`."""
    reason = reason_checked(reason)
    with _awaiting(decision_id, seen, approver) as (case, decision):
        note = note_keep(case, approver, reason)
        _reject(case, decision, approver, {"note_id": str(note.pk)})
        actor = Actor.of_user(approver)
        now = timezone.now()
        case_move(case, CaseStatus.INVESTIGATING, actor, reason_code="rejected", active_at=now)
    return decision


def decision_second(
    *,
    decision_id: uuid.UUID,
    seen: int | None,
    label: str,
    effects: Sequence[Effect],
    approver: User,
) -> CaseDecision:
    """Decide a second time without having seen the first; where both agree, it takes effect.

    Agreement is the same label and the same acts; reasons and days may differ, and the first
    person's count. Where they disagree the case goes to the escalations queue, and neither of
    the two decides it there against the other unseen: both decisions stay in its history.

    Raises as `decision_approve`.
    """
    require_label(label)
    with _awaiting(decision_id, seen, approver) as (case, decision):
        if _agrees(decision, label, effects):
            _approve(case, decision, approver)
        else:
            _disagree(case, decision, label, approver)
    return decision


def decision_undo(*, decision_id: uuid.UUID, user: User) -> CaseDecision:
    """Take back a decision that has not taken effect; the case is as it was before.

    Raises `Refusal` when it is somebody else's, or has taken effect.
    """
    case_id = _case_id(decision_id)
    with case_as_seen(case_id, None) as case:
        decision = CaseDecision.objects.get(pk=decision_id)
        if user.pk not in {decision.decided_by_id, decision.approved_by_id}:
            raise Refusal("not_yours", "Only who made or approved a decision can undo it.")
        if not decision.transitions.permits(decision.status, DecisionStatus.UNDONE):
            raise Refusal("too_late", "This decision cannot be undone any more.")
        actor = Actor.of_user(user)
        now = timezone.now()
        _end(case, decision, DecisionStatus.UNDONE, actor)
        event_add(case, CaseEventKind.DECISION_UNDONE, actor, _named(decision))
        if case.status == CaseStatus.PENDING_APPROVAL:
            case_move(case, CaseStatus.INVESTIGATING, actor, reason_code="undone", active_at=now)
        else:
            case_write(case, active_at=now)
    return decision


@contextmanager
def _awaiting(
    decision_id: uuid.UUID, seen: int | None, approver: User
) -> Iterator[tuple[Case, CaseDecision]]:
    """Lock the case of a decision that this person may answer."""
    if not approver.has_perm("cases.approve_case"):
        raise Refusal("may_not_approve", "Only a senior analyst approves decisions.")
    with case_as_seen(_case_id(decision_id), seen) as case:
        decision = CaseDecision.objects.get(pk=decision_id)
        if decision.status != DecisionStatus.AWAITING_APPROVAL:
            raise Refusal("not_waiting", "This decision does not wait for approval any more.")
        if decision.decided_by_id == approver.pk:
            raise Refusal("own_decision", "Nobody approves their own decision.")
        require_not_own(case, approver)
        yield case, decision


def _approve(case: Case, decision: CaseDecision, approver: User) -> None:
    actor = Actor.of_user(approver)
    move(
        decision,
        to=DecisionStatus.SCHEDULED,
        actor=actor,
        update={"approved_by": approver, "takes_effect_at": takes_effect_at(timezone.now())},
        payload=news_of(case, **_named(decision)),
    )
    event_add(case, CaseEventKind.DECISION_APPROVED, actor, _named(decision))
    case_write(case)


def _reject(case: Case, decision: CaseDecision, approver: User, details: dict[str, str]) -> None:
    actor = Actor.of_user(approver)
    _end(case, decision, DecisionStatus.REJECTED, actor, approved_by=approver)
    event_add(case, CaseEventKind.DECISION_REJECTED, actor, {**_named(decision), **details})


def _disagree(case: Case, decision: CaseDecision, label: str, approver: User) -> None:
    _reject(case, decision, approver, {"code": "second_look_disagrees", "label": label})
    case_move(
        case,
        CaseStatus.OPEN,
        Actor.of_user(approver),
        reason_code="second_look_disagrees",
        queue=queue_ensure(QueueName.ESCALATIONS),
        claimed_by=None,
        claimed_at=None,
        escalated_at=timezone.now(),
    )


def _end(
    case: Case, decision: CaseDecision, to: DecisionStatus, actor: Actor, **fields: object
) -> None:
    move(
        decision,
        to=to,
        actor=actor,
        update={"ended_at": timezone.now(), **fields},
        payload=news_of(case, **_named(decision)),
    )


def _agrees(decision: CaseDecision, label: str, effects: Sequence[Effect]) -> bool:
    first = {_act(effect_from_json(stored)) for stored in decision.effects}
    return decision.label == label and first == {_act(effect) for effect in effects}


def _act(effect: Effect) -> tuple[str, ...]:
    return (*effect.target, getattr(effect, "act", ""))


def _named(decision: CaseDecision) -> dict[str, str]:
    return {"decision_id": str(decision.pk)}


def _case_id(decision_id: uuid.UUID) -> uuid.UUID:
    return CaseDecision.objects.values_list("case_id", flat=True).get(pk=decision_id)
