"""The way of a call of the API: past all that is for pages alone.

Sessions, languages, messages, the second factor of staff: no call of the API has any of them, and
going through them took two fifths of this process's time for a payment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware

from fraudsite.upload_limit import UploadLimitMiddleware

Handler = Callable[[HttpRequest], HttpResponse]

# Documentation and schema are pages: they go the long way.
CALLS = "/api/v1/"
# An answer is data. Should a browser be made to show one, it loads nothing and stands in no frame.
DATA_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class ApiShortPathMiddleware:
    """Answers calls of the API by itself and hands on everything else.

    Stands inside of `ApiFrameMiddleware`, which gives errors their form, and of Django's
    `SecurityMiddleware`. What a call still passes: the bound on its body, the log's request id,
    the check of the host.
    """

    def __init__(self, get_response: Handler) -> None:
        self._pages = get_response
        logged = _guarded(cast("Handler", RequestMiddleware(_guarded(_view))))
        self._calls = _guarded(UploadLimitMiddleware(logged))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_call(request):
            return self._pages(request)
        # The thread's last page may have been in another language.
        translation.activate(settings.LANGUAGE_CODE)
        return data_answer(self._calls(request))


def data_answer(response: HttpResponse) -> HttpResponse:
    """Return an answer with the headers that any data has."""
    for name, value in DATA_HEADERS.items():
        response.headers.setdefault(name, value)
    if not response.streaming:
        response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def _is_call(request: HttpRequest) -> bool:
    # Without its last slash an address is led to the right one by a middleware for pages.
    return request.path_info.startswith(CALLS) and request.path_info.endswith("/")


def _guarded(handler: Handler) -> Handler:
    """Return a handler whose exceptions become answers, as between Django's middlewares."""
    return cast("Handler", convert_exception_to_response(handler))


def _view(request: HttpRequest) -> HttpResponse:
    # Raises for a host that is not ours.
    request.get_host()
    return _last_step(request)


def _django_last_step() -> Handler:
    """Return what finds the view and calls it, with no middleware's hooks around."""
    handler: Any = BaseHandler()
    handler._view_middleware = []  # noqa: SLF001 - what `load_middleware` fills
    handler._template_response_middleware = []  # noqa: SLF001
    handler._exception_middleware = []  # noqa: SLF001
    return cast("Handler", handler._get_response)  # noqa: SLF001


_last_step = _django_last_step()
