"""The one form of an API error: {code, message, field, request_id}."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from fraudsite.core.request_id import current_request_id
from fraudsite.core.transitions import TransitionRefused

NOT_FOUND = "There is nothing here that you may see."
# A database that restarts is back within seconds; one that does not needs a person, not haste.
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class ApiError:
    """A stable code, a sentence a person can act on, and the field it is about, if any."""

    code: str
    message: str
    field: str | None = None


TOO_LARGE = ApiError("too_large", "The request is too large. Send less at once.")
UNAVAILABLE = ApiError("unavailable", "The service cannot answer just now. Try again in a moment.")
BAD_REQUEST = ApiError("bad_request", "The request could not be understood.")


class RequestRefused(Exception):
    """A request that is not carried out; it reaches the client in the error form.

    `code` is stable, `sentence` says what to do about it and quotes no value that was sent.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        field: str | None = None,
        status_code: int = status.HTTP_400_BAD_REQUEST,
    ) -> None:
        super().__init__(sentence)
        self.error = ApiError(code, sentence, field)
        self.status_code = status_code


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into the error form; None leaves it to Django, which answers 500."""
    answer = _own_answer(error)
    if answer is not None:
        return answer
    response = rest_exception_handler(error, context)
    if response is None:
        return None
    response.data = error_body(describe(error))
    return response


def describe(error: Exception) -> ApiError:
    """Return what the client is told about an exception.

    Missing and forbidden objects get the same words, so that an answer never proves existence.
    """
    if isinstance(error, Http404 | exceptions.NotFound):
        return ApiError("not_found", NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return ApiError("permission_denied", "Your role does not permit this.")
    if isinstance(error, exceptions.ValidationError):
        return _first_invalid(error.detail, None)
    if isinstance(error, exceptions.APIException):
        return ApiError(str(error.default_code), str(error.detail))
    return ApiError("error", "The request could not be handled.")


def error_body(error: ApiError, request_id: str | None = None) -> dict[str, Any]:
    """Return the body of an error, with the id under which the request stands in the logs."""
    return {**asdict(error), "request_id": request_id or current_request_id()}


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database did not answer, or could not finish: trying again may help."""
    return isinstance(error, OperationalError | InterfaceError)


def _own_answer(error: Exception) -> Response | None:
    """Return the answer to what REST framework does not know, or None."""
    if isinstance(error, RequestRefused):
        return _response(error.error, error.status_code)
    if isinstance(error, TransitionRefused):
        return _response(ApiError(error.code, error.sentence), status.HTTP_409_CONFLICT)
    if is_database_away(error):
        response = _response(UNAVAILABLE, status.HTTP_503_SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER_S)
        return response
    if isinstance(error, RequestDataTooBig):
        return _response(TOO_LARGE, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return _response(BAD_REQUEST, status.HTTP_400_BAD_REQUEST)
    return None


def _first_invalid(detail: Any, field: str | None) -> ApiError:
    """Return the first error in a tree of lists and dicts, with the dotted path to its field."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            is_general = name == "non_field_errors"
            path = field if is_general else f"{field}.{name}" if field else str(name)
            return _first_invalid(inner, path)
    if isinstance(detail, list):
        for position, inner in enumerate(detail):
            if inner:
                path = f"{field}.{position}" if isinstance(inner, dict) and field else field
                return _first_invalid(inner, path)
    return ApiError(getattr(detail, "code", "invalid"), str(detail), field)


def _response(error: ApiError, status_code: int) -> Response:
    return Response(error_body(error), status=status_code)
