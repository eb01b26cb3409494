"""A person's word on a transaction, on the page as they saw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.transitions import TransitionRefused
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.guards import require_no_objection
from scoring.review_reasons import ReviewReason
from transactions.choices import LabelSource
from transactions.models import Label, Transaction
from transactions.services.holds import transaction_refuse, transaction_release
from transactions.services.labels import LabelRefused, label_current, label_record

SETTLE = {"release": transaction_release, "refuse": transaction_refuse}
LABELS = {"fraud": True, "honest": False}
MOVED_ON = "This transaction has moved on since you opened it. Look at it again, then decide."


def held_decide(
    *,
    held: Transaction,
    act: str,
    reason: str,
    seen: str,
    analyst: User,
    is_guarded: bool = True,
) -> None:
    """Release or refuse a held transaction.

    `is_guarded` is false for whoever the guards speak for: there it was agreed upon.

    Raises
    ------
    Refusal
        When the reason does not fit, it is not held, it is the analyst's own, or a guard objects.
    ChangedElsewhere
        When a colleague moved or labelled it since the page was opened.
    """
    _check_reason(act, reason, SETTLE)
    with _locked(held, seen, analyst) as current:
        if is_guarded:
            require_no_objection(current)
        try:
            SETTLE[act](held=current, actor=Actor.of_user(analyst), reason_code=reason)
        except TransitionRefused as refused:
            status = current.get_status_display().lower()
            sentence = f"A transaction that is {status} can be neither released nor refused."
            raise Refusal("not_held", sentence) from refused


def transaction_label(
    *, labelled: Transaction, act: str, reason: str, seen: str, analyst: User
) -> tuple[Label, bool]:
    """Say that a transaction was fraud, or honest; return the label and whether it is new.

    Raises as `held_decide`.
    """
    _check_reason(act, reason, LABELS)
    with _locked(labelled, seen, analyst) as current:
        require_no_objection(current)
        try:
            return label_record(
                labelled=current,
                is_fraud=LABELS[act],
                source=LabelSource.ANALYST,
                actor=Actor.of_user(analyst),
                reason_code=reason,
            )
        except LabelRefused as refused:
            raise Refusal(refused.code, refused.sentence, field=refused.field) from refused


def review_state(reviewed: Transaction) -> str:
    """Return a token of how a transaction stands; any move or label changes it."""
    label = label_current(reviewed)
    return f"{reviewed.status}:{label.pk if label else 0}"


def _check_reason(act: str, reason: str, acts: Iterable[str]) -> None:
    if act not in acts:
        raise Refusal("unknown_act", f"Choose one of {', '.join(acts)}.", field="act")
    if reason not in {code for code, _ in ReviewReason.of_act(act)}:
        raise Refusal("reason_missing", "Choose a reason that fits.", field="reason")


@contextmanager
def _locked(reviewed: Transaction, seen: str, analyst: User) -> Iterator[Transaction]:
    """Lock the transaction and give it, as it was seen, within one database transaction."""
    with transaction.atomic():
        current = (
            Transaction.objects.select_for_update(no_key=True, of=("self",))
            .select_related("customer", "account")
            .get(pk=reviewed.pk)
        )
        if current.customer.user_id == analyst.pk:
            raise Refusal("own_transaction", "Nobody reviews their own transaction.")
        if review_state(current) != seen:
            raise ChangedElsewhere(MOVED_ON)
        yield current
