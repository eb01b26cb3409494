"""What the evidence page shows: pictures, check tree, fields side by side, timeline, buttons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from kyc.admin.document_fields import field_rows
from kyc.admin.document_marks import marks_of
from kyc.admin.duplicates import duplicates_context
from kyc.admin.evidence_timeline import events_of, notes_of
from kyc.admin.reasons import reasons_of
from kyc.admin.screening_matches import screening_context
from kyc.choices import AnalystReason, CaptureKind, VerificationStatus
from kyc.countries import country_name
from kyc.models import Decision, Verification
from kyc.services.consents import consent_current
from kyc.services.document_readings import document_findings
from kyc.services.error_levels import has_error_levels
from kyc.services.verifications import verification_state

# The two faces come first: so they stand beside each other in two columns as in four.
SHOWN_KINDS = (
    CaptureKind.DOCUMENT_PORTRAIT,
    CaptureKind.SELFIE_FRAME,
    CaptureKind.SELFIE_STILL,
    CaptureKind.DOCUMENT_FRONT,
    CaptureKind.DOCUMENT_BACK,
    CaptureKind.DOCUMENT_MRZ,
    CaptureKind.DOCUMENT_CARD,
    CaptureKind.LIVENESS_FRAMES,
    CaptureKind.LIVENESS_VIDEO,
)
ACTIONS = (
    ("approve", "Approve", "success", VerificationStatus.APPROVED),
    ("resubmit", "Ask to resubmit", "warning", VerificationStatus.RESUBMIT),
    ("decline", "Decline", "danger", VerificationStatus.DECLINED),
)


def evidence_context(
    verification: Verification, *, can_decide: bool, can_see_evidence: bool
) -> dict[str, Any]:
    """Return the template context of one verification's page."""
    found = document_findings(verification) if can_see_evidence else {}
    newest = verification.decisions.filter(decided_by=None, attempt=verification.attempt).first()
    images = _images(verification, found.get("places")) if can_see_evidence else []
    return {
        "verification": _head(verification),
        "images": images,
        "levels": [image for image in images if image["levels_url"]],
        "groups": newest.tree if newest else [],
        "fields": field_rows(verification, found) if can_see_evidence else [],
        "screening": screening_context(verification) if can_see_evidence else None,
        "duplicates": duplicates_context(verification) if can_see_evidence else None,
        "timeline": sorted(
            [*events_of(verification), *(notes_of(verification) if can_see_evidence else [])],
            key=lambda event: event["at"],
        ),
        "actions": _actions(verification) if can_decide else [],
        "seen_status": verification_state(verification),
        "decision": _decision(newest),
        "decide_url": reverse("admin:kyc_verification_decide", args=[verification.pk]),
    }


def _head(verification: Verification) -> dict[str, Any]:
    return {
        "id": verification.pk,
        "reference": verification.reference,
        "status": verification.status,
        "status_label": verification.get_status_display(),
        "attempt": verification.attempt,
        "max_attempts": settings.MAX_ATTEMPTS,
        "customer_ref": verification.customer.reference,
        "submitted_at": verification.submitted_at,
        "document_type": verification.get_document_type_display(),
        "issuing_country": country_name(verification.issuing_country),
        "human_review_requested_at": verification.human_review_requested_at,
        "consent_withdrawn_at": _withdrawn_at(verification),
    }


def _withdrawn_at(verification: Verification) -> datetime | None:
    """Return when the answer that counts was taken back: the face is then compared by people."""
    answer = consent_current(verification.customer)
    return answer.withdrawn_at if answer else None


def _images(verification: Verification, places: dict[str, Any] | None) -> list[dict[str, Any]]:
    captures = verification.captures.filter(superseded_at=None).select_related("file")
    found = {capture.kind: capture for capture in captures}
    return [
        {
            "label": found[kind].get_kind_display(),
            "alt": f"{found[kind].get_kind_display()} of verification {verification.reference}",
            "url": reverse(
                "admin:kyc_verification_capture", args=[verification.pk, found[kind].pk]
            ),
            "is_video": kind == CaptureKind.LIVENESS_VIDEO,
            "source": found[kind].get_source_display(),
            "marks": marks_of(places) if kind == CaptureKind.DOCUMENT_FRONT else None,
            "levels_url": reverse(
                "admin:kyc_verification_error_levels", args=[verification.pk, found[kind].pk]
            )
            if has_error_levels(found[kind])
            else "",
        }
        for kind in SHOWN_KINDS
        if kind in found
    ]


def _actions(verification: Verification) -> list[dict[str, Any]]:
    table = Verification.transitions
    is_last = verification.attempt >= settings.MAX_ATTEMPTS
    return [
        {
            "name": name,
            "label": label,
            "tone": tone,
            "reasons": AnalystReason.of_decision(name),
            "is_allowed": table.permits(verification.status, status)
            and not (name == "resubmit" and is_last),
        }
        for name, label, tone, status in ACTIONS
    ]


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "outcome": decision.get_outcome_display(),
        "policy_version": decision.policy_version,
        "reason_codes": decision.reason_codes,
        "is_applied": decision.is_applied,
        "reasons": reasons_of(decision),
    }
