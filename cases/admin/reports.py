"""Pages of reports of suspicious activity.

The model is in no index, search or list of the staff site: these addresses are the only way in,
and each asks for the right first. Missing, forbidden and about oneself are the same 404.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from unfold.admin import ModelAdmin

from cases.admin.gates import permitted
from cases.admin.report_forms import MOVES, FilingForm, ReportForm
from cases.choices import ReportStatus
from cases.gates import case_or_404, report_or_404
from cases.models import Case, SuspiciousActivityReport
from cases.selectors import cases_visible_to
from cases.services.reports import (
    report_change,
    report_draft,
    report_export,
    report_move,
    report_read,
)
from fraudsite.core.models import User
from scoring.admin.history import history_of
from scoring.admin.pages import do_or_say, form_page, staff_page

app_name = "cases_reports"
READ, WRITE = "cases.read_report", "cases.write_report"
ROWS = 50
MAX_PAGE = 200
# A version is a column of 32 bits.
MAX_DIGITS = 10
Report = SuspiciousActivityReport


@dataclass(frozen=True, slots=True)
class ReportLinks:
    """What a case's own page may show to whom has the right: how many there are, and the ways."""

    count: int
    list_url: str
    new_url: str


def report_links(case: Case, user: User) -> ReportLinks | None:
    """Return the links of a case's reports, None for whoever may not know of any."""
    if not user.has_perm(READ):
        return None
    return ReportLinks(
        count=case.reports.count(),
        list_url=f"{reverse('cases_reports:list')}?case={case.pk}",
        new_url=reverse("cases_reports:new", args=[case.pk]) if user.has_perm(WRITE) else "",
    )


def list_view(request: HttpRequest) -> HttpResponse:
    """Show the newest reports, of one case or of all."""
    user = permitted(request, READ)
    rows = Report.objects.filter(case__in=cases_visible_to(user))
    case = case_or_404(user, request.GET["case"], READ) if request.GET.get("case") else None
    if case is not None:
        rows = rows.filter(case=case)
    page = _page_number(request)
    first = (page - 1) * ROWS
    ordered = rows.defer("narrative_sealed").select_related("case", "written_by").order_by("-id")
    # One more than is shown tells whether there is another page.
    shown = list(ordered[first : first + ROWS + 1])
    context = {
        "reports": shown[:ROWS],
        "case": case,
        "links": report_links(case, user) if case else None,
        "previous_page": page - 1,
        "next_page": page + 1 if len(shown) > ROWS else 0,
    }
    title = "Reports of suspicious activity"
    return staff_page(_frame(), request, "admin/cases/report/list.html", title, context)


