"""The priority of stored cases: what it is judged on, and when it is judged anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from cases.choices import CaseStatus, DecisionLabel
from cases.models import Case
from cases.priority import PriorityInputs, next_step_at, prioritise, waiting_share

DAY_S = 86_400.0
RESOLVED = Q(status=CaseStatus.CLOSED)


def priority_fields(case: Case, now: datetime) -> dict[str, Any]:
    """Return the fields of a case that say how urgent it is now."""
    judged = prioritise(_inputs(case, now))
    return {
        "priority": judged.value,
        "priority_parts": [asdict(part) for part in judged.parts],
        "priority_due_at": next_step_at(case.opened_at, case.due_at, now),
    }


def _inputs(case: Case, now: datetime) -> PriorityInputs:
    frauds, false_alarms = _earlier(case)
    return PriorityInputs(
        amount_minor=case.amount_minor,
        score=case.score,
        severity=case.severity,
        waiting_share=waiting_share(case.opened_at, case.due_at, now),
        is_asked_by_customer=case.is_asked_by_customer,
        confirmed_frauds=frauds,
        false_alarms=false_alarms,
        customer_age_days=_customer_age_days(case, now),
    )


def _earlier(case: Case) -> tuple[int, int]:
    """Return how many earlier cases of the subject were fraud, and how many were nothing."""
    if case.customer_id is None:
        return 0, 0
    closed = Case.objects.filter(RESOLVED, customer_id=case.customer_id).exclude(pk=case.pk)
    counts = closed.aggregate(
        frauds=Count("pk", filter=Q(label=DecisionLabel.CONFIRMED_FRAUD)),
        false_alarms=Count("pk", filter=Q(label=DecisionLabel.FALSE_POSITIVE)),
    )
    return counts["frauds"], counts["false_alarms"]


def _customer_age_days(case: Case, now: datetime) -> float | None:
    if case.customer is None:
        return None
    return (now - case.customer.created_at).total_seconds() / DAY_S
