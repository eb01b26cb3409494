"""Who else looks at a case, and how long it stays in hand: asked by an open page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone

from cases.admin.gates import permitted
from cases.admin.notes import colleague
from cases.gates import case_or_404
from cases.models import Case
from cases.selectors import others_viewing, view_note
from cases.services.claims import case_touch
from fraudsite.core.models import User

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
# Whoever sees the warning has time to read it and to press a key.
WARNING = timedelta(minutes=3)


class PresencePages(Page):
    """Adds the address that an open page tells that it still is."""

    def get_urls(self) -> list[URLPattern]:
        """Add it before Django's own."""
        view = self.admin_site.admin_view(self.heartbeat_view)
        own = path("<uuid:case_id>/heartbeat/", view, name="cases_case_heartbeat")
        return [own, *super().get_urls()]

    def heartbeat_view(self, request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
        """Note who looks, and answer with what may have changed meanwhile."""
        user = permitted(request, "cases.view_case")
        case = case_or_404(user, case_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        view_note(case, user)
        now = timezone.now()
        is_mine = case.is_held and case.claimed_by_id == user.pk
        if is_mine and request.POST.get("active"):
            case_touch(case=case, analyst=user)
            case.active_at = now
        return JsonResponse(
            {
                "viewing": viewing_words(others_viewing(case, user)),
                "version": case.version,
                "leaving": leaving_words(case, now) if is_mine else "",
            }
        )


def viewing_words(others: Sequence[User]) -> str:
    """Return who else has a case open, "" for nobody."""
    if not others:
        return ""
    more = len(others) - 1
    words = {0: "", 1: " and 1 other"}.get(more, f" and {more} others")
    return f"Also viewing: {colleague(others[0])}{words}"


def leaving_words(case: Case, now: datetime) -> str:
    """Return the warning that a case in hand is about to be released, "" long before."""
    left = (case.active_at or now) + timedelta(minutes=case.queue.idle_minutes) - now
    if left > WARNING:
        return ""
    minutes = max(-(-left // timedelta(minutes=1)), 1)
    unit = "minute" if minutes == 1 else "minutes"
    return (
        f"Nothing was done here for a while: the case goes back to its queue in {minutes} {unit}."
    )
