"""The wizard's pages with questions: consent, details, document, and the check before sending."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kyc.choices import CaptureKind, DocumentType
from kyc.consent_text import BIOMETRICS
from kyc.countries import country_name
from kyc.forms import ConsentForm, DetailsForm, DocumentForm
from kyc.models import Verification
from kyc.services.consent_answers import consent_answer
from kyc.services.consents import consent_current
from kyc.services.customers import details_read, details_save
from kyc.services.verifications import document_choose, verification_submit
from kyc.views.gate import actor_of, own_verification
from kyc.views.pages import require_collecting, wizard_page
from kyc.views.sightings import note_sighting
from kyc.views.steps import CAPTURE_SIDES, due_step, next_url


@require_safe
@own_verification
def overview(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Send the customer to where they left off."""
    return redirect(next_url(verification))


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def consent(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Ask for consent to biometrics, as a question of its own."""
    require_collecting(verification)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        consent_answer(
            verification=verification, is_granted=form.is_granted, actor=actor_of(request)
        )
        return redirect(next_url(verification))
    answer = consent_current(verification.customer)
    context = {
        "form": form,
        "consent_text": BIOMETRICS.paragraphs,
        "consent_version": BIOMETRICS.version,
        "answer": answer,
    }
    return wizard_page(request, verification, "consent", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def details(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Ask who the customer says they are."""
    require_collecting(verification)
    known = details_read(verification.customer)
    initial = {**known.to_json()} if known else {}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        details_save(verification=verification, details=form.details(), actor=actor_of(request))
        verification.refresh_from_db()
        return redirect(next_url(verification))
    return wizard_page(request, verification, "details", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def document(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Ask which document will be shown."""
    require_collecting(verification)
    initial = {
        "document_type": verification.document_type,
        "issuing_country": verification.issuing_country,
    }
    form = DocumentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        document_choose(verification=verification, actor=actor_of(request), **form.cleaned_data)
        verification.refresh_from_db()
        return redirect(next_url(verification))
    return wizard_page(request, verification, "document", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def submit(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Show everything once more, and send it."""
    if request.method == "POST":
        verification_submit(verification=verification, actor=actor_of(request))
        note_sighting(request, verification, fingerprint="")
        return redirect("kyc:progress")
    require_collecting(verification)
    if due_step(verification) != "submit":
        return redirect(next_url(verification))
    context = {"summary": _summary(verification), "captures": _thumbnails(verification)}
    return wizard_page(request, verification, "submit", context)


def _summary(verification: Verification) -> list[dict[str, str]]:
    declared = details_read(verification.customer)
    rows = []
    if declared is not None:
        rows = [
            ("Given names", declared.given_names, "details"),
            ("Surname", declared.surname, "details"),
            ("Date of birth", f"{declared.birth_date:%-d %B %Y}", "details"),
            ("Nationality", country_name(declared.nationality), "details"),
        ]
    rows += [
        ("Document", DocumentType(verification.document_type).label, "document"),
        ("Issued by", country_name(verification.issuing_country), "document"),
    ]
    return [
        {"label": label, "value": value, "change_url": reverse(f"kyc:{step}")}
        for label, value, step in rows
    ]


def _thumbnails(verification: Verification) -> list[dict[str, Any]]:
    shown = (
        CaptureKind.DOCUMENT_FRONT,
        CaptureKind.DOCUMENT_BACK,
        CaptureKind.SELFIE_STILL,
        CaptureKind.LIVENESS_VIDEO,
    )
    captures = verification.captures.filter(superseded_at=None, kind__in=shown)
    found = {capture.kind: capture for capture in captures}
    return [
        {
            "label": found[kind].get_kind_display(),
            "url": reverse("kyc:own_capture", args=[found[kind].pk]),
            "change_url": _capture_url(kind),
            "is_video": kind == CaptureKind.LIVENESS_VIDEO,
        }
        for kind in shown
        if kind in found
    ]


def _capture_url(kind: CaptureKind) -> str:
    """Return where this is taken again."""
    sides = {of: side for side, of in CAPTURE_SIDES.items()}
    if kind in sides:
        return reverse("kyc:capture", args=[sides[kind]])
    return reverse("kyc:liveness")
