"""A queue as analysts find it in the morning: made in a running site by `manage.py shell`."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.models import Case
from cases.services.claims import case_claim
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.models import Customer
from scoring.choices import DecisionOutcome, RiskLevel
from tests.cases.raised import a_payment, a_verification_case, raised_by
from tests.scoring.decided import a_customer
from transactions.models import Transaction


def make() -> None:
    """Make cases of every kind a list shows: urgent, late, in a colleague's hand, of two alerts."""
    colleague = User.objects.create_user(
        email=f"ben-{uuid.uuid4().hex[:4]}@example.com", password=None, role=Role.ANALYST
    )
    customer = a_customer(f"user-{uuid.uuid4().hex[:6]}")
    raised_by(_payment(customer, 9_400_00, 0.97, risk_level=RiskLevel.CRITICAL))
    raised_by(_payment(customer, 120_00, 0.4, cause="rule.impossible_travel@1"))
    late = _declined(260_00, 0.64)
    past = timezone.now() - timedelta(hours=3)
    Case.objects.filter(pk=late.pk).update(due_at=past, warn_at=past, breached_at=past)
    held = _declined(1_480_00, 0.81)
    case_claim(case_id=held.pk, seen=held.version, analyst=colleague)
    for number in range(4):
        _declined(35_00 * (number + 1), 0.2 + number / 20)
    a_verification_case(a_customer(f"user-{uuid.uuid4().hex[:6]}"))


def _declined(amount_minor: int, score: float, **fields: Any) -> Case:
    """A case of which nothing waits any more, so that it may be closed with others."""
    customer = a_customer(f"user-{uuid.uuid4().hex[:6]}")
    return raised_by(_payment(customer, amount_minor, score, **fields)).case


def _payment(customer: Customer, amount_minor: int, score: float, **fields: Any) -> Transaction:
    return a_payment(
        customer, DecisionOutcome.DECLINE, amount_minor=amount_minor, score=score, **fields
    )
