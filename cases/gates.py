"""The one way in which cases and what belongs to them reach a page."""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from cases.models import Attachment, Case, CaseDecision, SuspiciousActivityReport
from cases.selectors import case_visible, cases_visible_to
from fraudsite.core.models import User

Row = TypeVar("Row", bound=Model)


def case_or_404(user: User, case_id: str | uuid.UUID, permission: str = "cases.view_case") -> Case:
    """Return a case this person may see and do this with, or the same 404 for all else."""
    wanted = _uuid(case_id)
    case = case_visible(user, wanted) if user.has_perm(permission) else None
    if case is None:
        raise Http404
    return case


def decision_or_404(
    user: User, decision_id: str | uuid.UUID, permission: str = "cases.view_case"
) -> CaseDecision:
    """Return a decision on a case this person may see, or the same 404 for all else."""
    rows = CaseDecision.objects.filter(case__in=cases_visible_to(user))
    return _one(rows.select_related("case"), user, decision_id, permission)


def attachment_or_404(user: User, attachment_id: str | uuid.UUID) -> Attachment:
    """Return an attachment whose content this person may see: who works cases, no auditor."""
    rows = Attachment.objects.filter(case__in=cases_visible_to(user))
    rows = rows.select_related("case__customer__data_key", "file__data_key")
    return _one(rows, user, attachment_id, "cases.work_case")


def report_or_404(
    user: User, report_id: str | uuid.UUID, permission: str = "cases.read_report"
) -> SuspiciousActivityReport:
    """Return a report of suspicious activity, or the same 404 for all else."""
    rows = SuspiciousActivityReport.objects.filter(case__in=cases_visible_to(user))
    return _one(rows.select_related("case"), user, report_id, permission)


def _one(rows: QuerySet[Row], user: User, row_id: str | uuid.UUID, permission: str) -> Row:
    row = rows.filter(pk=_uuid(row_id)).first() if user.has_perm(permission) else None
    if row is None:
        raise Http404
    return row


def _uuid(text: str | uuid.UUID) -> uuid.UUID:
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise Http404 from None
