"""The trail of reports of suspicious activity: for those only who may open the report itself."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from cases.models import SuspiciousActivityReport
from cases.selectors import cases_visible_to
from fraudsite.core.admin.trail import trail_restrict
from fraudsite.core.models import User

READ = "cases.read_report"


def reports_known_to(user: User) -> QuerySet[Any, Any]:
    """Return the ids of the reports that `cases.gates.report_or_404` finds for a person."""
    reports = SuspiciousActivityReport.objects.none()
    if user.has_perm(READ):
        reports = SuspiciousActivityReport.objects.filter(case__in=cases_visible_to(user))
    return reports.annotate(key=Cast("id", CharField())).values("key")


trail_restrict(SuspiciousActivityReport, reports_known_to)
