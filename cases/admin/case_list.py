"""The list of cases, from which an analyst's day is worked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cases.admin.bulk import BulkPages
from cases.admin.bulk_acts import bulk_acts_of
from cases.admin.case_rows import case_rows, case_url
from cases.admin.case_views import CasePageViews
from cases.admin.gates import permitted
from cases.admin.list_filter import HOLDERS, MAX_PAGE, ListQuestion, question_of
from cases.admin.next_case import NextCasePages
from cases.admin.own_settings import OwnSettingsPages
from cases.admin.presence import PresencePages
from cases.admin.undo import UndoPages
from cases.choices import CaseStatus, DecisionLabel, Severity
from cases.gates import case_or_404
from cases.models import Case, SavedFilter
from cases.selectors import cases_page, queue_counts
from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import User
from scoring.admin.gates import staff
from scoring.admin.pages import staff_page

ROWS = 50


@admin.register(Case)
class CaseAdmin(
    CasePageViews,
    NextCasePages,
    BulkPages,
    UndoPages,
    PresencePages,
    OwnSettingsPages,
    ReadOnlyAdmin,
):
    """Cases: a list of its own, since Django's knows neither queues nor the next case."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a page of cases, the most urgent first, never counted to the end."""
        user = permitted(request, "cases.view_case")
        asked = question_of(request.GET.dict())
        context = {**_page(user, asked), **_choices(user), **(extra_context or {})}
        return staff_page(self, request, "admin/cases/case/change_list.html", "Cases", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page of the case, whose timeline it is, for those who may see the case."""
        return redirect(case_url(case_or_404(staff(request), object_id).pk))


def _page(user: User, asked: ListQuestion) -> dict[str, Any]:
    first = (asked.page - 1) * ROWS
    # One more than is shown tells whether there is another page.
    found = cases_page(user, asked.wanted, first=first, count=ROWS + 1)
    base = f"?{asked.query}&page=" if asked.query else "?page="
    has_next = len(found) > ROWS and asked.page < MAX_PAGE
    return {
        "rows": case_rows(found[:ROWS], user, timezone.now()),
        "asked": asked,
        "first_row": first + 1,
        "last_row": first + min(len(found), ROWS),
        "previous_url": f"{base}{asked.page - 1}" if asked.page > 1 else "",
        "next_url": f"{base}{asked.page + 1}" if has_next else "",
    }


def _choices(user: User) -> dict[str, Any]:
    counts = queue_counts(user)
    return {
        "queues": counts,
        "queue_choices": [(queue.queue_id, queue.title) for queue in counts],
        "statuses": CaseStatus.choices,
        "holders": HOLDERS.items(),
        "severities": [(str(value), label) for value, label in Severity.choices],
        "labels": DecisionLabel.choices,
        "saved": SavedFilter.objects.filter(user=user),
        "bulk_acts": list(bulk_acts_of(user).items()),
        "can_work": user.has_perm("cases.work_case"),
        "can_approve": user.has_perm("cases.approve_case"),
        "can_export": user.has_perm("cases.export_case"),
        "pending_count": sum(queue.pending_approval for queue in counts),
        "take_url": reverse("admin:cases_case_next"),
    }
