"""What waits at this moment, of what a person may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case as When_
from django.db.models import Count, IntegerField, Q, Value, When

from cases.choices import CaseStatus
from cases.dashboards.counts import AgeCount
from cases.dashboards.shaping.ages import AGE_BUCKETS
from cases.selectors import cases_visible_to
from fraudsite.core.models import User


def ages(user: User, now: datetime) -> list[AgeCount]:
    """Return how many unclosed cases are how old, the youngest first."""
    steps = [
        When(opened_at__gt=now - bucket.below, then=Value(number))
        for number, bucket in enumerate(AGE_BUCKETS)
        if bucket.below is not None
    ]
    bucket = When_(*steps, default=Value(len(AGE_BUCKETS) - 1), output_field=IntegerField())
    counted = (
        cases_visible_to(user)
        .exclude(status=CaseStatus.CLOSED)
        .order_by()
        .annotate(bucket=bucket)
        .values("bucket")
        .annotate(cases=Count("pk"), breached=Count("pk", filter=Q(breached_at__isnull=False)))
    )
    return [AgeCount(**row) for row in counted.order_by("bucket")]
