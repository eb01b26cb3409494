"""From the database's rows to the records that move the feature state."""

from __future__ import annotations

from datetime import datetime

from scoring.entity_names import customer_name, name_in
from scoring.event_records import (
    Record,
    TransactionFacts,
    label_record,
    verification_record,
)
from scoring.features import Known
from scoring.models import VerificationChange
from transactions.incoming import plain_address
from transactions.models import Label, Transaction


def transaction_facts(row: Transaction, account_opened_at: datetime | None) -> TransactionFacts:
    """Return what features know of a transaction."""
    here = row.workspace_id
    return TransactionFacts(
        transaction=str(row.pk),
        customer=customer_name(row.customer_id),
        merchant=name_in(here, row.merchant_id),
        device=name_in(here, row.device_reference),
        # PostgreSQL may spell an address in another way than it was given.
        ip=name_in(here, plain_address(row.ip_address) if row.ip_address else None),
        card=name_in(here, row.card_id),
        kind=row.kind,
        channel=row.channel,
        amount_reference_minor=row.amount_reference_minor,
        occurred_at=row.occurred_at,
        arrived_at=row.arrived_at,
        account_opened_at=account_opened_at,
        country=row.country,
        mcc=row.mcc,
        latitude=row.latitude,
        longitude=row.longitude,
    )


def record_of_label(label: Label) -> Record:
    """Return the record of a label that is about to be applied; its transaction is read with it."""
    facts = transaction_facts(label.transaction, None)
    return label_record(
        facts, is_fraud=label.is_fraud, previous=_previous(label), known_at=label.known_at
    )


def record_of_verification(change: VerificationChange) -> Record:
    """Return the record of a verification's change."""
    return verification_record(
        customer=customer_name(change.customer_id),
        outcome=change.outcome,
        risk_level=change.risk_level,
        face_match_score=change.face_match_score,
        liveness_score=change.liveness_score,
        decided_at=change.decided_at,
    )


def _previous(label: Label) -> Known:
    """Return what the label applied before this one said."""
    applied = Label.objects.filter(transaction_id=label.transaction_id, sequence__isnull=False)
    before = applied.order_by("-sequence").first()
    if before is None:
        return Known.NOTHING
    return Known.FRAUD if before.is_fraud else Known.HONEST
