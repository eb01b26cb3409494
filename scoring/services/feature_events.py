"""Labels and verification changes, applied to the feature state once each."""

from __future__ import annotations

import uuid

from django.db import transaction

from kyc.selectors import verification_facts
from scoring.entity_events import record_of_label, record_of_verification
from scoring.event_records import Record, events_of
from scoring.feature_store import states_advance
from scoring.models import VerificationChange
from transactions.models import Label


def label_apply(label_id: int) -> None:
    """Let the features learn a label; a second call finds it applied."""
    with transaction.atomic():
        waiting = Label.objects.filter(pk=label_id, sequence=None).select_related("transaction")
        label = waiting.select_for_update(of=("self", "transaction"), no_key=True).first()
        # One whose transaction is still to be applied is taken along by `rebuild_features`.
        if label is None or label.transaction.sequence is None:
            return
        label.sequence = _apply(record_of_label(label))
        label.save(update_fields=["sequence"])


def verification_apply(*, customer_id: uuid.UUID, event_id: uuid.UUID) -> None:
    """Let the features learn what is known of a verification; once for each event.

    What is known now is taken: an event that comes late tells nothing older.
    """
    facts = verification_facts(customer_id)
    if facts is None or VerificationChange.objects.filter(event_id=event_id).exists():
        return
    with transaction.atomic():
        change = VerificationChange.objects.create(
            event_id=event_id,
            customer_id=customer_id,
            outcome=facts.outcome,
            risk_level=facts.risk_level,
            face_match_score=facts.face_match_score,
            liveness_score=facts.liveness_score,
            decided_at=facts.decided_at,
        )
        change.sequence = _apply(record_of_verification(change))
        change.save(update_fields=["sequence"])


def _apply(record: Record) -> int:
    return states_advance(events_of([record])).sequences[0]
