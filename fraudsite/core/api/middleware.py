"""The frame around every answer: the request's id, and below /api/ one form for all errors.

REST framework's own errors have that form already. This gives it to the rest: unknown addresses,
bodies refused before any view, hosts that are not ours, and defects.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_structlog.signals import bind_extra_request_metadata
from rest_framework.response import Response

from fraudsite.core.api.errors import (
    BAD_REQUEST,
    NOT_FOUND,
    RETRY_AFTER_S,
    TOO_LARGE,
    UNAVAILABLE,
    ApiError,
    error_body,
    is_database_away,
)
from fraudsite.core.api.short_path import data_answer
from fraudsite.core.request_id import current_request_id

logger = structlog.get_logger(__name__)

API_PATH = "/api/"
REQUEST_ID_HEADER = "X-Request-ID"
# Notes on the request, in its environment, where only this process writes such names.
NOTED_ID = "fraudsite.request_id"
NOTED_DATABASE_AWAY = "fraudsite.database_away"

MISSING_SLASH = ApiError("not_found", "Addresses of this API end with a slash.")
ERRORS = {
    400: BAD_REQUEST,
    403: ApiError("permission_denied", "This request is not permitted."),
    404: ApiError("not_found", NOT_FOUND),
    405: ApiError("method_not_allowed", "This address does not take this method."),
    413: TOO_LARGE,
    500: ApiError("internal_error", "Something broke here. It is in the log under this id."),
    503: UNAVAILABLE,
}


class ApiFrameMiddleware:
    """Stands outside of every middleware that may answer by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        request_id = str(request.META.get(NOTED_ID) or uuid.uuid4())
        if request.path_info.startswith(API_PATH):
            response = _in_form(request, response, request_id)
        response.headers.setdefault(REQUEST_ID_HEADER, request_id)
        return response


def _in_form(request: HttpRequest, response: HttpResponse, request_id: str) -> HttpResponse:
    """Return the response, or an error in the one form in place of one in another."""
    status_code = response.status_code
    if status_code == HTTPStatus.MOVED_PERMANENTLY and request.method not in {"GET", "HEAD"}:
        # Followed, it would turn a POST into a GET.
        return _error(HTTPStatus.NOT_FOUND, MISSING_SLASH, request_id)
    if status_code < HTTPStatus.BAD_REQUEST or isinstance(response, Response):
        return response
    if NOTED_ID not in request.META:
        # Refused before the log's middleware, which writes a line for every other request.
        logger.warning("api_request_refused", code=status_code, request_id=request_id)
    if request.META.get(NOTED_DATABASE_AWAY):
        unavailable = _error(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE, request_id)
        unavailable["Retry-After"] = str(RETRY_AFTER_S)
        return unavailable
    framed = _error(status_code, ERRORS.get(status_code, BAD_REQUEST), request_id)
    if "Allow" in response:
        framed["Allow"] = response["Allow"]
    return framed


def _error(status_code: int, error: ApiError, request_id: str) -> HttpResponse:
    return data_answer(JsonResponse(error_body(error, request_id), status=status_code))


def note_request_id(request: HttpRequest, **_: Any) -> None:
    """Keep the id that the log's middleware has just given out; it forgets it before we answer."""
    request.META[NOTED_ID] = current_request_id()


def note_database_away(request: HttpRequest | None = None, **_: Any) -> None:
    """Note that what is about to be answered with 500 is a database that is away."""
    if request is not None and is_database_away(sys.exc_info()[1]):
        request.META[NOTED_DATABASE_AWAY] = True


bind_extra_request_metadata.connect(note_request_id)
got_request_exception.connect(note_database_away)
