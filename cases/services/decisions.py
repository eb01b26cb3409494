"""Decisions on cases: made, checked by a second person, undone.

A decision is stored at once and takes effect ten seconds later (`services.applying`). Until then
nothing has left the house, and whoever made it can undo it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cases.choices import (
    CaseEventKind,
    CaseStatus,
    DecisionLabel,
    DecisionStatus,
)
from cases.decision_reasons import IS_FRAUD, DecisionReason
from cases.effects import Effect, SettlePayment, SettleVerification, effect_to_json
from cases.models import Alert, Case, CaseDecision
from cases.services.applying import decision_apply
from cases.services.case_rows import (
    case_in_hand,
    case_move,
    case_write,
    event_add,
    require_not_own,
)
from cases.services.effects import effect_checked
from cases.services.sealing import text_seal
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.choices import VerificationStatus
from kyc.refusals import Refusal
from transactions.choices import TransactionStatus

# "Undo for ten seconds" is what issue and interface promise.
UNDO = timedelta(seconds=10)
MAX_NOTE_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides.

    Attributes
    ----------
    label : str
        One of `DecisionLabel`.
    reason : str
        A `DecisionReason` that fits the label.
    effects : sequence of Effect
        What is done, each thing once.
    alert_ids : sequence of UUID or None
        What of the case it is about; None: everything that is not settled.
    note : str
        For colleagues; sealed.
    """

    label: str
    reason: str
    effects: Sequence[Effect] = ()
    alert_ids: Sequence[uuid.UUID] | None = None
    note: str = ""


def case_decide(
    *,
    case_id: uuid.UUID,
    seen: int | None,
    verdict: Verdict,
    analyst: User,
    is_immediate: bool = False,
) -> CaseDecision:
    """Decide a case in hand, or some of its alerts; it takes effect in ten seconds.

    Where two people must agree it waits for the second one first. `is_immediate` gives up the
    undo. The case closes with the decision that leaves nothing of it open.

    Raises
    ------
    Refusal
        When it is not in hand or about oneself, a reason or effect does not fit, or something
        that waits for a person would be left waiting.
    ChangedElsewhere
        When the case, a payment or the verification is not as it was seen.
    """
    _check_words(verdict)
    with case_in_hand(case_id, seen, analyst) as case:
        require_not_own(case, analyst)
        covered = _covered(case, verdict)
        _require_may_label(verdict, covered, analyst)
        _require_consistent(verdict)
        effects = [effect_checked(effect, case, analyst) for effect in verdict.effects]
        _require_nothing_left_waiting(covered, effects)
        made = _keep(case, verdict, effects, covered, analyst)
        _follow(case, made, analyst)
    if is_immediate and made.status == DecisionStatus.SCHEDULED:
        decision_apply(decision_id=made.pk, is_due=True)
        made.refresh_from_db()
    return made


def takes_effect_at(now: datetime) -> datetime:
    """Return when a decision made now takes effect."""
    return now + UNDO


def require_label(label: str) -> None:
    """Raise `Refusal` for what is no answer to what an alert turned out to be."""
    if label not in DecisionLabel.values:
        raise Refusal("label_missing", "Say what it turned out to be.", field="label")


def _check_words(verdict: Verdict) -> None:
    require_label(verdict.label)
    if verdict.reason not in {code for code, _ in DecisionReason.of_label(verdict.label)}:
        raise Refusal("reason_missing", "Choose a reason that fits.", field="reason")
    if len(verdict.note) > MAX_NOTE_LENGTH:
        sentence = f"A note has at most {MAX_NOTE_LENGTH:,} characters."
        raise Refusal("note_too_long", sentence, field="note")


def _covered(case: Case, verdict: Verdict) -> list[Alert]:
    """Return the alerts that the decision is about."""
    waiting = case.alerts.filter(settlement="").select_related("transaction", "verification")
    if verdict.alert_ids is None:
        return list(waiting.order_by("id"))
    chosen = list(waiting.filter(pk__in=verdict.alert_ids).order_by("id"))
    if len(chosen) != len(set(verdict.alert_ids)) or not chosen:
        sentence = "Choose alerts of this case that are not settled yet."
        raise Refusal("unknown_alerts", sentence, field="alert_ids")
    return chosen


def _require_may_label(verdict: Verdict, covered: Sequence[Alert], analyst: User) -> None:
    labels = verdict.label in IS_FRAUD and any(alert.transaction_id for alert in covered)
    if labels and not analyst.has_perm("transactions.label_transaction"):
        raise Refusal("may_not_label", "You may not say what a payment turned out to be.")


def _require_consistent(verdict: Verdict) -> None:
    targets = [effect.target for effect in verdict.effects]
    if len(targets) != len(set(targets)):
        raise Refusal("effect_twice", "The same thing is decided twice.", field="effects")
    is_fraud = verdict.label == DecisionLabel.CONFIRMED_FRAUD
    if is_fraud and any(effect.lets_through for effect in verdict.effects):
        sentence = "Confirmed fraud is neither released nor approved."
        raise Refusal("fraud_let_through", sentence, field="effects")


def _require_nothing_left_waiting(covered: Sequence[Alert], effects: Sequence[Effect]) -> None:
    """A case that closes never leaves behind what waits for a person."""
    payments = {one.transaction_id for one in effects if isinstance(one, SettlePayment)}
    verifications = {one.verification_id for one in effects if isinstance(one, SettleVerification)}
    for alert in covered:
        payment, verification = alert.transaction, alert.verification
        if payment and payment.status == TransactionStatus.HELD and str(payment.pk) not in payments:
            sentence = f"Payment {payment.reference} is held: release or refuse it too."
            raise Refusal("payment_left_waiting", sentence, field="effects")
        waits = verification and verification.status == VerificationStatus.IN_REVIEW
        if verification and waits and str(verification.pk) not in verifications:
            sentence = "The verification waits for a person: approve, decline or send it back too."
            raise Refusal("verification_left_waiting", sentence, field="effects")


def _keep(
    case: Case,
    verdict: Verdict,
    effects: Sequence[Effect],
    covered: Sequence[Alert],
    analyst: User,
) -> CaseDecision:
    now = timezone.now()
    waits = bool(case.second_look_reason)
    made = CaseDecision(
        case=case,
        decided_by=analyst,
        label=verdict.label,
        reason=verdict.reason,
        effects=[effect_to_json(effect) for effect in effects],
        covers=[str(alert.pk) for alert in covered],
        second_look_reason=case.second_look_reason,
        status=DecisionStatus.AWAITING_APPROVAL if waits else DecisionStatus.SCHEDULED,
        created_at=now,
        takes_effect_at=None if waits else takes_effect_at(now),
    )
    if verdict.note.strip():
        made.note_sealed = text_seal(case, verdict.note.strip(), made.note_context)
    made.save(force_insert=True)
    return made


def _follow(case: Case, made: CaseDecision, analyst: User) -> None:
    """Take the case where its new decision puts it."""
    actor = Actor.of_user(analyst)
    now = timezone.now()
    if made.status == DecisionStatus.AWAITING_APPROVAL:
        reason = f"second_look_{made.second_look_reason}"
        case_move(case, CaseStatus.PENDING_APPROVAL, actor, reason_code=reason, active_at=now)
    elif case.status == CaseStatus.CLAIMED:
        case_move(case, CaseStatus.INVESTIGATING, actor, active_at=now)
    else:
        case_write(case, active_at=now)
    details = {"decision_id": str(made.pk), "label": made.label, "reason": made.reason}
    event_add(case, CaseEventKind.DECIDED, actor, details)
