"""Effects carried out through the services that own what they change.

Each is checked when it is decided, so that a mistake is told to whoever makes it, and again by
its own service when it takes effect, because by then the world may have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from cases.effects import Block, Effect, SettlePayment, SettleVerification, Snooze
from cases.models import Case
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.choices import AnalystReason
from kyc.models import Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.screening_hits import require_no_standing_hit
from kyc.services.verifications import (
    DECISION_STATUS,
    may_decide,
    verification_decide,
    verification_state,
)
from scoring.models import EntityList, ListEntry, Rule, RuleSnooze
from scoring.review_reasons import ReviewReason
from scoring.services.list_references import key_of_reference
from scoring.services.lists import list_entry_add, lists_install
from scoring.services.reviews import held_decide, review_state
from scoring.services.snoozes import rule_snooze
from transactions.choices import TransactionStatus
from transactions.models import Transaction

Row = TypeVar("Row", bound=Model)

BLOCK_LIST = "blocked"
MAX_BLOCK_DAYS, MAX_SNOOZE_DAYS = 365, 90
SETTLED_AS = {"release": TransactionStatus.RELEASED, "refuse": TransactionStatus.REFUSED}


def effect_checked(effect: Effect, case: Case, analyst: User) -> Effect:
    """Return an effect with what it was seen as filled in; raises `Refusal` if it cannot be."""
    return CHECK[type(effect)](effect, case, analyst)


def effect_apply(effect: Effect, case: Case, analyst: User, note: str) -> None:
    """Carry an effect out. What is so already stays so; raises `Refusal` if it cannot be."""
    APPLY[type(effect)](effect, case, analyst, note)


def _check_verification(effect: SettleVerification, case: Case, analyst: User) -> Effect:
    verification = _verification(effect, case)
    if effect.act not in DECISION_STATUS:
        raise Refusal("unknown_decision", "Choose approve, decline or resubmit.", field="effects")
    if effect.reason not in {code for code, _ in AnalystReason.of_decision(effect.act)}:
        sentence = "Choose a reason that fits what is done with the verification."
        raise Refusal("reason_missing", sentence, field="effects")
    if not may_decide(analyst, verification):
        sentence = "Only a senior analyst may overrule what was decided."
        raise Refusal("not_yours_to_overrule", sentence)
    if effect.act == "approve":
        require_no_standing_hit(verification.customer_id)
    now_is = verification_state(verification)
    _require_same(effect.seen, now_is, "verification")
    return replace(effect, seen=now_is)


def _check_payment(effect: SettlePayment, case: Case, analyst: User) -> Effect:
    payment = _payment(effect, case)
    if not analyst.has_perm("transactions.decide_transaction"):
        raise Refusal("may_not_decide", "You may not release or refuse payments.")
    if effect.act not in SETTLED_AS:
        raise Refusal("unknown_act", "Choose release or refuse.", field="effects")
    if effect.reason not in {code for code, _ in ReviewReason.of_act(effect.act)}:
        sentence = "Choose a reason that fits what is done with the payment."
        raise Refusal("reason_missing", sentence, field="effects")
    if payment.status != TransactionStatus.HELD:
        words = payment.get_status_display().lower()
        sentence = f"A payment that is {words} can be neither released nor refused."
        raise Refusal("not_held", sentence)
    now_is = review_state(payment)
    _require_same(effect.seen, now_is, "payment")
    return replace(effect, seen=now_is)


def _check_block(effect: Block, case: Case, analyst: User) -> Effect:
    if not analyst.has_perm("cases.block_subject"):
        raise Refusal("may_not_block", "You may not put anybody on the block list.")
    _check_days(effect.days, MAX_BLOCK_DAYS)
    key_of_reference(effect.subject, _reference(effect, case), case.workspace)
    return effect


def _check_snooze(effect: Snooze, case: Case, analyst: User) -> Effect:
    if not analyst.has_perm("cases.snooze_rule"):
        raise Refusal("may_not_snooze", "You may not snooze rules.")
    _check_days(effect.days, MAX_SNOOZE_DAYS)
    if case.customer is None:
        raise Refusal("no_customer", "A rule is snoozed for a customer; this case has none.")
    if not Rule.objects.filter(pk=effect.rule_id).exists():
        raise Refusal("unknown_rule", "There is no such rule.", field="effects")
    return effect


def _apply_verification(effect: SettleVerification, case: Case, analyst: User, note: str) -> None:
    verification = _verification(effect, case)
    if verification.status == DECISION_STATUS[effect.act]:
        return
    verification_decide(
        verification=verification,
        decision=effect.act,
        reason=effect.reason,
        note=note,
        seen=effect.seen,
        analyst=analyst,
        is_guarded=False,
    )


def _apply_payment(effect: SettlePayment, case: Case, analyst: User, _note: str) -> None:
    payment = _payment(effect, case)
    if payment.status == SETTLED_AS[effect.act]:
        return
    held_decide(
        held=payment,
        act=effect.act,
        reason=effect.reason,
        seen=effect.seen,
        analyst=analyst,
        is_guarded=False,
    )


def _apply_block(effect: Block, case: Case, analyst: User, _note: str) -> None:
    block_list = EntityList.objects.filter(pk=BLOCK_LIST).first()
    if block_list is None:
        lists_install(actor=Actor.of_user(analyst))
        block_list = EntityList.objects.get(pk=BLOCK_LIST)
    reference = _reference(effect, case)
    if _is_blocked(block_list, effect.subject, reference, case):
        return
    list_entry_add(
        entity_list=block_list,
        subject=effect.subject,
        reference=reference,
        workspace=case.workspace,
        reason=f"Case {case.reference}",
        user=analyst,
        expires_at=timezone.now() + timedelta(days=effect.days),
    )


def _apply_snooze(effect: Snooze, case: Case, analyst: User, _note: str) -> None:
    if case.customer is None:
        raise Refusal("no_customer", "A rule is snoozed for a customer; this case has none.")
    now = timezone.now()
    running = RuleSnooze.objects.filter(
        rule_id=effect.rule_id, customer=case.customer, until__gt=now
    )
    if running.exists():
        return
    rule_snooze(
        rule=Rule.objects.get(pk=effect.rule_id),
        customer=case.customer,
        # A minute less than the longest there is: time passes until it takes effect.
        until=now + timedelta(days=effect.days, minutes=-1),
        reason=f"Case {case.reference}",
        user=analyst,
    )


def _verification(effect: SettleVerification, case: Case) -> Verification:
    """Return a verification of this case: one that raised an alert in it."""
    found = Verification.objects.filter(pk=effect.verification_id, alerts__case=case)
    return _one_of(found.distinct(), "verification")


def _payment(effect: SettlePayment, case: Case) -> Transaction:
    """Return a payment of this case: one that raised an alert in it."""
    found = Transaction.objects.filter(pk=effect.transaction_id, alerts__case=case)
    return _one_of(found.distinct(), "payment")


def _one_of(found: QuerySet[Row], what: str) -> Row:
    row = found.first()
    if row is None:
        raise Refusal("not_of_this_case", f"This {what} is none of this case.", field="effects")
    return row


def _require_same(seen: str, now_is: str, what: str) -> None:
    if seen not in {"", now_is}:
        sentence = f"The {what} has moved on since you opened the page. Look again, then decide."
        raise ChangedElsewhere(sentence)


def _reference(effect: Block, case: Case) -> str:
    if effect.subject != "customer":
        return effect.reference
    if case.customer_id is None:
        raise Refusal("no_customer", "This case is about no customer.", field="effects")
    return str(case.customer_id)


def _is_blocked(block_list: EntityList, subject: str, reference: str, case: Case) -> bool:
    key = key_of_reference(subject, reference, case.workspace)
    entries = ListEntry.objects.filter(entity_list=block_list, subject=subject, key=key)
    return entries.exclude(expires_at__lte=timezone.now()).exists()


def _check_days(days: int, longest: int) -> None:
    if not 1 <= days <= longest:
        sentence = f"Choose 1 to {longest} days."
        raise Refusal("bad_days", sentence, field="effects")


CHECK: dict[type[Effect], Callable[[Any, Case, User], Effect]] = {
    SettleVerification: _check_verification,
    SettlePayment: _check_payment,
    Block: _check_block,
    Snooze: _check_snooze,
}
APPLY: dict[type[Effect], Callable[[Any, Case, User, str], None]] = {
    SettleVerification: _apply_verification,
    SettlePayment: _apply_payment,
    Block: _apply_block,
    Snooze: _apply_snooze,
}
