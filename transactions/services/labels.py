"""What a transaction turned out to be, told by analysts, integrators and chargebacks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from transactions.models import Label, Transaction

LABEL_RECORDED = "transactions.label.recorded"


class LabelRefused(ValueError):
    """A label that cannot be; nothing was kept."""

    def __init__(self, code: str, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


def label_record(
    *,
    labelled: Transaction,
    is_fraud: bool,
    source: str,
    actor: Actor,
    reason_code: str = "",
    known_at: datetime | None = None,
) -> tuple[Label, bool]:
    """Record what became known; return the label and whether it is new.

    What the same source says a second time is the label it said first. Features learn of it
    through the event that this publishes.

    Raises `LabelRefused` for a time before the transaction or in the future.
    """
    now = timezone.now()
    known = known_at or now
    if known < labelled.occurred_at or known > now:
        sentence = "`known_at` lies between the transaction and now."
        raise LabelRefused("known_at_impossible", sentence, "known_at")
    with transaction.atomic():
        # One label of a transaction at a time, so that a repeated one is seen.
        Transaction.objects.select_for_update(no_key=True).get(pk=labelled.pk)
        last = labelled.labels.filter(source=source).order_by("-known_at", "-id").first()
        if last is not None and (last.is_fraud, last.reason_code) == (is_fraud, reason_code):
            return last, False
        label = Label.objects.create(
            transaction=labelled,
            is_fraud=is_fraud,
            source=source,
            reason_code=reason_code,
            actor_kind=actor.kind,
            actor_id=actor.id,
            known_at=known,
        )
        details = {"label_id": label.pk, "is_fraud": is_fraud, "source": source}
        audit_record(actor=actor, action="transaction.labelled", target=labelled, details=details)
        publish(kind=LABEL_RECORDED, aggregate=labelled, payload=details)
    return label, True


def label_current(labelled: Transaction) -> Label | None:
    """Return the label that counts: the one known last."""
    return labelled.labels.order_by("-known_at", "-id").first()
