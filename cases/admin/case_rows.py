"""Cases as the rows of a list: everything a row says, in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from cases.admin.notes import colleague
from cases.admin.sla_words import TimeLeft, span, time_left
from cases.models import Alert, Case
from fraudsite.core.models import User
from transactions.admin.masking import masked_id


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row."""

    case: Case
    url: str
    subject: str
    reason: str
    more_reasons: int
    left: TimeLeft
    age: str
    held_by: str
    is_mine: bool

    @property
    def chosen(self) -> str:
        """What its box sends: which case, and how it was seen."""
        return f"{self.case.pk}:{self.case.version}"


def case_rows(cases: Sequence[Case], user: User, now: datetime) -> list[CaseRow]:
    """Return the rows of some cases; one query for what they are about."""
    sentences = top_reasons([case.pk for case in cases])
    return [_row(case, sentences.get(case.pk, ""), user, now) for case in cases]


def top_reasons(case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the sentence of each case's worst alert, unsettled ones first."""
    alerts = Alert.objects.filter(case_id__in=case_ids)
    # An empty settlement sorts before any other, and means that the alert still waits.
    worst = alerts.order_by("case_id", "settlement", "-severity", "-raised_at").distinct("case_id")
    shown = worst.values_list("case_id", "reason", "reasons")
    return {case_id: _sentence(reason, reasons) for case_id, reason, reasons in shown}


def subject_of(case: Case) -> str:
    """Return whom a case is about by a handle that leads to nobody."""
    if case.customer is not None:
        return f"Customer {case.customer.reference}"
    if case.card is not None:
        return f"Card {masked_id(case.card.token)}"
    return f"Device {masked_id(case.device.external_id)}" if case.device is not None else ""


def holder_of(case: Case) -> User | None:
    """Return who has a case, or else whom it was given to."""
    return case.claimed_by or case.assigned_to


def case_url(case_id: uuid.UUID) -> str:
    """Return the address of a case's own page."""
    return reverse("admin:cases_case_change", args=[case_id])


def _row(case: Case, reason: str, user: User, now: datetime) -> CaseRow:
    holder = holder_of(case)
    return CaseRow(
        case=case,
        url=case_url(case.pk),
        subject=subject_of(case),
        reason=reason,
        more_reasons=max(len(case.reasons) - 1, 0),
        left=time_left(case, now),
        age=span(now - case.opened_at),
        held_by=colleague(holder),
        is_mine=holder is not None and holder.pk == user.pk,
    )


def _sentence(reason: str, reasons: Sequence[dict[str, Any]]) -> str:
    return str(reasons[0].get("text") or reason) if reasons else reason.replace("_", " ")
