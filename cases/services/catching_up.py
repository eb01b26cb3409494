"""Alerts for what waits for a person and never raised one: history from before cases existed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import Alert
from cases.services.alert_sources import alert_of_transaction, alert_of_verification
from cases.services.alerts import NewAlert, alert_open
from kyc.choices import VerificationStatus
from kyc.models import Decision, Verification
from transactions.choices import TransactionStatus
from transactions.models import Transaction

CHUNK = 500


def alerts_missing() -> Iterator[NewAlert]:
    """Yield an alert for each held payment and each verification in review that has none."""
    for transaction_id in _held().iterator(chunk_size=CHUNK):
        new = alert_of_transaction(str(transaction_id))
        if new is not None:
            yield new
    for verification_id in _in_review().iterator(chunk_size=CHUNK):
        new = _of_verification(verification_id)
        if new is not None:
            yield new


def alerts_catch_up(*, is_dry_run: bool = False) -> int:
    """Raise what is missing; return how many alerts that are. A second run finds none."""
    raised = 0
    for new in alerts_missing():
        raised += is_dry_run or alert_open(new)[1]
    return raised


def _held() -> QuerySet[Transaction, uuid.UUID]:
    """Uses index: transactions_held."""
    alerts = Alert.objects.filter(transaction_id=OuterRef("pk"))
    held = Transaction.objects.filter(status=TransactionStatus.HELD, decision__isnull=False)
    return held.exclude(Exists(alerts)).order_by("pk").values_list("pk", flat=True)


def _in_review() -> QuerySet[Verification, uuid.UUID]:
    alerts = Alert.objects.filter(verification_id=OuterRef("pk"), settlement="")
    waiting = Verification.objects.filter(status=VerificationStatus.IN_REVIEW)
    return waiting.exclude(Exists(alerts)).order_by("pk").values_list("pk", flat=True)


def _of_verification(verification_id: uuid.UUID) -> NewAlert | None:
    """Return the alert of what brought a verification before a person.

    Without a decision of the policy's it was the customer; the verification stands for the event
    that is long gone.
    """
    decisions = Decision.objects.filter(verification_id=verification_id, outcome="review")
    decision = decisions.filter(decided_by=None).order_by("-created_at").first()
    told_by = str(decision.pk) if decision else ""
    at = decision.created_at if decision else timezone.now()
    return alert_of_verification(str(verification_id), verification_id, told_by, at)
