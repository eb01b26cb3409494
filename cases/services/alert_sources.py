"""What alerts are made of: verifications, judged transactions, and customers who ask."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cases.choices import AlertSource, QueueName, Severity
from cases.services.alerts import NewAlert, Subject
from fraudsite.core.models import StatusChange
from kyc.choices import VerificationStatus
from kyc.choices_screening import HitSource, HitStatus
from kyc.models import Decision as VerificationDecision
from kyc.models import ScreeningHit, Verification
from scoring.choices import RiskLevel
from scoring.models import Decision
from transactions.choices import TransactionStatus
from transactions.models import Transaction

OUTCOME_SEVERITY = {
    "review": Severity.MEDIUM,
    "block_and_review": Severity.HIGH,
    "decline": Severity.HIGH,
}
RAISED = {"consider", "unprocessable"}


def alert_of_transaction(transaction_id: str) -> NewAlert | None:
    """Return the alert that a judged transaction raises; None if a person was faster already."""
    judged = _judged(transaction_id)
    if judged is None or judged.status not in {TransactionStatus.HELD, TransactionStatus.DECLINED}:
        return None
    decision = judged.decision
    severity = OUTCOME_SEVERITY[decision.outcome]
    if decision.risk_level == RiskLevel.CRITICAL:
        severity = Severity.CRITICAL
    return _of_judged(
        judged, AlertSource.TRANSACTION, QueueName.PAYMENTS, severity, decision.decided_at
    )


def alert_of_asked_transaction(transaction_id: str, asked_at: datetime) -> NewAlert | None:
    """Return the alert of a customer who asks that a person looks at a payment."""
    judged = _judged(transaction_id)
    if judged is None:
        return None
    return _of_judged(
        judged, AlertSource.HUMAN_REVIEW, QueueName.HUMAN_REVIEW, Severity.MEDIUM, asked_at
    )


def alert_of_verification(
    verification_id: str, event_id: uuid.UUID, decision_id: str, raised_at: datetime
) -> NewAlert | None:
    """Return the alert of a verification that waits for a person; None if it does no more.

    A decision raises one alert, however it is told of; a customer's request goes by its event.
    """
    found = Verification.objects.select_related("customer").filter(pk=verification_id)
    verification = found.first()
    if verification is None or verification.status != VerificationStatus.IN_REVIEW:
        return None
    asked = not decision_id
    checks = list(_raised_checks(verification))
    reasons = [{"code": check["code"], "text": check["sentence"]} for check in checks]
    has_fraud_sign = any(check["kind"] == "fraud" for check in checks)
    return NewAlert(
        source=AlertSource.HUMAN_REVIEW if asked else AlertSource.VERIFICATION,
        source_id=str(event_id) if asked else decision_id,
        subject=_subject(verification),
        queue=QueueName.HUMAN_REVIEW if asked else QueueName.ONBOARDING,
        severity=Severity.HIGH if has_fraud_sign else Severity.MEDIUM,
        reason="human_review_requested" if asked else _first(reasons, "verification.review"),
        reasons=reasons,
        raised_at=raised_at,
        verification_id=verification.pk,
    )


def alert_of_hit(hit_id: str, raised_at: datetime) -> NewAlert | None:
    """Return the alert of an approved customer whom a list may name; None otherwise.

    A hit that a verification found is seen to with that verification, unless a person approved it
    before it was found.
    """
    found = ScreeningHit.objects.select_related("customer", "verification").filter(pk=hit_id)
    hit = found.first()
    if hit is None or hit.status != HitStatus.OPEN:
        return None
    is_approved = hit.verification.status == VerificationStatus.APPROVED
    if hit.source != HitSource.RESCREENING and not is_approved:
        return None
    code = "screening.watchlists"
    return NewAlert(
        source=AlertSource.SCREENING,
        source_id=_raising_of(hit),
        subject=Subject(hit.customer.workspace_id, customer_id=hit.customer_id),
        queue=QueueName.SCREENING,
        severity=Severity.HIGH,
        reason=code,
        reasons=[{"code": code, "text": "A watchlist may name this customer, who is approved."}],
        score=hit.score,
        raised_at=raised_at,
        verification_id=hit.verification_id,
    )


def _raising_of(hit: ScreeningHit) -> str:
    """Return what tells this raising of a hit from an earlier one, which was settled.

    The hit's id, and how often it was told apart and found again.
    """
    opened_again = StatusChange.objects.filter(
        target_type=hit._meta.label_lower, target_id=str(hit.pk), to_status=HitStatus.OPEN
    ).count()
    return f"{hit.pk}:{opened_again}" if opened_again else str(hit.pk)


def reason_without_version(code: str) -> str:
    """Return a cause's code without the version of the rule it names.

    Examples
    --------
    >>> reason_without_version("rule.velocity@3"), reason_without_version("model.review")
    ('rule.velocity', 'model.review')
    """
    return code.partition("@")[0]


def _judged(transaction_id: str) -> Transaction | None:
    return (
        Transaction.objects.select_related("decision")
        .filter(pk=transaction_id, decision__isnull=False)
        .first()
    )


def _of_judged(
    judged: Transaction,
    source: AlertSource,
    queue: QueueName,
    severity: int,
    raised_at: datetime,
) -> NewAlert:
    decision: Decision = judged.decision
    asked = source == AlertSource.HUMAN_REVIEW
    return NewAlert(
        source=source,
        source_id=str(judged.pk),
        subject=Subject(judged.workspace_id, customer_id=judged.customer_id),
        queue=queue,
        severity=severity,
        reason="human_review_requested" if asked else _first(decision.causes, "model.review"),
        reasons=decision.causes,
        score=decision.score,
        # Already at risk in the case when the same payment raised an alert before.
        amount_minor=0 if asked else judged.amount_reference_minor or 0,
        raised_at=raised_at,
        transaction_id=judged.pk,
        waits_for_person=asked or judged.status == TransactionStatus.HELD,
    )


def _first(reasons: list[dict[str, str]], default: str) -> str:
    return reason_without_version(reasons[0]["code"]) if reasons else default


def _subject(verification: Verification) -> Subject:
    customer = verification.customer
    return Subject(customer.workspace_id, customer_id=customer.pk)


def _raised_checks(verification: Verification) -> Iterator[Mapping[str, Any]]:
    """Yield what the policy's last decision found: first what decided it, then the rest."""
    by_policy = VerificationDecision.objects.filter(verification=verification, decided_by=None)
    decision = by_policy.order_by("-created_at").first()
    if decision is None:
        return
    found = [check for group in decision.tree for check in group["checks"] if _is_telling(check)]
    decided = [check for check in found if check["code"] in decision.reason_codes]
    yield from decided
    yield from (check for check in found if check not in decided)


def _is_telling(check: Mapping[str, Any]) -> bool:
    return check["state"] in RAISED and (check["state"] == "consider" or check["is_required"])
