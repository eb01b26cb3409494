"""Staff work with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from fraudsite.core.models import User
from fraudsite.core.request_id import current_request_id

View = Callable[..., HttpResponse]

# What a person needs in order to set up or enter the second factor, or to leave; nothing that a
# stolen password alone could use to weaken the account (no recovery codes, no change of address).
OPEN_VIEWS = frozenset(
    {
        "account_confirm_email",
        "account_email_verification_sent",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "admin:login",
        "admin:logout",
        "admin:jsi18n",
        "health",
        "healthz",
        "mfa_activate_totp",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "readyz",
    }
)
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class StaffMfaMiddleware:
    """Lets a staff session through only if its log-in had a second factor.

    Without an authenticator a member of staff is sent to set one up; with one, but signed in by
    password alone (through the admin's own form, or before it was set up), to enter a code.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the decision is made once the view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: View,  # noqa: ARG002
        args: tuple[Any, ...],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Return None to let the view run, else where to go first."""
        if not settings.STAFF_MFA_REQUIRED or _is_open(request):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff or has_second_factor(request, user):
            return None
        return _refusal(request, user)


def has_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session's log-in included a second factor."""
    return any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name in OPEN_VIEWS


def _refusal(request: HttpRequest, user: User) -> HttpResponse:
    if not request.accepts("text/html"):
        body = {
            "code": "second_factor_required",
            "message": "Sign in with your second factor first.",
            "field": None,
            "request_id": current_request_id(),
        }
        return JsonResponse(body, status=403)
    if not is_mfa_enabled(user, types=SECOND_FACTORS):
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
    # After a POST there is nothing to come back to.
    target = request.get_full_path() if request.method == "GET" else "/"
    query = urlencode({"next": target})
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{query}")
