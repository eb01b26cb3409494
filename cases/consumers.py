"""What cases learn from other apps: something needs a person, or needs none any more."""

from __future__ import annotations

from cases.choices import AlertSource
from cases.notifications import consumers  # noqa: F401 - imported for what it registers
from cases.services.alert_sources import (
    alert_of_asked_transaction,
    alert_of_hit,
    alert_of_transaction,
    alert_of_verification,
)
from cases.services.alerts import NewAlert, alert_open
from cases.services.links import document_link
from cases.services.settlements import alerts_settle
from fraudsite.core.outbox import Event, consumes
from kyc.services.screening_hits import SCREENING_HIT
from kyc.services.verifications import HUMAN_REVIEW_REQUESTED as VERIFICATION_REVIEW_REQUESTED
from transactions.choices import TransactionStatus
from transactions.services.human_reviews import HUMAN_REVIEW_REQUESTED
from transactions.services.labels import LABEL_RECORDED

# A label on a payment that is held does not let it go on.
NOT_HELD = [status for status in TransactionStatus if status != TransactionStatus.HELD]


@consumes(
    "scoring.decision.review",
    "scoring.decision.block_and_review",
    "scoring.decision.decline",
    name="cases.alert_transaction",
)
def alert_transaction(event: Event) -> None:
    """Raise an alert for a transaction that was not simply approved."""
    _open(alert_of_transaction(event.aggregate_id))


@consumes(HUMAN_REVIEW_REQUESTED, name="cases.alert_asked_transaction")
def alert_asked_transaction(event: Event) -> None:
    """Raise an alert for a customer who asks that a person looks at a payment."""
    _open(alert_of_asked_transaction(event.aggregate_id, event.occurred_at))


@consumes(
    "kyc.verification.in_review",
    VERIFICATION_REVIEW_REQUESTED,
    name="cases.alert_verification",
)
def alert_verification(event: Event) -> None:
    """Raise an alert for a verification that waits for a person."""
    decision_id = str(event.payload.get("decision_id", ""))
    _open(alert_of_verification(event.aggregate_id, event.id, decision_id, event.occurred_at))


@consumes(
    "kyc.verification.approved",
    "kyc.verification.declined",
    "kyc.verification.resubmit",
    name="cases.settle_verification",
)
def settle_verification(event: Event) -> None:
    """Settle alerts about a verification that was decided on its own page."""
    alerts_settle(verification_id=event.aggregate_id)


@consumes(SCREENING_HIT, name="cases.alert_hit")
def alert_hit(event: Event) -> None:
    """Raise an alert for an approved customer whom a list may name."""
    _open(alert_of_hit(event.aggregate_id, event.occurred_at))


@consumes("kyc.screeninghit.false_positive", name="cases.settle_hit")
def settle_hit(event: Event) -> None:
    """Settle the alerts about a hit that turned out to be somebody else, however often raised."""
    alerts_settle(source=AlertSource.SCREENING, source_id__startswith=event.aggregate_id)


@consumes(
    "transactions.transaction.released",
    "transactions.transaction.refused",
    LABEL_RECORDED,
    name="cases.settle_transaction",
)
def settle_transaction(event: Event) -> None:
    """Settle alerts about a transaction that was released, refused or labelled elsewhere."""
    alerts_settle(transaction_id=event.aggregate_id, transaction__status__in=NOT_HELD)


@consumes(
    "kyc.verification.in_review",
    "kyc.verification.approved",
    "kyc.verification.declined",
    name="cases.link_document",
)
def link_document(event: Event) -> None:
    """Note which document a customer showed, so that a second one who shows it is seen."""
    document_link(verification_id=event.aggregate_id)


def _open(new: NewAlert | None) -> None:
    if new is not None:
        alert_open(new)
