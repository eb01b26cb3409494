"""What casework keeps of a customer who is to be erased, and what it forgets."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cases.choices import CaseStatus, ReportStatus
from cases.models import Case, SuspiciousActivityReport
from cases.services.links import links_forget
from fraudsite.core.actors import Actor
from fraudsite.core.erasure import ErasureObjection

# From the filing (31 CFR 1020.320(d); the EU's directive 2015/849, article 40, has as much).
REPORTS_KEPT = timedelta(days=5 * 366)
UNFILED = [ReportStatus.DRAFT, ReportStatus.READY]


def casework_objection(customer_id: uuid.UUID) -> ErasureObjection | None:
    """Object while a case about the customer is open, or a report binds what it rests on."""
    case = Case.objects.filter(customer_id=customer_id).exclude(status=CaseStatus.CLOSED).first()
    if case is not None:
        words = f"Case {case.reference} is not closed: close it first."
        return ErasureObjection("case_open", words)
    binding = Q(status__in=UNFILED) | Q(
        status=ReportStatus.FILED, filed_at__gt=timezone.now() - REPORTS_KEPT
    )
    reports = SuspiciousActivityReport.objects.filter(case__customer_id=customer_id)
    if reports.filter(binding).exists():
        # Whoever reads this may not know of a report.
        return ErasureObjection("kept_by_law", "The law has this customer's records kept for now.")
    return None


def casework_forget(customer_id: uuid.UUID, _actor: Actor) -> dict[str, int]:
    """Delete what links the customer to others; notes and files are sealed under their key."""
    return {"links": links_forget(customer_id=customer_id)}
