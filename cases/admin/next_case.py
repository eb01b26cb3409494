"""The next case: taken by a button, and by itself after a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from cases.admin.case_rows import case_url
from cases.admin.gates import permitted
from cases.choices import LIVE_DECISIONS
from cases.models import Case, CaseDecision
from cases.selectors import held_by
from cases.services.claims import case_next
from cases.services.workplace import settings_of
from fraudsite.core.models import User
from kyc.refusals import Refusal

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
LIST = "admin:cases_case_changelist"
QUEUE_KEY = "cases_next_queue"
NOTHING_LEFT = "Nothing waits for you. New cases appear here as they come in."
NOTHING_IN_QUEUE = "Nothing waits in this queue. Take the next case of any queue instead."


class NextCasePages(Page):
    """Adds the address that gives an analyst their next case."""

    def get_urls(self) -> list[URLPattern]:
        """Add it before Django's own, which take any word for an id."""
        view = self.admin_site.admin_view(self.next_view)
        return [path("next/", view, name="cases_case_next"), *super().get_urls()]

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Take the next case of the chosen queue, or of any."""
        user = permitted(request, "cases.work_case")
        if request.method != "POST":
            return redirect(LIST)
        # The next one after a decision comes from where this one came from.
        request.session[QUEUE_KEY] = request.POST.get("queue", "")[:40]
        return _take(request, user)


def next_after_decision(request: HttpRequest, case: Case) -> HttpResponse:
    """Return the way to what comes after a decided case: in hand first, else the next one.

    Somebody who may take none goes back to the list, and who wants none stays where they are.
    """
    user = permitted(request, "cases.view_case")
    if not settings_of(user).takes_next_by_itself:
        return redirect(case_url(case.pk))
    waiting = _undecided(user, case)
    if waiting is not None:
        return redirect(case_url(waiting.pk))
    if not user.has_perm("cases.work_case"):
        return redirect(LIST)
    return _take(request, user)


def _take(request: HttpRequest, user: User) -> HttpResponse:
    queue = request.session.get(QUEUE_KEY, "")
    try:
        case = case_next(analyst=user, queue_ids=[queue] if queue else None)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(LIST)
    if case is None:
        messages.info(request, NOTHING_IN_QUEUE if queue else NOTHING_LEFT)
        return redirect(f"{reverse(LIST)}?{urlencode({'queue': queue})}" if queue else LIST)
    return redirect(case_url(case.pk))


def _undecided(user: User, decided: Case) -> Case | None:
    """Return the most urgent case in somebody's hand of which nothing is under way."""
    held = [case for case in held_by(user) if case.pk != decided.pk]
    under_way = set(
        CaseDecision.objects.filter(case__in=held, status__in=LIVE_DECISIONS).values_list(
            "case_id", flat=True
        )
    )
    return next((case for case in held if case.pk not in under_way), None)
