"""The first-party device id: a random number in a cookie of ours."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "device"
COOKIE_AGE_S = 365 * 24 * 3600


class DeviceMiddleware:
    """Puts `request.device_id` on every request and keeps the cookie that carries it.

    The cookie is signed, so that nobody can pose as a device whose number they have seen. It is
    set only on pages of signed-in people, who were told of it in the consent text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = _read(request)
        request.device_id = known or uuid.uuid4()  # type: ignore[attr-defined]  # ours
        response = self._get_response(request)
        if known is None and getattr(request, "keeps_device", False):
            response.set_signed_cookie(
                COOKIE,
                str(request.device_id),  # type: ignore[attr-defined]  # ours
                max_age=COOKIE_AGE_S,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _read(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.get_signed_cookie(COOKIE))
    except (KeyError, ValueError, signing.BadSignature):
        return None
