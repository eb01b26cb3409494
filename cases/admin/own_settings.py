"""The addresses under which people keep their filters and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from cases.admin.gates import permitted
from cases.admin.list_filter import question_in
from cases.services.workplace import filter_remove, filter_save, settings_save
from kyc.refusals import Refusal

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
LIST = "admin:cases_case_changelist"


class OwnSettingsPages(Page):
    """Adds saved filters and the switches of the cheat-sheet."""

    def get_urls(self) -> list[URLPattern]:
        """Add them before Django's own, which take any word for an id."""
        wrap = self.admin_site.admin_view
        own = [
            path("filters/", wrap(self.filter_view), name="cases_case_filter"),
            path(
                "filters/<int:filter_id>/remove/",
                wrap(self.filter_remove_view),
                name="cases_case_filter_remove",
            ),
            path("settings/", wrap(self.settings_view), name="cases_case_settings"),
        ]
        return own + list(super().get_urls())

    def filter_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what the list is asked for under a name."""
        user = permitted(request, "cases.view_case")
        query = question_in(request.POST.get("query", "")).query
        if request.method == "POST":
            try:
                saved = filter_save(user=user, name=request.POST.get("name", ""), query=query)
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"“{saved.name}” is saved.")
        return redirect(_list(query))

    def filter_remove_view(self, request: HttpRequest, filter_id: int) -> HttpResponse:
        """Forget one."""
        user = permitted(request, "cases.view_case")
        if request.method == "POST":
            filter_remove(user=user, filter_id=filter_id)
        return redirect(LIST)

    def settings_view(self, request: HttpRequest) -> HttpResponse:
        """Remember the switches; the page stays as it is."""
        user = permitted(request, "cases.view_case")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        settings_save(
            user=user,
            has_single_keys="has_single_keys" in request.POST,
            takes_next_by_itself="takes_next_by_itself" in request.POST,
        )
        return JsonResponse({"saved": True})


def _list(query: str) -> str:
    address = reverse(LIST)
    return f"{address}?{query}" if query else address
