"""The list of verifications, and the one page on which a person decides."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from unfold.admin import ModelAdmin
from unfold.decorators import display

from fraudsite.core.decision_guards import objection_to
from fraudsite.core.models import User
from fraudsite.core.services.data_keys import DataKeyDestroyed
from fraudsite.core.services.files import FileGone
from kyc.admin.evidence_page import evidence_context
from kyc.admin.findings import findings_context
from kyc.admin.refusal_words import linked, refusal_words
from kyc.choices import VerificationStatus
from kyc.models import Capture, Verification
from kyc.refusals import Refusal
from kyc.services.captures import capture_bytes
from kyc.services.error_levels import (
    MEDIA_TYPE,
    ErrorLevelsUnavailable,
    error_levels_png,
    has_error_levels,
)
from kyc.services.evidence_access import evidence_seen
from kyc.services.verifications import may_decide, verification_decide

S = VerificationStatus
STATUS_COLOURS = {
    S.COLLECTING: "info",
    S.PROCESSING: "info",
    S.IN_REVIEW: "warning",
    S.RESUBMIT: "warning",
    S.APPROVED: "success",
    S.DECLINED: "danger",
}


@admin.register(Verification)
class VerificationAdmin(ModelAdmin):
    """Read-only list; the page behind each row shows the evidence and takes the decision."""

    list_display = (
        "reference",
        "shown_status",
        "shown_document",
        "attempt",
        "waits_for_person",
        "submitted_at",
        "decided_at",
    )
    list_filter = ("status", "document_type")
    search_fields = ("id__startswith", "customer__id__startswith")
    search_help_text = "First characters of a verification's or customer's id"
    ordering = ("-submitted_at", "-created_at")
    list_select_related = ("customer",)
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Verifications are begun by customers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Verification | None = None) -> bool:
        """Nothing is edited; deciding is a permission of its own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Verification | None = None) -> bool:
        """Evidence is erased by destroying its key, not here."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verification]:
        """Leave out what customers have not sent yet."""
        queryset: QuerySet[Verification] = super().get_queryset(request)
        return queryset.exclude(submitted_at=None)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, verification: Verification) -> tuple[str, str]:
        """Return the status with its colour."""
        return verification.status, verification.get_status_display()

    @display(description="Document")
    def shown_document(self, verification: Verification) -> str:
        """Return kind and issuing state."""
        return f"{verification.get_document_type_display()}, {verification.issuing_country}"

    @display(description="Asked by customer", label=True)
    def waits_for_person(self, verification: Verification) -> str | None:
        """Say when the customer asked for a person to look at it."""
        return "human review" if verification.human_review_requested_at else None

    def get_urls(self) -> list[URLPattern]:
        """Add the decision and the pictures to the admin's own pages."""
        wrap = self.admin_site.admin_view
        own = [
            path(
                "<uuid:verification_id>/decide/",
                wrap(self.decide_view),
                name="kyc_verification_decide",
            ),
            path(
                "<uuid:verification_id>/captures/<uuid:capture_id>/",
                wrap(never_cache(self.capture_view)),
                name="kyc_verification_capture",
            ),
            path(
                "<uuid:verification_id>/captures/<uuid:capture_id>/error-levels/",
                wrap(never_cache(self.error_levels_view)),
                name="kyc_verification_error_levels",
            ),
        ]
        return own + list(super().get_urls())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the evidence of one verification."""
        verification = self._gate(request, object_id, "kyc.view_verification")
        is_erased = verification.customer.data_key.is_destroyed
        can_see = request.user.has_perm("kyc.reveal_evidence") and not is_erased
        objection = objection_to(verification)
        if objection is not None:
            messages.warning(request, linked(objection.sentence, objection.url))
        context = {
            **self.admin_site.each_context(request),
            **evidence_context(
                verification,
                can_decide=objection is None and may_decide(_staff(request), verification),
                can_see_evidence=can_see,
            ),
            "title": f"Verification {verification.reference}",
            "opts": self.model._meta,
            "is_erased": is_erased,
        }
        if can_see:
            context |= findings_context(verification)
            evidence_seen(verification=verification, viewer=_staff(request))
        return TemplateResponse(request, "admin/kyc/verification/evidence.html", context)

    def decide_view(self, request: HttpRequest, verification_id: uuid.UUID) -> HttpResponse:
        """Take a person's decision."""
        verification = self._gate(request, str(verification_id), "kyc.decide_verification")
        if request.method != "POST":
            return redirect(_page_of(verification))
        try:
            verification_decide(
                verification=verification,
                decision=request.POST.get("decision", ""),
                reason=request.POST.get("reason", ""),
                note=request.POST.get("note", "")[:2000],
                seen=request.POST.get("seen_status", ""),
                analyst=_staff(request),
            )
        except Refusal as refusal:
            messages.error(request, refusal_words(refusal))
        else:
            messages.success(request, f"Verification {verification.reference} is decided.")
        return redirect(_page_of(verification))

    def capture_view(
        self, request: HttpRequest, verification_id: uuid.UUID, capture_id: uuid.UUID
    ) -> HttpResponse:
        """Serve one decrypted picture or video, and write down who saw it."""
        capture = self._capture(request, verification_id, capture_id)
        evidence_seen(verification=capture.verification, viewer=_staff(request), capture=capture)
        try:
            return HttpResponse(capture_bytes(capture), content_type=capture.file.media_type)
        except (FileGone, DataKeyDestroyed):
            raise Http404 from None

    def error_levels_view(
        self, request: HttpRequest, verification_id: uuid.UUID, capture_id: uuid.UUID
    ) -> HttpResponse:
        """Serve the error-level map of a document's side, made in this moment and kept nowhere."""
        capture = self._capture(request, verification_id, capture_id)
        if not has_error_levels(capture):
            raise Http404
        evidence_seen(
            verification=capture.verification,
            viewer=_staff(request),
            capture=capture,
            shown="error_levels",
        )
        try:
            return HttpResponse(error_levels_png(capture), content_type=MEDIA_TYPE)
        except ErrorLevelsUnavailable as trouble:
            return HttpResponse(trouble.sentence, content_type="text/plain", status=422)

    def _capture(
        self, request: HttpRequest, verification_id: uuid.UUID, capture_id: uuid.UUID
    ) -> Capture:
        """Return a capture for whoever may see it, or the same 404 as `_gate`."""
        verification = self._gate(request, str(verification_id), "kyc.reveal_evidence")
        capture = (
            Capture.objects.select_related("file__data_key")
            .filter(pk=capture_id, verification=verification)
            .first()
        )
        if capture is None:
            raise Http404
        return capture

    def _gate(self, request: HttpRequest, object_id: str, permission: str) -> Verification:
        """Return the verification, or the same 404 for missing and forbidden."""
        viewer = _staff(request)
        try:
            key = uuid.UUID(object_id)
        except ValueError:
            raise Http404 from None
        found = (
            Verification.objects.select_related("customer", "customer__data_key")
            .filter(pk=key)
            .first()
        )
        if found is None or not viewer.has_perm(permission):
            raise Http404
        return found


def _page_of(verification: Verification) -> str:
    return reverse("admin:kyc_verification_change", args=[verification.pk])


def _staff(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.is_staff:
        raise PermissionDenied
    return request.user
