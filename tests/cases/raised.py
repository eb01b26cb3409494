"""Cases as analysts find them: raised by payments and verifications, through the same services."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cases.models import Alert, Case
from cases.services.alert_sources import alert_of_transaction, alert_of_verification
from cases.services.alerts import alert_open
from cases.services.claims import case_claim
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.transitions import move
from fraudsite.core.uuid7 import uuid7
from kyc.models import Customer, Verification
from kyc.models import Decision as VerificationDecision
from scoring.choices import DecisionOutcome, RiskLevel
from tests.scoring.decided import a_customer, a_transaction, decide
from transactions.models import Transaction

TESTER = Actor.system("tests")


def a_payment(
    customer: Customer,
    outcome: DecisionOutcome = DecisionOutcome.REVIEW,
    *,
    cause: str = "rule.velocity@3",
    amount_minor: int = 120_00,
    score: float = 0.5,
    risk_level: RiskLevel = RiskLevel.HIGH,
    **fields: Any,
) -> Transaction:
    """A payment that was judged, and about which nobody has heard yet."""
    row = a_transaction(customer, amount_minor=amount_minor, **fields)
    causes = [{"code": cause, "text": "Many payments in an hour."}]
    decide(row, outcome, causes=causes, score=score, risk_level=risk_level)
    return row


def raised_by(row: Transaction) -> Alert:
    new = alert_of_transaction(str(row.pk))
    assert new is not None
    return alert_open(new)[0]


def a_case(customer: Customer | None = None, **payment: Any) -> Case:
    """An open case about one held payment."""
    return raised_by(a_payment(customer or a_customer(), **payment)).case


def a_verification(
    customer: Customer, kind: str = "behaviour", *, raised_besides: str = ""
) -> Verification:
    """A verification that the policy sent to a person, for its face."""
    verification = Verification.objects.create(customer=customer, status="processing")
    check = {
        "code": "face.match",
        "label": "Same face",
        "state": "consider",
        "kind": kind,
        "sentence": "The faces differ.",
        "is_required": True,
    }
    besides = [{**check, "code": raised_besides, "sentence": "Beside."}] if raised_besides else []
    made = VerificationDecision.objects.create(
        verification=verification,
        attempt=1,
        outcome="review",
        reason_codes=["face.match"],
        tree=[{"code": "face", "label": "Face", "state": "consider", "checks": [*besides, check]}],
    )
    payload = {"decision_id": str(made.pk), "decided_by": "policy"}
    move(verification, to="in_review", actor=TESTER, payload=payload)
    return verification


def a_verification_case(customer: Customer | None = None) -> Case:
    """An open case about a verification to review."""
    verification = a_verification(customer or a_customer())
    decision = verification.decisions.get()
    new = alert_of_verification(str(verification.pk), uuid7(), str(decision.pk), timezone.now())
    assert new is not None
    return alert_open(new)[0].case


def claimed_by(analyst: User, case: Case | None = None) -> Case:
    """A case in an analyst's hand."""
    chosen = case or a_case()
    return case_claim(case_id=chosen.pk, seen=chosen.version, analyst=analyst)
