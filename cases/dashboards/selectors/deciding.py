"""What came in and what was decided, day by day and person by person."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from cases.choices import DecisionStatus
from cases.dashboards.counts import AnalystCount, DayCounts
from cases.dashboards.day_ranges import DayRange
from cases.models import Alert, CaseDecision

# Raw, for PostgreSQL's own median. A second look counts for the day the decision took effect.
# Uses index: cases_decision_applied.
THROUGHPUT = """
    WITH applied AS (
        SELECT decision.decided_by_id, decision.approved_by_id,
               EXTRACT(EPOCH FROM decision.created_at - opened.opened_at)::float8 / 3600 AS hours
        FROM cases_casedecision decision
        JOIN cases_case opened ON opened.id = decision.case_id
        WHERE decision.status = 'applied'
          AND decision.ended_at >= %(start)s AND decision.ended_at < %(end)s
    ), work AS (
        SELECT decided_by_id AS user_id, count(*) AS decided, 0 AS second_looks,
               -- A case that was opened again since has a later beginning than its decision.
               percentile_cont(0.5) WITHIN GROUP (ORDER BY hours)
                   FILTER (WHERE hours >= 0) AS median
        FROM applied GROUP BY 1
        UNION ALL
        SELECT approved_by_id, 0, count(*), NULL
        FROM applied WHERE approved_by_id IS NOT NULL GROUP BY 1
    )
    SELECT work.user_id::text, person.email, sum(decided)::int, sum(second_looks)::int, max(median)
    FROM work JOIN core_user person ON person.id = work.user_id
    GROUP BY 1, 2 ORDER BY 3 DESC, 4 DESC, 2
"""


def decisions_by_label(days: DayRange) -> DayCounts:
    """Return how many decisions took effect, by day and label."""
    applied = CaseDecision.objects.filter(
        status=DecisionStatus.APPLIED, ended_at__gte=days.start, ended_at__lt=days.end
    )
    return _by_day(applied, "ended_at", "label")


def alerts_by_source(days: DayRange) -> DayCounts:
    """Return how many alerts were raised, by day and source."""
    raised = Alert.objects.filter(raised_at__gte=days.start, raised_at__lt=days.end)
    return _by_day(raised, "raised_at", "source")


def throughput(days: DayRange) -> list[AnalystCount]:
    """Return what each analyst decided and looked at as the second person, most first."""
    with connection.cursor() as cursor:
        cursor.execute(THROUGHPUT, {"start": days.start, "end": days.end})
        return [AnalystCount(*row) for row in cursor.fetchall()]


def _by_day(rows: QuerySet[Any], time: str, code: str) -> DayCounts:
    counted = rows.order_by().annotate(day=TruncDate(time, tzinfo=UTC)).values("day", code)
    return {(row["day"], row[code]): row["n"] for row in counted.annotate(n=Count("pk"))}
