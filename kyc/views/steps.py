"""The wizard's steps: which there are, which is due, and where each lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from kyc.choices import CaptureKind, VerificationStatus
from kyc.models import Verification
from kyc.services.consents import consent_current, has_biometric_consent
from kyc.services.verifications import missing_captures

CAPTURE_SIDES = {"front": CaptureKind.DOCUMENT_FRONT, "back": CaptureKind.DOCUMENT_BACK}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the wizard as the progress bar shows it: done, current or todo."""

    key: str
    label: str
    state: str


LABELS = {
    "consent": "Consent",
    "details": "Your details",
    "document": "Document",
    "capture": "Photos",
    "liveness": "Your face",
    "submit": "Check and send",
}


def due_step(verification: Verification) -> str:
    """Return the first step of the wizard that is not done."""
    customer = verification.customer
    if consent_current(customer) is None:
        return "consent"
    if customer.details_sealed is None:
        return "details"
    if not verification.document_type:
        return "document"
    missing = missing_captures(verification)
    if not missing:
        return "submit"
    return "liveness" if missing[0] == CaptureKind.LIVENESS_VIDEO else "capture"


def next_url(verification: Verification) -> str:
    """Return where the customer goes on."""
    if verification.status == VerificationStatus.PROCESSING:
        return reverse("kyc:progress")
    if verification.status != VerificationStatus.COLLECTING:
        return reverse("kyc:result")
    step = due_step(verification)
    if step != "capture":
        return reverse(f"kyc:{step}")
    missing = missing_captures(verification)[0]
    side = next(side for side, kind in CAPTURE_SIDES.items() if kind == missing)
    return reverse("kyc:capture", args=[side])


def wizard_context(verification: Verification, current: str) -> dict[str, Any]:
    """Return what every wizard page shows besides its own."""
    return {
        "steps": _steps(verification, current),
        "attempt": verification.attempt,
        "max_attempts": settings.MAX_ATTEMPTS,
        "verification": verification,
    }


def _steps(verification: Verification, current: str) -> list[Step]:
    keys = [key for key in LABELS if key != "liveness" or _asks_for_face(verification)]
    is_sent = verification.status != VerificationStatus.COLLECTING
    due = len(keys) if is_sent else keys.index(due_step(verification))
    return [
        Step(key, LABELS[key], _state(position, due, is_current=key == current))
        for position, key in enumerate(keys)
    ]


def _state(position: int, due: int, *, is_current: bool) -> str:
    if is_current:
        return "current"
    return "done" if position < due else "todo"


def _asks_for_face(verification: Verification) -> bool:
    is_answered = consent_current(verification.customer) is not None
    return not is_answered or has_biometric_consent(verification.customer)
