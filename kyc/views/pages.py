"""What the wizard's pages have in common: how one is shown, and when it may be."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kyc.choices import VerificationStatus
from kyc.models import Verification
from kyc.refusals import ChangedElsewhere
from kyc.views.steps import wizard_context


def wizard_page(
    request: HttpRequest, verification: Verification, step: str, context: dict[str, Any]
) -> HttpResponse:
    """Show a step; after a form that was not accepted with the status that says so."""
    status = 422 if request.method == "POST" else 200
    page = {**wizard_context(verification, step), **context}
    return render(request, f"kyc/{step}.html", page, status=status)


def require_collecting(verification: Verification) -> None:
    """Raise ChangedElsewhere once the verification has been sent."""
    if verification.status != VerificationStatus.COLLECTING:
        raise ChangedElsewhere("Your verification has been sent already. This is where it stands.")
