"""How a customer's own verification reaches a view: no id in any URL, so none to guess."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.request_id import current_request_id
from fraudsite.core.services.files import StorageFailed
from kyc.models import Verification
from kyc.refusals import ChangedElsewhere, NothingStored, Refusal
from kyc.services.consents import consent_current
from kyc.services.customers import customer_of_user
from kyc.services.verifications import verification_current
from kyc.views.steps import next_url

POST_ONLY = frozenset({"liveness_renew", "retry", "human_review", "device_sighting"})
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
OwnView = Callable[Concatenate[HttpRequest, Verification, P], HttpResponse]


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asked, and not a form."""
    return "application/json" in request.headers.get("Accept", "")


def own_verification(view: OwnView[P]) -> View[P]:
    """Give the view the signed-in customer's verification, and answer its refusals.

    A visitor goes to the log-in and comes back; a script gets 401 and keeps what it holds. Staff
    have no verification of their own here.
    """

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _session_expired(request)
        if request.user.role != Role.CUSTOMER:
            messages.info(request, "Staff accounts review verifications; they do not have one.")
            return redirect("home")
        customer = customer_of_user(request.user)
        verification = verification_current(customer)
        # The cookie is named in the consent text: not before that was answered.
        request.keeps_device = consent_current(customer) is not None  # type: ignore[attr-defined]  # read by DeviceMiddleware
        try:
            return view(request, verification, *args, **kwargs)
        except Refusal as refusal:
            return refused(request, verification, refusal)
        except StorageFailed:
            return refused(request, verification, NothingStored())

    return wrapped


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in customer as an actor."""
    return Actor.of_user(request.user)  # type: ignore[arg-type]  # the gate let only users through


def refused(request: HttpRequest, verification: Verification, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: as JSON for a script, as a message on the right page for a form."""
    verification.refresh_from_db()
    where = next_url(verification)
    if wants_json(request):
        body: dict[str, Any] = error_body(refusal.code, refusal.sentence, refusal.field)
        if isinstance(refusal, ChangedElsewhere):
            body["next_url"] = where
        return JsonResponse(body, status=refusal.status)
    messages.error(request, refusal.sentence)
    is_page = request.resolver_match is not None and (
        request.resolver_match.url_name not in POST_ONLY
    )
    is_elsewhere = isinstance(refusal, ChangedElsewhere)
    return redirect(request.path if is_page and not is_elsewhere else where)


def error_body(code: str, message: str, field: str = "") -> dict[str, Any]:
    """Return the error form that all JSON answers share."""
    return {"code": code, "message": message, "field": field, "request_id": current_request_id()}


def _session_expired(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        login = f"{reverse('account_login')}?next={request.path}"
        message = "You were signed out. Sign in again: what you captured is still here."
        return JsonResponse(
            {**error_body("session_expired", message), "login_url": login}, status=401
        )
    return redirect_to_login(request.get_full_path(), str(settings.LOGIN_URL))
