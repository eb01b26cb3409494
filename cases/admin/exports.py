"""The page that exports the cases of a list, with the list's own filters."""

from __future__ import annotations

from typing import get_args

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from cases.admin.gates import permitted
from cases.admin.list_filter import NAMES, ListQuestion, question_of
from cases.exports.export import Export, What, export_begin
from cases.models import Case
from cases.selectors import cases_listed
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from scoring.admin.pages import staff_page

app_name = "cases_export"
WHATS: tuple[What, ...] = get_args(What)


def export_view(request: HttpRequest) -> HttpResponseBase:
    """Show what would be exported; after the button, send it line by line."""
    user = permitted(request, "cases.export_case")
    asked = question_of(request.GET.dict())
    if request.method == "POST":
        return _file(user, asked, request.POST.get("what", ""))
    exports = [_export(user, asked, what) for what in WHATS]
    context = {
        "exports": [{"what": one.what, "rows": one.count()} for one in exports],
        "asked": exports[0].asked,
        "list_url": f"{reverse('admin:cases_case_changelist')}?{asked.query}",
    }
    page_of = ModelAdmin(Case, admin.site)
    return staff_page(page_of, request, "admin/cases/report/export.html", "Export cases", context)


def _file(user: User, asked: ListQuestion, what: str) -> StreamingHttpResponse:
    if what not in WHATS:
        raise Http404
    export = _export(user, asked, what)
    lines = export_begin(export=export, actor=Actor.of_user(user))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{what}-{timezone.now():%Y%m%d-%H%M%S}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _export(user: User, asked: ListQuestion, what: What) -> Export:
    told = {name: getattr(asked, name) for name in NAMES if getattr(asked, name)}
    return Export(cases_listed(user, asked.wanted), what, told)


urlpatterns = [path("", admin.site.admin_view(export_view), name="export")]
