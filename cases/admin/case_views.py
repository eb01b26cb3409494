"""The page of one case, and the addresses of what can be done on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from cases.admin.attachments import download
from cases.admin.case_acts import ACTS, Act, Asked, act_do
from cases.admin.case_forms import CaseForm
from cases.admin.case_page import Wish, case_context
from cases.admin.case_rows import case_url
from cases.admin.next_case import next_after_decision
from cases.admin.subject import Facts, subject_reveal
from cases.gates import attachment_or_404, case_or_404
from cases.models import Case
from cases.selectors import case_visible
from cases.services.attachments import attachment_read
from kyc.refusals import Refusal
from scoring.admin.gates import staff
from scoring.admin.pages import staff_page

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
TEMPLATE = "admin/cases/case/case.html"
UNREADABLE = 422
# What sends an analyst on to their next case.
DECIDES = frozenset({"decide"})


class CasePageViews(Page):
    """Adds the page of one case to a `ModelAdmin` of cases."""

    def get_urls(self) -> list[URLPattern]:
        """Add what a person may do to the admin's own pages."""
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:key>/reveal/", wrap(self.reveal_view), name="cases_case_reveal"),
            path(
                "attachments/<uuid:key>/",
                wrap(never_cache(self.attachment_view)),
                name="cases_case_attachment",
            ),
            *(
                path(
                    f"<uuid:key>/{name}/",
                    wrap(self.act_view),
                    {"name": name},
                    name=f"cases_case_{name}",
                )
                for name in ACTS
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one case."""
        case = case_or_404(staff(request), object_id)
        return self._page(request, case)

    def act_view(self, request: HttpRequest, key: uuid.UUID, name: str) -> HttpResponse:
        """Do what a form asks for; one that is refused comes back as it was filled in."""
        viewer = staff(request)
        case = case_or_404(viewer, key)
        if request.method != "POST":
            return redirect(case_url(case.pk))
        act = ACTS[name]
        asked = Asked(case, _seen(request), viewer)
        form = act.form(request.POST, request.FILES, case=case, viewer=viewer, auto_id=f"{name}-%s")
        refused = _done(self, request, act, asked, form)
        if refused is None:
            return _onwards(request, act, case)
        return self._refused(request, case, act, form, refused)

    def reveal_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Show who the customer is; that somebody looked is audited."""
        viewer = staff(request)
        case = case_or_404(viewer, key)
        if request.method != "POST":
            return redirect(case_url(case.pk))
        try:
            revealed = subject_reveal(case, viewer)
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return redirect(case_url(case.pk))
        return self._page(request, case, revealed=revealed)

    def attachment_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Hand out an attachment; that somebody read it is audited."""
        viewer = staff(request)
        attachment = attachment_or_404(viewer, key)
        try:
            return download(attachment_read(attachment=attachment, viewer=viewer))
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return redirect(case_url(attachment.case_id))

    def _refused(
        self, request: HttpRequest, case: Case, act: Act, form: CaseForm, status: int
    ) -> HttpResponse:
        """Show the case as it stands now, with the form as it was sent."""
        viewer = staff(request)
        case = case_or_404(viewer, case.pk)
        response = self._page(request, case, sent={act.name: form})
        response.status_code = status
        return response

    def _page(
        self,
        request: HttpRequest,
        case: Case,
        *,
        sent: Mapping[str, CaseForm] | None = None,
        revealed: Facts | None = None,
    ) -> HttpResponse:
        wish = Wish(request.GET.get("alert", ""), sent or {}, revealed)
        context = case_context(case, staff(request), wish)
        response = staff_page(self, request, TEMPLATE, f"Case {case.reference}", context)
        response["Cache-Control"] = "private, no-store"
        return response


def _done(
    page_of: Page, request: HttpRequest, act: Act, asked: Asked, form: CaseForm
) -> int | None:
    """Do it and say so; else return the status of the refusal, which the form then tells."""
    if not form.is_valid():
        return UNREADABLE
    try:
        said = act_do(act, asked, form)
    except Refusal as refusal:
        known = refusal.field if refusal.field in form.fields else NON_FIELD_ERRORS
        form.add_error(known, refusal.sentence)
        return refusal.status
    page_of.message_user(request, said, messages.SUCCESS)
    return None


def _onwards(request: HttpRequest, act: Act, case: Case) -> HttpResponse:
    """Return the way on; a case that was passed on may be out of the person's sight."""
    if act.name in DECIDES:
        return next_after_decision(request, case)
    if case_visible(staff(request), case.pk) is None:
        return redirect("admin:cases_case_changelist")
    return redirect(case_url(case.pk))


def _seen(request: HttpRequest) -> int:
    """Return the version that the form was made of; no case has the version 0."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() else 0
