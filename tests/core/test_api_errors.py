from __future__ import annotations

from typing import Any

import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers

from fraudsite.core.api.errors import exception_handler
from fraudsite.core.transitions import TransitionRefused


class AddressSerializer(serializers.Serializer[Any]):
    city = serializers.CharField()


class PersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=5)
    addresses = AddressSerializer(many=True)


def answer(error: Exception) -> tuple[int, dict[str, Any]]:
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        response = exception_handler(error, {})
    assert response is not None
    assert set(response.data) == {"code", "message", "field", "request_id"}
    assert response.data["request_id"] == "req-1"
    return response.status_code, response.data


def invalid(data: dict[str, Any]) -> exceptions.ValidationError:
    serializer = PersonSerializer(data=data)
    with pytest.raises(exceptions.ValidationError) as raised:
        serializer.is_valid(raise_exception=True)
    return raised.value


def test_missing_objects_and_hidden_ones_get_the_same_answer() -> None:
    assert answer(Http404("No Customer matches")) == answer(exceptions.NotFound())
    status, body = answer(Http404("No Customer matches"))
    assert (status, body["code"], body["field"]) == (404, "not_found", None)
    assert "Customer" not in body["message"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (TransitionRefused("stale", "Look again."), 409, "stale"),
    ],
)
def test_each_refusal_has_a_stable_code(error: Exception, status: int, code: str) -> None:
    found_status, body = answer(error)

    assert (found_status, body["code"]) == (status, code)
    assert body["message"].endswith(".")


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({"addresses": []}, "required", "name"),
        ({"name": "too long", "addresses": []}, "max_length", "name"),
        ({"name": "Ada", "addresses": [{"city": "X"}, {}]}, "required", "addresses.1.city"),
        ({"name": "Ada", "addresses": 3}, "not_a_list", "addresses"),
    ],
)
def test_a_refused_value_names_its_field(data: dict[str, Any], code: str, field: str) -> None:
    status, body = answer(invalid(data))

    assert (status, body["code"], body["field"]) == (400, code, field)


def test_what_nobody_expected_is_left_to_django() -> None:
    assert exception_handler(ZeroDivisionError(), {}) is None
