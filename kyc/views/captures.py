"""The wizard's pages with a camera, and the customer's own pictures."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kyc.choices import CaptureKind, DocumentType
from kyc.forms import MAX_MEGABYTES, CaptureFields, DocumentSideForm, ImageForm, VideoForm
from kyc.models import Capture, LivenessChallenge, Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.captures import (
    Upload,
    capture_bytes,
    capture_key,
    current_capture,
    image_capture,
    video_capture,
)
from kyc.services.challenges import (
    MovementsUsedUp,
    challenge_current,
    challenge_renew,
    draws_left,
)
from kyc.services.consents import has_biometric_consent
from kyc.views.challenge_words import ACTION_WORDS
from kyc.views.gate import actor_of, error_body, own_verification, wants_json
from kyc.views.pages import require_collecting, wizard_page
from kyc.views.quality_words import issue_sentences
from kyc.views.steps import CAPTURE_SIDES, due_step, next_url, wizard_context
from kyc.vision.liveness.challenge import LEAD_MS, LIGHT_MS, parse_challenge

# For a challenge that gives its movements no time of their own.
ACTION_MS = 3000


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def capture(request: HttpRequest, verification: Verification, side: str) -> HttpResponse:
    """Take in one side of the document."""
    kind = CAPTURE_SIDES[side]
    require_collecting(verification)
    if not verification.document_type or (side == "back" and not verification.has_back):
        return _not_due(request, verification)
    form = DocumentSideForm(
        request.POST or None,
        request.FILES or None,
        initial={"capture_key": capture_key(verification, kind)},
    )
    if request.method == "POST":
        if form.is_valid():
            taken = image_capture(
                verification=verification, kind=kind, upload=_upload(form), actor=actor_of(request)
            )
            # A weak picture is shown once more with what is wrong; it may be used all the same.
            return _go_on(request, verification, where=request.path if taken.issues else "")
        if wants_json(request):
            return _form_refused(form)
    context = {
        "form": form,
        "side": side,
        "document_label": DocumentType(verification.document_type).label.lower(),
        "has_back": verification.has_back,
        "accepted_types": "JPEG, PNG, WebP, HEIC or PDF",
        "max_megabytes": MAX_MEGABYTES,
        "kept": _kept(verification, kind),
        "next_url": next_url(verification),
    }
    return wizard_page(request, verification, "capture", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def liveness(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Show the challenge and take in the video that answers it, or a single photo instead."""
    require_collecting(verification)
    has_consent = has_biometric_consent(verification.customer)
    if not has_consent or due_step(verification) not in {"liveness", "submit"}:
        return _not_due(request, verification)
    if request.method == "POST":
        return _take_face(request, verification)
    still_key = capture_key(verification, CaptureKind.SELFIE_STILL)
    context = {
        "still_form": ImageForm(initial={"capture_key": still_key}, auto_id="still_%s"),
        "kept": current_capture(verification, CaptureKind.LIVENESS_VIDEO) is not None,
        "next_url": next_url(verification),
    }
    try:
        challenge = challenge_current(verification)
    except MovementsUsedUp as used_up:
        page = {**wizard_context(verification, "liveness"), **context, "used_up": used_up.sentence}
        return render(request, "kyc/liveness_used_up.html", page)
    key = capture_key(verification, CaptureKind.LIVENESS_VIDEO)
    context |= {
        "challenge": _challenge_context(challenge),
        "light_seconds": _light_seconds(challenge),
        "has_other_movements": draws_left(verification) > 0,
        "form": VideoForm(initial={"capture_key": key, "nonce": str(challenge.nonce)}),
    }
    return wizard_page(request, verification, "liveness", context)


@require_POST
@own_verification
def liveness_renew(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Issue a fresh challenge; where there is none left today, the page says so."""
    with suppress(MovementsUsedUp):
        challenge_renew(verification)
    return redirect("kyc:liveness")


@never_cache
@require_safe
@own_verification
def own_capture(
    request: HttpRequest, verification: Verification, capture_id: uuid.UUID
) -> HttpResponse:
    """Show a customer a picture of their own; anybody else's does not exist."""
    found = (
        Capture.objects.select_related("file__data_key")
        .filter(pk=capture_id, verification=verification, superseded_at=None)
        .first()
    )
    if found is None:
        raise Http404
    return HttpResponse(capture_bytes(found), content_type=found.file.media_type)


def _not_due(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Lead on from a page that is not due; what was sent to it came from a tab left behind."""
    if request.method == "POST":
        raise ChangedElsewhere
    return redirect(next_url(verification))


def _take_face(request: HttpRequest, verification: Verification) -> HttpResponse:
    if "image" in request.FILES:
        still = ImageForm(request.POST, request.FILES)
        if not still.is_valid():
            return _face_refused(request, still)
        image_capture(
            verification=verification,
            kind=CaptureKind.SELFIE_STILL,
            upload=_upload(still),
            actor=actor_of(request),
        )
        return _go_on(request, verification)
    form = VideoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _face_refused(request, form)
    video_capture(
        verification=verification,
        nonce=form.cleaned_data["nonce"],
        upload=_upload(form),
        actor=actor_of(request),
    )
    return _go_on(request, verification)


def _upload(form: CaptureFields) -> Upload:
    cleaned = form.cleaned_data
    file = cleaned["image"] if "image" in cleaned else cleaned["video"]
    return Upload(
        data=file.read(),
        source=cleaned["source"],
        camera_label=cleaned["camera_label"],
        capture_key=cleaned["capture_key"],
    )


def _go_on(request: HttpRequest, verification: Verification, *, where: str = "") -> HttpResponse:
    where = where or next_url(verification)
    if wants_json(request):
        return JsonResponse({"next_url": where})
    return redirect(where)


def _face_refused(request: HttpRequest, form: Form) -> HttpResponse:
    if wants_json(request):
        return _form_refused(form)
    field, sentence = _first_error(form)
    raise Refusal("form_invalid", sentence, field=field)


def _form_refused(form: Form) -> JsonResponse:
    field, sentence = _first_error(form)
    return JsonResponse(error_body("form_invalid", sentence, field), status=422)


def _first_error(form: Form) -> tuple[str, str]:
    field, errors = next(iter(form.errors.items()))
    return field, str(errors[0])


def _kept(verification: Verification, kind: CaptureKind) -> dict[str, Any] | None:
    existing = current_capture(verification, kind)
    if existing is None:
        return None
    return {
        "url": reverse("kyc:own_capture", args=[existing.pk]),
        "issues": issue_sentences(existing.issues),
    }


def _light_seconds(challenge: LivenessChallenge) -> float:
    return LIGHT_MS * len(parse_challenge(challenge.actions).light) / 1000


def _challenge_context(challenge: LivenessChallenge) -> dict[str, Any]:
    asked = parse_challenge(challenge.actions)
    paces_ms = asked.pace_ms or (ACTION_MS,) * len(asked.actions)
    actions = [
        {"code": action.value, "duration_ms": pace_ms, **ACTION_WORDS[action]}
        for action, pace_ms in zip(asked.actions, paces_ms, strict=True)
    ]
    return {
        "nonce": str(challenge.nonce),
        "actions": actions,
        "lead_ms": LEAD_MS,
        "light": [colour.name.lower() for colour in asked.light],
        "light_ms": LIGHT_MS,
        "seconds_left": max(0, int((challenge.expires_at - timezone.now()).total_seconds())),
    }
