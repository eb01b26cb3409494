"""What a row of an export holds, for cases and for labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.choices import DecisionStatus
from cases.models import Case, CaseDecision, CaseLabel

# Read at once: 1,000 cases with their decisions are some megabytes.
CHUNK = 1000

CASE_COLUMNS: dict[str, Callable[[Case], Any]] = {
    "case_id": lambda case: case.pk,
    "reference": lambda case: case.reference,
    "queue": lambda case: case.queue_id,
    "status": lambda case: case.status,
    "label": lambda case: case.label,
    "reason": lambda case: _of_decision(case, "reason"),
    "severity": lambda case: case.severity,
    "priority": lambda case: case.priority,
    "amount_minor": lambda case: case.amount_minor,
    "score": lambda case: case.score,
    "alerts": lambda case: case.alerts_count,
    "alert_reasons": lambda case: " ".join(str(reason) for reason in case.reasons),
    "customer_id": lambda case: case.customer_id,
    "claimed_by": lambda case: case.claimed_by_id,
    "decided_by": lambda case: _of_decision(case, "decided_by_id"),
    "approved_by": lambda case: _of_decision(case, "approved_by_id"),
    "opened_at": lambda case: case.opened_at,
    "due_at": lambda case: case.due_at,
    "breached_at": lambda case: case.breached_at,
    "closed_at": lambda case: case.closed_at,
}
LABEL_COLUMNS: dict[str, Callable[[CaseLabel], Any]] = {
    "transaction_id": lambda row: row.label.transaction_id,
    "is_fraud": lambda row: int(row.label.is_fraud),
    "reason": lambda row: row.label.reason_code,
    "source": lambda row: row.label.source,
    "known_at": lambda row: row.label.known_at,
    "recorded_at": lambda row: row.label.recorded_at,
    "case_id": lambda row: row.decision.case_id,
    "case_label": lambda row: row.decision.label,
    "decision_id": lambda row: row.decision_id,
    "decided_by": lambda row: row.decision.decided_by_id,
    "approved_by": lambda row: row.decision.approved_by_id,
}


def case_rows(cases: QuerySet[Case]) -> Iterator[list[Any]]:
    """Yield a row for each case, in the order they were opened."""
    applied = CaseDecision.objects.filter(status=DecisionStatus.APPLIED).order_by("-ended_at")
    rows = cases.select_related(None).prefetch_related(
        Prefetch("decisions", queryset=applied, to_attr="applied")
    )
    for case in rows.order_by("id").iterator(chunk_size=CHUNK):
        yield [value_of(case) for value_of in CASE_COLUMNS.values()]


def label_rows(labels: QuerySet[CaseLabel]) -> Iterator[list[Any]]:
    """Yield a row for each label that came from a case, in the order they were given."""
    rows = labels.select_related("decision", "label").order_by("id")
    for row in rows.iterator(chunk_size=CHUNK):
        yield [value_of(row) for value_of in LABEL_COLUMNS.values()]


def labels_of(cases: QuerySet[Case]) -> QuerySet[CaseLabel]:
    """Return the labels that came from these cases."""
    return CaseLabel.objects.filter(decision__case__in=cases.order_by().values("pk"))


def _of_decision(case: Case, name: str) -> Any:
    """Return a field of the decision in effect that was made last, None if there is none."""
    applied: list[CaseDecision] = case.applied  # type: ignore[attr-defined]  # prefetched above
    return getattr(applied[0], name) if applied else None
