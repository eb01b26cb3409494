"""Fills an installation that has a history with cases, as `cases_plan` draws them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from bench.cases_plan import ALERTS_EACH, Extent, QueueTerms, alerts_drawn, cases_drawn, weighed
from bench.cases_rows import rows_write
from cases.models import Alert, Case, CaseDecision, CaseEvent, Queue
from cases.services.links import links_gather
from fraudsite.core.models import StatusChange, User
from scoring.models import Decision
from transactions.services.copying import indexes_set_aside

# The newest payments of those who have enough of them for all their cases.
PAYMENTS = """
SELECT id::text, customer_id::text, amount, place - 1
FROM (
    SELECT id, customer_id, coalesce(amount_reference_minor, amount_minor) AS amount,
           row_number() OVER (PARTITION BY customer_id ORDER BY id DESC) AS place,
           count(*) OVER (PARTITION BY customer_id) AS payments
    FROM transactions_transaction) AS numbered
WHERE place <= %(each)s AND payments >= %(each)s
"""
# What raised an alert was held, and is so until it is decided.
SETTLE = """
UPDATE transactions_transaction AS payment
SET status = CASE WHEN alert.settlement = '' THEN 'held'
                  WHEN decision.label = 'confirmed_fraud' THEN 'refused' ELSE 'released' END
FROM cases_alert AS alert
LEFT JOIN cases_casedecision AS decision ON decision.id = alert.decision_id
WHERE alert.transaction_id = payment.id
"""


def cases_fill(extent: Extent, analysts: Sequence[User], senior: User) -> None:
    """Add the cases and all that hangs on them, then gather the links between customers."""
    now = timezone.now()
    payments = _payments(-(-extent.cases // extent.unclosed) * ALERTS_EACH)
    owners = payments["customer_id"].unique(maintain_order=True).to_list()
    staff = [str(user.pk) for user in analysts]
    cases = cases_drawn(owners, staff, extent, _terms(), now)
    alerts = alerts_drawn(cases, payments)
    filled = (Case, Alert, CaseDecision, CaseEvent, StatusChange, Decision)
    with transaction.atomic(), indexes_set_aside(*filled):
        rows_write(weighed(cases, alerts, now), alerts, str(senior.pk), now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTLE)
    links_gather(since=datetime(2000, 1, 1, tzinfo=UTC))


def _payments(each: int) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(PAYMENTS, {"each": each})
        columns = ["transaction_id", "customer_id", "amount_minor", "place"]
        return pl.DataFrame(cursor.fetchall(), schema=columns, orient="row")


def _terms() -> dict[str, QueueTerms]:
    return {
        queue.pk: QueueTerms(
            sla=timedelta(minutes=queue.sla_minutes),
            second_look_policy=json.dumps(queue.second_look_policy.to_json()),
        )
        for queue in Queue.objects.all()
    }
