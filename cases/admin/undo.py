"""Ten seconds in which a decision can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from cases.admin.case_rows import case_url
from cases.admin.gates import permitted
from cases.gates import decision_or_404
from cases.models import CaseDecision
from cases.services.approvals import decision_undo
from cases.services.bulk import MAX_CASES
from fraudsite.core.models import User
from kyc.refusals import Refusal

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
LIST = "admin:cases_case_changelist"


class UndoPages(Page):
    """Adds the address that takes decisions back."""

    def get_urls(self) -> list[URLPattern]:
        """Add it before Django's own, which take any word for an id."""
        view = self.admin_site.admin_view(self.undo_view)
        return [path("undo/", view, name="cases_case_undo"), *super().get_urls()]

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Take back what was named, each by itself, and say how it went."""
        user = permitted(request, "cases.view_case")
        if request.method != "POST":
            return redirect(LIST)
        named = request.POST.getlist("decision")[:MAX_CASES]
        decisions = [decision_or_404(user, decision_id) for decision_id in named]
        undone = [one for one in decisions if _undo(request, one, user)]
        if len(undone) > 1:
            messages.success(request, f"{len(undone)} decisions are undone.")
        elif undone:
            words = f"The decision on case {undone[0].case.reference} is undone."
            messages.success(request, words)
        return redirect(_after(decisions))


def _undo(request: HttpRequest, decision: CaseDecision, user: User) -> bool:
    try:
        decision_undo(decision_id=decision.pk, user=user)
    except Refusal as refusal:
        messages.error(request, f"Case {decision.case.reference}: {refusal.sentence}")
        return False
    return True


def _after(decisions: Sequence[CaseDecision]) -> str:
    if len(decisions) == 1:
        return case_url(decisions[0].case_id)
    return f"{reverse(LIST)}?holder=me"
