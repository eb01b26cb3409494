"""Lists by the page, each page found by the last key of the one before.

Nothing is counted and nothing skipped over, so page 10,000 costs what page 1 does, and rows that
are added meanwhile move no row from one page to another.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from fraudsite.core.api.errors import RequestRefused

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
# A key is a UUID or a number: 36 characters at most.
MAX_CURSOR_LENGTH = 64

# For `extend_schema(parameters=…)`.
PAGE_PARAMETERS = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="How many rows a page has at most.",
    ),
    OpenApiParameter("cursor", str, description="Where to go on: take the address in `next`."),
]


class KeyPagination(BasePagination):
    """Pages of rows by primary key, highest first: `{results, next}`, `next` an address or null.

    Keys are uuid7 or serial numbers, so the highest is the newest.

    The cursor is opaque, not secret: it is checked like any other input, and the rows that it leads
    to are those of the query set it is applied to.
    """

    def paginate_queryset(  # type: ignore[override]  # a Sequence, where the stubs say list
        self,
        queryset: QuerySet[Any],
        request: Request,
        view: APIView | None = None,  # noqa: ARG002
    ) -> Sequence[Any]:
        """Return the rows of the page that the request asks for."""
        limit = _limit_of(request)
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            queryset = queryset.filter(pk__lt=_key_of(cursor, queryset.model))
        rows = list(queryset.order_by("-pk")[: limit + 1])
        self._next = None
        if len(rows) > limit:
            cursor = cursor_of(rows[limit - 1].pk)
            self._next = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        """Return the answer with the page's rows."""
        return Response({"results": data, "next": self._next})


def page_of(structure: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return the structure of a page of such rows, for `extend_schema(responses=…)`.

    Examples
    --------
    >>> class Coin(msgspec.Struct):
    ...     amount_minor: int
    >>> page_of(Coin).__name__, page_of(Coin).__struct_fields__
    ('CoinPage', ('results', 'next'))
    """
    address = Annotated[str, msgspec.Meta(description="Address of the next page, if any.")]
    fields = [("results", list[structure]), ("next", address | None)]  # type: ignore[valid-type]
    return msgspec.defstruct(f"{structure.__name__}Page", fields)


def cursor_of(key: Any) -> str:
    """Return the cursor that goes on after a key.

    Examples
    --------
    >>> cursor_of(7)
    'Nw=='
    """
    return base64.urlsafe_b64encode(str(key).encode()).decode()


def _key_of(cursor: str, model: type[Model]) -> Any:
    """Return the key in a cursor, as the model reads it."""
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise _invalid_cursor()
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii")
        return model._meta.pk.to_python(text)
    except (binascii.Error, UnicodeError, ValidationError):
        raise _invalid_cursor() from None


def _limit_of(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    # ASCII first: isdigit() is true of digits that int() does not read.
    is_number = text.isascii() and text.isdigit() and len(text) <= 4
    if not is_number or not 1 <= int(text) <= MAX_LIMIT:
        sentence = f"`limit` must be a whole number from 1 to {MAX_LIMIT}."
        raise RequestRefused("out_of_range", sentence, field="limit")
    return int(text)


def _invalid_cursor() -> RequestRefused:
    sentence = "`cursor` is not one of ours. Take the address in `next` as it is."
    return RequestRefused("invalid_cursor", sentence, field="cursor")