def new_view(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Begin a report about a case."""
    case = case_or_404(permitted(request, WRITE), case_id)

    def save(form: ReportForm, user: User) -> tuple[str, str]:
        data = form.cleaned_data
        report = report_draft(
            case_id=case.pk,
            authority=data["authority"],
            narrative=data["narrative"],
            author=user,
        )
        return "The draft is kept.", _url(report)

    form = ReportForm(request.POST or None)
    title = f"New report about case {case.reference}"
    return form_page(_frame(), request, form, save, title=title, button="Keep the draft")


def report_view(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Show a report; that it was read is written down."""
    user = permitted(request, READ)
    report = report_or_404(user, report_id)
    context = {
        "report": report,
        "narrative": report_read(report=report, reader=user),
        "author": report.written_by.email,
        "seen": report.version,
        "acts": _acts(report, user),
        "can_edit": report.status == ReportStatus.DRAFT and user.has_perm(WRITE),
        "can_file": _may_become(report, ReportStatus.FILED) and user.has_perm(WRITE),
        "timeline": history_of(report),
    }
    return staff_page(_frame(), request, "admin/cases/report/page.html", str(report), context)


def edit_view(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Write a draft anew."""
    report = report_or_404(permitted(request, WRITE), report_id, WRITE)
    if report.status != ReportStatus.DRAFT:
        messages.error(request, "Only a draft can be written anew.")
        return redirect(_url(report))

    def save(form: ReportForm, user: User) -> tuple[str, str]:
        report_change(report_id=report.pk, author=user, **form.cleaned_data)
        return "The draft is kept.", _url(report)

    form = ReportForm(request.POST) if request.method == "POST" else _form_of(request, report)
    return form_page(_frame(), request, form, save, title=f"Edit {report}", button="Keep the draft")


def file_view(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Say that a report was filed, and under which reference."""
    report = report_or_404(permitted(request, WRITE), report_id, WRITE)

    def save(form: FilingForm, user: User) -> tuple[str, str]:
        report_move(report_id=report.pk, to=ReportStatus.FILED, author=user, **form.cleaned_data)
        return f"{report} is filed.", _url(report)

    form = FilingForm(request.POST or None, initial={"seen": report.version})
    title = f"{report} was filed"
    return form_page(_frame(), request, form, save, title=title, button="It is filed")


def move_view(request: HttpRequest, report_id: uuid.UUID, to: str) -> HttpResponse:
    """Make a report ready, a draft again, or withdraw it."""
    user = permitted(request, WRITE)
    report = report_or_404(user, report_id, WRITE)
    if to not in MOVES:
        raise Http404
    if request.method == "POST":
        seen = _version(request.POST.get("seen", ""))
        done = f"{report} {MOVES[ReportStatus(to)].done}."
        do_or_say(
            _frame(),
            request,
            lambda: report_move(report_id=report.pk, seen=seen, to=to, author=user),
            done,
        )
    return redirect(_url(report))


def print_view(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Show a report as it is printed; written down as an export."""
    user = permitted(request, READ)
    report = report_or_404(user, report_id)
    content = json.loads(report_export(report=report, reader=user))
    return render(request, "admin/cases/report/print.html", {"report": report, "content": content})


def json_view(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Send a report as JSON; written down as an export."""
    user = permitted(request, READ)
    report = report_or_404(user, report_id)
    answer = HttpResponse(
        report_export(report=report, reader=user), content_type="application/json"
    )
    answer["Content-Disposition"] = f'attachment; filename="report-{report.pk}.json"'
    return answer


def _frame() -> ModelAdmin:
    """Return whose navigation stands around these pages."""
    return ModelAdmin(Case, admin.site)


def _form_of(request: HttpRequest, report: Report) -> ReportForm:
    """Return the form with what is kept; to open it is to read it."""
    narrative = report_read(report=report, reader=permitted(request, READ))
    return ReportForm(
        initial={
            "authority": report.authority,
            "narrative": narrative,
            "seen": report.version,
        }
    )


def _acts(report: Report, user: User) -> list[dict[str, Any]]:
    if not user.has_perm(WRITE):
        return []
    return [
        {
            "name": to.value,
            "label": move.label,
            "tone": move.tone,
            "words": move.words,
            "url": reverse("cases_reports:move", args=[report.pk, to.value]),
        }
        for to, move in MOVES.items()
        if _may_become(report, to)
    ]


def _may_become(report: Report, to: str) -> bool:
    return Report.transitions.permits(report.status, to)


def _url(report: Report) -> str:
    return reverse("cases_reports:report", args=[report.pk])


def _version(text: str) -> int:
    """Return the version a form names; none at all is as stale as an old one."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else 0


def _page_number(request: HttpRequest) -> int:
    return min(max(_version(request.GET.get("page", "")), 1), MAX_PAGE)


urlpatterns = [
    path(pattern, admin.site.admin_view(view), name=name)
    for pattern, view, name in (
        ("", list_view, "list"),
        ("new/<uuid:case_id>/", new_view, "new"),
        ("<uuid:report_id>/", report_view, "report"),
        ("<uuid:report_id>/edit/", edit_view, "edit"),
        ("<uuid:report_id>/file/", file_view, "file"),
        ("<uuid:report_id>/move/<slug:to>/", move_view, "move"),
        ("<uuid:report_id>/print/", print_view, "print"),
        ("<uuid:report_id>/json/", json_view, "json"),
    )
]
