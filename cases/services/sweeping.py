"""What time does to cases: warnings, breaches, priorities, idle holds, days that have come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from cases.choices import HELD_BY_ANALYST, LIVE_DECISIONS, CaseEventKind, CaseStatus
from cases.models import Case, CaseView
from cases.services.alerts import resume
from cases.services.case_rows import case_move, event_add, news_of
from cases.services.priorities import priority_fields
from fraudsite.core.actors import Actor
from fraudsite.core.each_alone import each_alone
from fraudsite.core.outbox import publish

CLOCK = Actor.system("clock")
SLA_WARNED, SLA_BREACHED = "cases.case.sla_warned", "cases.case.sla_breached"
# A run takes so many of each; the next one comes within the minute.
BATCH = 500
VIEW_KEPT = timedelta(hours=1)
RUNNING = ~Q(status__in=[CaseStatus.CLOSED, CaseStatus.SUSPENDED])
MINUTE = timedelta(minutes=1)


def cases_sweep() -> dict[str, int]:
    """Do everything that is due; return how many cases each part touched."""
    now = timezone.now()
    CaseView.objects.filter(seen_at__lt=now - VIEW_KEPT).delete()
    return {
        "resumed": _each(_to_resume(now), _resume, now),
        "released": _each(_idle(now), _release, now),
        "breached": _each(_to_breach(now), _breach, now),
        "warned": _each(_to_warn(now), _warn, now),
        "reprioritised": _each(_to_reprioritise(now), _reprioritise, now),
    }


def _each(due: QuerySet[Case], act: Callable[[Case, datetime], None], now: datetime) -> int:
    """Act on each case that is due, in a transaction of its own.

    Rows that somebody is working on at this moment are left to the next run.
    """
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    return sum(_act_alone(due, case_id, act, now) for case_id in ids)


def _act_alone(
    due: QuerySet[Case], case_id: Any, act: Callable[[Case, datetime], None], now: datetime
) -> bool:
    with each_alone("case_sweep_failed", case_id=str(case_id)), transaction.atomic():
        rows = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
        case = rows.select_related("queue", "customer__data_key").filter(pk=case_id).first()
        if case is None:
            return False
        act(case, now)
        return True
    return False


def _to_resume(now: datetime) -> QuerySet[Case]:
    """Uses index: cases_case_to_resume."""
    due = Case.objects.filter(status=CaseStatus.SUSPENDED, suspended_until__lte=now)
    return due.order_by("suspended_until")


def _idle(now: datetime) -> QuerySet[Case]:
    """Return what is held and was not touched for as long as its queue allows.

    A decision that is about to take effect is work enough.
    """
    allowed = ExpressionWrapper(F("queue__idle_minutes") * MINUTE, output_field=DurationField())
    held = Case.objects.filter(status__in=HELD_BY_ANALYST, active_at__lte=now - allowed)
    return held.exclude(decisions__status__in=LIVE_DECISIONS).order_by("active_at")


def _to_breach(now: datetime) -> QuerySet[Case]:
    """Uses index: cases_case_to_breach."""
    return Case.objects.filter(RUNNING, breached_at=None, due_at__lte=now).order_by("due_at")


def _to_warn(now: datetime) -> QuerySet[Case]:
    """Uses index: cases_case_to_warn."""
    due = Case.objects.filter(RUNNING, warned_at=None, warn_at__lte=now)
    return due.filter(breached_at=None).order_by("warn_at")


def _to_reprioritise(now: datetime) -> QuerySet[Case]:
    """Uses index: cases_case_to_reprioritise."""
    return Case.objects.filter(RUNNING, priority_due_at__lte=now).order_by("priority_due_at")


def _resume(case: Case, now: datetime) -> None:
    resume(case, CLOCK, "day_has_come", now)


def _release(case: Case, _now: datetime) -> None:
    case_move(case, CaseStatus.OPEN, CLOCK, reason_code="idle", claimed_by=None, claimed_at=None)


def _breach(case: Case, now: datetime) -> None:
    _tell(
        case,
        CaseEventKind.SLA_BREACHED,
        SLA_BREACHED,
        breached_at=now,
        warned_at=case.warned_at or now,
    )


def _warn(case: Case, now: datetime) -> None:
    _tell(case, CaseEventKind.SLA_WARNED, SLA_WARNED, warned_at=now)


def _tell(case: Case, kind: CaseEventKind, news: str, **fields: datetime) -> None:
    """Keep and publish that time runs out; what an analyst sees of the case stays as it was."""
    Case.objects.filter(pk=case.pk).update(**fields)
    event_add(case, kind, CLOCK, {"due_at": case.due_at.isoformat()})
    publish(kind=news, aggregate=case, payload=news_of(case, due_at=case.due_at.isoformat()))


def _reprioritise(case: Case, now: datetime) -> None:
    # No new version: an open form is none the worse for a higher priority.
    Case.objects.filter(pk=case.pk).update(**priority_fields(case, now))
