"""What was settled outside of its case: decided on its own page, released, labelled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.choices import AlertSettlement, CaseEventKind, CaseStatus
from cases.models import Alert, Case
from cases.services.alerts import ALERTS
from cases.services.case_rows import case_lock, case_move, case_write, event_add, live_decision

SETTLED_ELSEWHERE = "settled_elsewhere"


def alerts_settle(**of: Any) -> int:
    """Mark the unsettled alerts about a verification or transaction; return how many.

    A case that nobody has begun and in which nothing is left is closed; one that an analyst holds
    stays with them, and they see what happened.
    """
    waiting = Alert.objects.filter(settlement="", **of)
    case_ids = sorted(set(waiting.values_list("case_id", flat=True)))
    return sum(_settle_in(case_id, of) for case_id in case_ids)


def is_finished(case: Case) -> bool:
    """Whether none of a case's alerts waits for anything."""
    return not case.alerts.filter(settlement="").exists()


def _settle_in(case_id: Any, of: dict[str, Any]) -> int:
    with transaction.atomic():
        case = case_lock(case_id)
        settled = case.alerts.filter(settlement="", **of).update(
            settlement=AlertSettlement.ELSEWHERE, settled_at=timezone.now()
        )
        if not settled:
            return 0
        event_add(case, CaseEventKind.ALERT_SETTLED, ALERTS, {"count": settled})
        if _closes_by_itself(case):
            case_move(
                case,
                CaseStatus.CLOSED,
                ALERTS,
                reason_code=SETTLED_ELSEWHERE,
                closed_at=timezone.now(),
            )
        else:
            case_write(case)
    return settled


def _closes_by_itself(case: Case) -> bool:
    is_begun = case.status not in {CaseStatus.OPEN, CaseStatus.SUSPENDED}
    return not is_begun and is_finished(case) and live_decision(case) is None
