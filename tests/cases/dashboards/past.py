"""What happened on days of the past, as rows: alerts, and the decisions that settled them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model

from cases.choices import AlertSettlement, DecisionLabel, DecisionStatus
from cases.models import Alert, Case, CaseDecision
from fraudsite.core.models import User
from kyc.models import Decision as VerificationDecision
from kyc.models import Verification
from scoring.choices import DecisionOutcome
from scoring.models import ModelVersion
from tests.cases.raised import raised_by
from tests.scoring.decided import a_customer, a_transaction, decide
from transactions.models import Label

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def days_before(number: int) -> datetime:
    """Noon of a day of March 2026, so that no hour or time zone moves it to another."""
    return NOON - timedelta(days=number)


def rewrite(row: Model, **fields: Any) -> None:
    """Put a row into the past: services only write what happens now."""
    type(row)._base_manager.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def an_alert(
    at: datetime = NOON,
    *,
    causes: tuple[str, ...] = ("rule.velocity@3",),
    outcome: DecisionOutcome = DecisionOutcome.REVIEW,
    status: str = "",
    model: ModelVersion | None = None,
    **payment: Any,
) -> Alert:
    """An alert about a payment, raised at that moment."""
    paid = a_transaction(a_customer(), **payment)
    told = [{"code": code, "text": "A reason."} for code in causes]
    decide(paid, outcome, causes=told, model=model)
    alert = raised_by(paid)
    rewrite(alert, raised_at=at)
    if status:
        rewrite(paid, status=status)
    return alert


def decided(
    alert: Alert,
    label: DecisionLabel,
    analyst: User,
    *,
    at: datetime = NOON,
    after: timedelta = timedelta(hours=2),
    approved_by: User | None = None,
    status: DecisionStatus = DecisionStatus.APPLIED,
) -> CaseDecision:
    """A decision about one alert that took effect at a moment, so long after the case opened."""
    case: Case = alert.case
    rewrite(case, opened_at=at - after)
    made = CaseDecision.objects.create(
        case=case,
        decided_by=analyst,
        approved_by=approved_by,
        label=label,
        reason="fraud_card_stolen",
        covers=[str(alert.pk)],
        status=status,
        created_at=at,
        ended_at=at,
    )
    rewrite(alert, decision=made, settlement=AlertSettlement.DECIDED, settled_at=at)
    return made


def fill(analyst: User, colleague: User) -> None:
    """A week of work: what a browser shows when there is something to show."""
    model = ModelVersion.objects.create(version="2026-03-01.1")
    causes = [("rule.velocity@3",), ("rule.new_payee@1", "model.review"), ("model.review",)]
    labels = [DecisionLabel.CONFIRMED_FRAUD, *DecisionLabel]
    for number in range(24):
        at = days_before(number % 7)
        outcome = DecisionOutcome.DECLINE if number % 4 == 0 else DecisionOutcome.REVIEW
        alert = an_alert(
            at,
            causes=causes[number % 3],
            outcome=outcome,
            model=model,
            amount_minor=(number + 1) * 50_00,
        )
        if number % 6 == 5:
            continue
        label = labels[number % 5]
        decided(alert, label, colleague if number % 3 else analyst, at=at)
        if label == DecisionLabel.CONFIRMED_FRAUD:
            known = {"is_fraud": True, "source": "analyst", "known_at": at}
            Label.objects.create(transaction=alert.transaction, **known)
        rewrite(alert.case, status="closed", closed_at=at)
    for number, status in enumerate(["collecting", "approved", "approved", "declined"]):
        begun = Verification.objects.create(customer=a_customer(), status=status)
        rewrite(begun, created_at=NOON, submitted_at=NOON if number else None)
        if number == 1:
            VerificationDecision.objects.create(verification=begun, attempt=1, outcome="approved")
