"""One act on many cases: first what would become of each, then what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from cases.admin.bulk_acts import BulkAct, bulk_acts_of
from cases.admin.case_rows import case_url, subject_of
from cases.admin.gates import permitted
from cases.models import Case
from cases.selectors import cases_visible_to, held_by
from cases.services.bulk import MAX_CASES, BulkOutcome, cases_do
from cases.services.claims import MAX_HELD
from cases.services.rehearsal import Act, cases_rehearse
from fraudsite.core.models import User
from scoring.admin.pages import staff_page

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
LIST = "admin:cases_case_changelist"
TEMPLATE = "admin/cases/case/bulk.html"
Seen = dict[uuid.UUID, int | None]


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A chosen case, and what becomes of it; no outcome before anybody asked."""

    case: Case
    url: str
    subject: str
    chosen: str
    outcome: BulkOutcome | None
    is_for_two: bool


class BulkPages(Page):
    """Adds the page of acts on many cases."""

    def get_urls(self) -> list[URLPattern]:
        """Add it before Django's own, which take any word for an id."""
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("bulk/", view, name="cases_case_bulk"), *super().get_urls()]

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for what is missing, show what would happen, or do it and tell what happened."""
        user = permitted(request, "cases.view_case")
        if request.method != "POST":
            return redirect(LIST)
        act = bulk_acts_of(user).get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        seen = _chosen(request.POST.getlist("case"))
        if not 0 < len(seen) <= MAX_CASES:
            messages.error(request, f"Choose at least one case, and at most {MAX_CASES}.")
            return redirect(LIST)
        return _bulk_page(self, request, user, act, seen)


def _bulk_page(
    page_of: Page, request: HttpRequest, user: User, act: BulkAct, seen: Seen
) -> HttpResponse:
    cases = _visible(user, seen)
    step = request.POST.get("step", "")
    form = _form(act, request, is_sent=bool(step))
    is_ready = form is None or (form.is_bound and form.is_valid())
    is_done = is_ready and step == "do"
    known = {case.pk: seen[case.pk] for case in cases}
    outcomes: Sequence[BulkOutcome] = ()
    if is_ready:
        command = act.make(user, form.cleaned_data if form else {})
        outcomes = (
            cases_do(seen=known, act=command) if is_done else _foreseen(act, user, known, command)
        )
    context = {
        "act": act,
        "act_name": request.POST["act"],
        "form": form,
        "rows": _rows(act, cases, known, outcomes),
        "unknown": len(seen) - len(cases),
        "is_ready": is_ready,
        "is_done": is_done,
        "count": sum(outcome.is_done for outcome in outcomes),
    }
    return staff_page(page_of, request, TEMPLATE, f"{act.label}: {len(cases)} cases", context)


def _chosen(values: Sequence[str]) -> Seen:
    """Return the cases that boxes name, each as it was seen; nonsense names none."""
    seen: Seen = {}
    for value in values[: MAX_CASES + 1]:
        case_id, _, version = value.partition(":")
        try:
            seen[uuid.UUID(case_id)] = int(version)
        except ValueError:
            continue
    return seen


def _visible(user: User, seen: Seen) -> list[Case]:
    """Return the chosen cases that somebody may see, in the order of the list."""
    found = cases_visible_to(user).filter(pk__in=list(seen))
    rows = found.select_related("queue", "customer", "card", "device", "claimed_by")
    return list(rows.order_by("-priority", "due_at", "id"))


def _form(act: BulkAct, request: HttpRequest, *, is_sent: bool) -> forms.Form | None:
    if act.form is None:
        return None
    return act.form(request.POST) if is_sent else act.form()


def _foreseen(act: BulkAct, user: User, seen: Seen, command: Act) -> list[BulkOutcome]:
    """Return what would become of each case, and that only so many fit in one hand.

    The rehearsal tries each case by itself, so that it cannot know the latter.
    """
    outcomes = cases_rehearse(seen=seen, act=command)
    if not act.keeps_in_hand:
        return outcomes
    held = {case.pk for case in held_by(user)}
    would_take = [one.case_id for one in outcomes if one.is_done and one.case_id not in held]
    too_many = set(would_take[max(MAX_HELD - len(held), 0) :])
    sentence = f"Only {MAX_HELD} cases fit in your hand at once; choose it again afterwards."
    return [
        BulkOutcome(one.case_id, "no_room", sentence) if one.case_id in too_many else one
        for one in outcomes
    ]


def _rows(
    act: BulkAct, cases: Sequence[Case], seen: Seen, outcomes: Sequence[BulkOutcome]
) -> list[BulkRow]:
    by_case = {outcome.case_id: outcome for outcome in outcomes}
    return [
        BulkRow(
            case,
            case_url(case.pk),
            subject_of(case),
            f"{case.pk}:{seen[case.pk]}",
            by_case.get(case.pk),
            is_for_two=act.keeps_in_hand and bool(case.second_look_reason),
        )
        for case in cases
    ]
