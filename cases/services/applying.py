"""A decision takes effect: labels, effects and the case's end in one transaction, or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import timezone

from cases.choices import (
    AlertSettlement,
    CaseEventKind,
    CaseStatus,
    DecisionLabel,
    DecisionStatus,
)
from cases.decision_reasons import IS_FRAUD
from cases.effects import effect_from_json
from cases.models import Case, CaseDecision, CaseLabel
from cases.services.case_rows import case_lock, case_move, case_write, event_add, news_of
from cases.services.effects import effect_apply
from cases.services.priorities import priority_fields
from cases.services.sealing import text_open
from cases.services.settlements import is_finished
from fraudsite.core.actors import Actor
from fraudsite.core.transitions import TransitionRefused, move
from kyc.refusals import Refusal
from transactions.choices import LabelSource
from transactions.models import Transaction
from transactions.services.labels import LabelRefused, label_record

logger = structlog.get_logger(__name__)

BATCH = 100
BROKEN = "Something went wrong on our side; nothing was changed. Decide again, or escalate."


def decisions_apply_due() -> int:
    """Apply every decision whose moment has come; return how many were looked at."""
    due = CaseDecision.objects.filter(
        status=DecisionStatus.SCHEDULED, takes_effect_at__lte=timezone.now()
    ).order_by("takes_effect_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for decision_id in ids:
        try:
            decision_apply(decision_id=decision_id)
        except DatabaseError as error:
            # A lock not given in time, say: the next run tries again, and the others go on.
            logger.warning(
                "case_decision_put_off",
                decision_id=str(decision_id),
                error_type=type(error).__name__,
            )
    return len(ids)


def decision_apply(*, decision_id: uuid.UUID, is_due: bool = False) -> str:
    """Carry out a scheduled decision, or note that it cannot be; return its status.

    Runs twice without harm. Before its moment it does nothing, unless `is_due` says that the
    moment is now.
    """
    case_id = CaseDecision.objects.values_list("case_id", flat=True).get(pk=decision_id)
    with transaction.atomic():
        case = case_lock(case_id)
        decision = CaseDecision.objects.select_related("decided_by").get(pk=decision_id)
        if decision.status != DecisionStatus.SCHEDULED:
            return decision.status
        if not is_due and _is_early(decision):
            return decision.status
        refused = _try(case, decision)
        if refused is None:
            return decision.status
        # Read anew: what was tried is undone in the database, and not in these objects.
        untouched = CaseDecision.objects.get(pk=decision_id)
        _fail(case_lock(case_id), untouched, refused)
        return untouched.status


def _is_early(decision: CaseDecision) -> bool:
    return decision.takes_effect_at is None or decision.takes_effect_at > timezone.now()


def _try(case: Case, decision: CaseDecision) -> Refusal | None:
    """Apply within a savepoint; return why it could not be, with everything as it was."""
    try:
        with transaction.atomic():
            _apply(case, decision)
    except Refusal as refused:
        return refused
    except (TransitionRefused, LabelRefused) as refused:
        return Refusal(refused.code, refused.sentence)
    except DatabaseError:
        # The database's trouble, not the decision's: it is tried again.
        raise
    except Exception as error:  # noqa: BLE001 - one broken decision keeps no other waiting
        logger.error(
            "case_decision_broke", decision_id=str(decision.pk), error_type=type(error).__name__
        )
        return Refusal("internal_error", BROKEN)
    return None


def _apply(case: Case, decision: CaseDecision) -> None:
    analyst = decision.decided_by
    note = (
        text_open(case, decision.note_sealed, decision.note_context) if decision.note_sealed else ""
    )
    transactions = _lock_covered(decision)
    for stored in decision.effects:
        effect_apply(effect_from_json(stored), case, analyst, note)
    _label(decision, transactions)
    now = timezone.now()
    case.alerts.filter(pk__in=decision.covers, settlement="").update(
        decision=decision, settlement=AlertSettlement.DECIDED, settled_at=now
    )
    actor = Actor.of_user(analyst)
    move(
        decision,
        to=DecisionStatus.APPLIED,
        actor=actor,
        reason_code=decision.reason,
        update={"ended_at": now},
        payload=news_of(
            case,
            decision_id=str(decision.pk),
            label=decision.label,
            transaction_ids=[str(one.pk) for one in transactions],
            effects=[
                {"kind": stored["kind"], "act": stored.get("act", "")}
                for stored in decision.effects
            ],
        ),
    )
    details = {"decision_id": str(decision.pk), "label": decision.label}
    event_add(case, CaseEventKind.DECISION_APPLIED, actor, details)
    _end_or_go_on(case, decision, actor)


def _lock_covered(decision: CaseDecision) -> list[Transaction]:
    """Return the payments a decision covers, locked in one order before any account is."""
    covered = Transaction.objects.filter(alerts__pk__in=decision.covers).values("pk")
    rows = Transaction.objects.filter(pk__in=covered).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def _label(decision: CaseDecision, transactions: Sequence[Transaction]) -> None:
    """Say of each payment what it was, as far as the decision says it."""
    is_fraud = IS_FRAUD.get(DecisionLabel(decision.label))
    if is_fraud is None:
        return
    for labelled in transactions:
        label, _ = label_record(
            labelled=labelled,
            is_fraud=is_fraud,
            source=LabelSource.ANALYST,
            actor=Actor.of_user(decision.decided_by),
            reason_code=decision.reason,
        )
        CaseLabel.objects.get_or_create(decision=decision, label=label)


def _end_or_go_on(case: Case, decision: CaseDecision, actor: Actor) -> None:
    """Close the case when nothing of it is open; else what is left goes on with its analyst."""
    if is_finished(case):
        label = _weightiest(case, decision)
        case_move(
            case,
            CaseStatus.CLOSED,
            actor,
            reason_code=decision.reason,
            payload={"label": label, "decision_id": str(decision.pk)},
            label=label,
            closed_at=timezone.now(),
        )
        return
    left = case.alerts.filter(settlement="").aggregate(left=Sum("amount_minor"))["left"]
    case.amount_minor = left or 0
    fields = {"amount_minor": case.amount_minor, **priority_fields(case, timezone.now())}
    if case.status == CaseStatus.PENDING_APPROVAL:
        case_move(case, CaseStatus.INVESTIGATING, actor, reason_code="decided_in_part", **fields)
    else:
        case_write(case, **fields)


def _weightiest(case: Case, decision: CaseDecision) -> str:
    """Return the case's label: of several decisions since it opened, fraud outweighs the rest."""
    applied = case.decisions.filter(status=DecisionStatus.APPLIED, created_at__gte=case.opened_at)
    labels = {decision.label, *applied.values_list("label", flat=True)}
    return next(label for label in DecisionLabel.values if label in labels)


def _fail(case: Case, decision: CaseDecision, refused: Refusal) -> None:
    """Note why a decision could not take effect; the case is its analyst's again."""
    actor = Actor.system("decisions")
    move(
        decision,
        to=DecisionStatus.FAILED,
        actor=actor,
        reason_code=refused.code,
        update={
            "failure_code": refused.code[:40],
            "failure_sentence": refused.sentence[:200],
            "ended_at": timezone.now(),
        },
        payload=news_of(case, decision_id=str(decision.pk)),
    )
    details = {"decision_id": str(decision.pk), "code": refused.code}
    event_add(case, CaseEventKind.DECISION_FAILED, actor, details)
    if case.status == CaseStatus.PENDING_APPROVAL:
        case_move(case, CaseStatus.INVESTIGATING, actor, reason_code="decision_failed")
    else:
        case_write(case)
