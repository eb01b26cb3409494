"""The dashboard: one page, and the one address that its tables and charts are drawn from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from cases.dashboards.board import board_of
from cases.dashboards.day_ranges import PRESETS, USUAL_DAYS, DayRange, asked_range
from fraudsite.core.models import User
from kyc.refusals import Refusal

EVERY_S = 15
WORDS = {1: "Today"}


def dashboard_urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses below the staff site's."""

    def page(request: HttpRequest) -> HttpResponse:
        return dashboard_page(site, request)

    return [
        path("dashboard/", site.admin_view(page), name="cases_dashboard"),
        path("dashboard/data/", site.admin_view(dashboard_data), name="cases_dashboard_data"),
    ]


def dashboard_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the frame; the browser fills it, and goes on asking while somebody looks."""
    _viewer(request)
    asked = _asked(request)
    # Without anything in the address the usual days are shown, so their button is the chosen one.
    is_plain = not any(asked.values())
    chosen = str(USUAL_DAYS) if is_plain else asked["days"]
    context = {
        **site.each_context(request),
        "title": "Dashboard",
        "asked": asked,
        "presets": [_preset(number, chosen) for number in PRESETS],
        "today": _today().isoformat(),
        "every_s": EVERY_S,
    }
    try:
        days = _range(request)
    except Refusal as refusal:
        context["refusal"] = refusal
        return TemplateResponse(request, "admin/cases/dashboard/page.html", context, status=422)
    context["asked"] = {**asked, "from": days.first.isoformat(), "to": days.last.isoformat()}
    context["data_url"] = f"{reverse('admin:cases_dashboard_data')}?{request.GET.urlencode()}"
    return TemplateResponse(request, "admin/cases/dashboard/page.html", context)


def dashboard_data(request: HttpRequest) -> HttpResponse:
    """Answer with everything the page shows, for the days asked for."""
    viewer = _viewer(request)
    try:
        days = _range(request)
    except Refusal as refusal:
        said = {"code": refusal.code, "sentence": refusal.sentence, "field": refusal.field}
        return JsonResponse(said, status=refusal.status)
    return JsonResponse(board_of(viewer, days, timezone.now()))


def _viewer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("cases.view_case"):
        raise Http404
    return user


def _range(request: HttpRequest) -> DayRange:
    asked = _asked(request)
    return asked_range(asked["days"], asked["from"], asked["to"], _today())


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("days", "from", "to")}


def _today() -> date:
    return datetime.now(UTC).date()


def _preset(number: int, asked: str) -> dict[str, Any]:
    label = WORDS.get(number, f"Last {number} days")
    return {"days": number, "label": label, "is_chosen": asked == str(number)}
