"""The page on which a customer takes the consent to biometrics back, whenever they want."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kyc.choices import VerificationStatus
from kyc.models import Verification
from kyc.services.consent_withdrawal import consent_standing, consent_withdraw
from kyc.views.gate import actor_of, own_verification
from kyc.views.steps import next_url

S = VerificationStatus
# What happens to the verification as it stands, said before it is done.
CONSEQUENCES = {
    S.COLLECTING: "You go on without your face: the pictures and the video of it that you have "
    "taken now are deleted, and a person decides on your document. This takes longer.",
    S.PROCESSING: "Your verification is being checked at this moment. It goes on without your "
    "face, and a person decides. This takes longer.",
    S.IN_REVIEW: "A person is looking at your verification and will decide all the same. No "
    "computer compares your face any more.",
    S.RESUBMIT: "You can still do again what we asked for. Your face is not asked for, and a "
    "person decides. This takes longer.",
    S.APPROVED: "You stay verified, and your account stays open: what was checked while you "
    "agreed stays valid.",
    S.DECLINED: "The decision stands. You can still ask for a person to look at it.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@own_verification
def withdraw(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Say what goes, what stays and what changes; take the consent back on a POST."""
    if request.method == "POST":
        if consent_withdraw(customer=verification.customer, actor=actor_of(request)):
            messages.success(request, "Done. You took your consent back.")
        else:
            messages.info(request, "There was no consent to take back. Nothing has changed.")
        return redirect("kyc:consent_withdraw")
    context = {
        "standing": consent_standing(verification.customer),
        "consequence": CONSEQUENCES[S(verification.status)],
        "next_url": next_url(verification),
    }
    return render(request, "kyc/consent_withdraw.html", context)
