"""The one form of an API error: {code, message, field, request_id}."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from fraudsite.core.request_id import current_request_id
from fraudsite.core.transitions import TransitionRefused

NOT_FOUND = "There is nothing here that you may see."


@dataclass(frozen=True, slots=True)
class ApiError:
    """A stable code, a sentence a person can act on, and the field it is about, if any."""

    code: str
    message: str
    field: str | None = None


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into the error form; None leaves it to Django, which answers 500."""
    if isinstance(error, TransitionRefused):
        return _response(ApiError(error.code, error.sentence), status.HTTP_409_CONFLICT)
    response = rest_exception_handler(error, context)
    if response is None:
        return None
    response.data = _body(describe(error))
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
    return Response(_body(error), status=status_code)


def _body(error: ApiError) -> dict[str, Any]:
    return {**asdict(error), "request_id": current_request_id()}
