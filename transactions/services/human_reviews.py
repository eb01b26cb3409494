"""A customer asks that a person looks at a payment (GDPR article 22)."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from transactions.choices import TransactionStatus
from transactions.models import Transaction

HUMAN_REVIEW_REQUESTED = "transactions.transaction.human_review_requested"
ACTION = "transaction.human_review_requested"
# Of these a machine had the last word so far.
REVIEWABLE = (TransactionStatus.HELD, TransactionStatus.DECLINED)


class NothingToReview(Exception):
    """A person has decided already, or nothing stood in the payment's way."""


def human_review_request(*, judged: Transaction, actor: Actor) -> bool:
    """Record the request and tell those who work on cases; return whether it is new.

    Raises `NothingToReview` for a transaction that is neither held nor declined.
    """
    with transaction.atomic():
        current = Transaction.objects.select_for_update(no_key=True).get(pk=judged.pk)
        if current.status not in REVIEWABLE:
            raise NothingToReview
        if human_review_is_requested(current):
            return False
        details = {"status": current.status}
        audit_record(actor=actor, action=ACTION, target=current, details=details)
        publish(kind=HUMAN_REVIEW_REQUESTED, aggregate=current, payload=details)
    return True


def human_review_is_requested(judged: Transaction) -> bool:
    """Whether the customer has asked; the audit trail is what remembers it."""
    return AuditEntry.objects.filter(
        target_type=judged._meta.label_lower, target_id=str(judged.pk), action=ACTION
    ).exists()
