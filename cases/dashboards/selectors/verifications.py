"""How far verifications come."""

from __future__ import annotations

from django.db import connection

from cases.dashboards.counts import Funnel
from cases.dashboards.day_ranges import DayRange

# Raw: as subqueries of the ORM each answer was looked up once for every number that uses it, which
# took a second for 100,000 verifications. An answer of the machine that came after a person's is
# not what approved anybody, so only those that were applied count.
FUNNEL = """
    WITH begun AS (
        SELECT id, status, submitted_at FROM kyc_verification
        WHERE created_at >= %(start)s AND created_at < %(end)s
    ), answered AS (
        SELECT made.verification_id,
               bool_or(made.decided_by_id IS NULL AND made.outcome = 'approved') AS by_machine,
               bool_or(made.decided_by_id IS NOT NULL OR made.outcome = 'review') AS by_person
        FROM kyc_decision made JOIN begun ON begun.id = made.verification_id
        WHERE made.is_applied GROUP BY 1
    )
    SELECT count(*), count(begun.submitted_at),
           count(*) FILTER (WHERE answered.by_machine AND NOT answered.by_person),
           count(*) FILTER (WHERE answered.by_person),
           count(*) FILTER (WHERE begun.status = 'approved'),
           count(*) FILTER (WHERE begun.status = 'declined')
    FROM begun LEFT JOIN answered ON answered.verification_id = begun.id
"""


def funnel(days: DayRange) -> Funnel:
    """Return how far the verifications that were begun in these days have come by now."""
    with connection.cursor() as cursor:
        cursor.execute(FUNNEL, {"start": days.start, "end": days.end})
        return Funnel(*cursor.fetchone())
