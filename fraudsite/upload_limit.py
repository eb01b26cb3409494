"""Refuses a request body that no page of ours sends, before any of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

SENTENCE = "This is too large to be taken. Send a smaller file."


class UploadLimitMiddleware:
    """Answers 413 to a body above UPLOAD_MAX_BYTES, or of unknown length.

    It stands before the CSRF check, which would read the whole body to find its token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"} or _is_small_enough(request):
            return self._get_response(request)
        if "application/json" in request.headers.get("Accept", ""):
            body = {"code": "too_large", "message": SENTENCE, "field": "", "request_id": ""}
            return JsonResponse(body, status=413)
        return HttpResponse(SENTENCE, status=413, content_type="text/plain; charset=utf-8")


def _is_small_enough(request: HttpRequest) -> bool:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return False
    length = request.headers.get("Content-Length") or "0"
    return length.isdigit() and int(length) <= settings.UPLOAD_MAX_BYTES
