"""What alerts about payments turned out to be, and what they stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from cases.dashboards.counts import Outcomes, StoppedMoney
from cases.dashboards.day_ranges import DayRange
from fraudsite.core.uuid7 import lowest_uuid7
from scoring.models import Decision

# Alerts about payments that a decision of the range settled. An inconclusive one says nothing of
# what raised it. A customer's request about the same payment is no second alert of the machine.
# Uses index: cases_decision_applied, then the alert's foreign key on it.
DECIDED = """
    WITH decided AS (
        SELECT alert.id, alert.reasons, alert.transaction_id,
               (decision.ended_at AT TIME ZONE 'UTC')::date AS day,
               decision.label = 'confirmed_fraud' AS is_fraud
        FROM cases_casedecision decision
        JOIN cases_alert alert ON alert.decision_id = decision.id
        WHERE decision.status = 'applied' AND decision.label <> 'inconclusive'
          AND decision.ended_at >= %(start)s AND decision.ended_at < %(end)s
          AND alert.source = 'transaction'
    )
"""
COUNTED = "count(*) FILTER (WHERE decided.is_fraud), count(*) FILTER (WHERE NOT decided.is_fraud)"
# `reasons` holds each rule once, so that an alert counts once for each of its rules.
BY_RULE = f"""{DECIDED}
    SELECT substr(reason->>'code', 6), {COUNTED}
    FROM decided, jsonb_array_elements(reasons) AS reason
    WHERE reason->>'code' LIKE 'rule.%%'
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %(limit)s
"""  # noqa: S608 - put together from constants
# Only what the score itself asked for: for an alert of rules alone the model has no part in.
BY_MODEL = f"""{DECIDED}
    SELECT model.name || ' ' || model.version, {COUNTED}
    FROM decided
    JOIN scoring_decision judged ON judged.transaction_id = decided.transaction_id
    JOIN scoring_modelversion model ON model.id = judged.model_id
    WHERE decided.reasons @> ANY(
        ARRAY['[{{"code": "model.review"}}]', '[{{"code": "model.block_and_review"}}]',
              '[{{"code": "model.decline"}}]']::jsonb[])
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %(limit)s
"""  # noqa: S608 - as above
BY_DAY = f"{DECIDED} SELECT day, {COUNTED} FROM decided GROUP BY 1"  # noqa: S608 - as above
# One alert of this source a payment, so no payment counts twice. Of several labels the one known
# last counts. OFFSET 0 has each payment looked up by its key: for a month of alerts the planner
# would read all payments there are. Uses index: cases_alert_newest, transactions_label_newest.
STOPPED = """
    SELECT (alert.raised_at AT TIME ZONE 'UTC')::date,
           coalesce(sum(paid.amount_reference_minor), 0)::bigint, count(*),
           coalesce(sum(paid.amount_reference_minor) FILTER (WHERE said.is_fraud), 0)::bigint,
           count(*) FILTER (WHERE said.is_fraud),
           count(*) FILTER (WHERE paid.amount_reference_minor IS NULL)
    FROM cases_alert alert
    CROSS JOIN LATERAL (
        SELECT id, amount_reference_minor FROM transactions_transaction
        WHERE id = alert.transaction_id AND status IN ('declined', 'refused') OFFSET 0
    ) paid
    LEFT JOIN LATERAL (
        SELECT label.is_fraud FROM transactions_label label
        WHERE label.transaction_id = paid.id
        ORDER BY label.known_at DESC, label.id DESC LIMIT 1
    ) said ON true
    WHERE alert.raised_at >= %(start)s AND alert.raised_at < %(end)s
      AND alert.source = 'transaction'
    GROUP BY 1 ORDER BY 1
"""
# What a page shows without becoming a wall; the rest are those with the fewest decided alerts.
MOST_ROWS = 20


def outcomes_by_rule(days: DayRange) -> list[Outcomes]:
    """Return what the alerts of each version of a rule turned out to be, most decided first."""
    return [Outcomes(*row) for row in _rows(BY_RULE, days, limit=MOST_ROWS)]


def outcomes_by_model(days: DayRange) -> list[Outcomes]:
    """Return what the alerts of each model's scores turned out to be, most decided first."""
    return [Outcomes(*row) for row in _rows(BY_MODEL, days, limit=MOST_ROWS)]


def outcomes_by_day(days: DayRange) -> dict[date, Outcomes]:
    """Return what alerts about payments turned out to be, by the day of the decision."""
    rows = _rows(BY_DAY, days)
    return {day: Outcomes(day.isoformat(), fraud, honest) for day, fraud, honest in rows}


def stopped_money(days: DayRange) -> list[StoppedMoney]:
    """Return what was declined or refused, by the day its alert was raised."""
    return [StoppedMoney(*row) for row in _rows(STOPPED, days)]


def judged_payments(days: DayRange) -> int:
    """Return how many payments were judged.

    Counted by the time within their ids, which are made in the moment of the judgement: the
    primary key answers, and millions of rows need no index more.
    """
    first, after = (lowest_uuid7(_milliseconds(moment)) for moment in (days.start, days.end))
    return Decision.objects.filter(pk__gte=first, pk__lt=after).count()


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _rows(sql: str, days: DayRange, **more: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"start": days.start, "end": days.end, **more})
        return list(cursor.fetchall())
