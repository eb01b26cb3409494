"""A small API that the tests of the frame call, with one address for everything that goes wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fraudsite.core.api.idempotency import idempotency_key_of
from fraudsite.core.api.paging import PAGE_PARAMETERS, KeyPagination, page_of
from fraudsite.core.api.parsing import Instant, decode_request
from fraudsite.core.api.permissions import HasScope
from fraudsite.core.models import User


class Line(msgspec.Struct, forbid_unknown_fields=True):
    amount: Decimal


class Parcel(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the test API takes."""

    amount_minor: Annotated[int, msgspec.Meta(gt=0)]
    sent_at: Instant | None = None
    size: Literal["s", "m", "l"] = "m"
    lines: list[Line] = []


class Receipt(msgspec.Struct):
    amount_minor: int
    idempotency_key: str | None
    lines: list[Line] = []


class Person(msgspec.Struct):
    email: str


class ParcelsApi(APIView):
    permission_classes = (HasScope("transactions:write"),)

    @extend_schema(responses=Receipt)
    def get(self, request: Request) -> Response:
        """Say who asks."""
        return Response({"prefix": request.auth.prefix, "user": str(request.user)})

    @extend_schema(
        request=Parcel,
        responses={201: Receipt},
        examples=[OpenApiExample("A parcel", value={"amount_minor": 1250}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Take a parcel."""
        parcel = decode_request(request, Parcel)
        body = {
            "amount_minor": parcel.amount_minor,
            "idempotency_key": idempotency_key_of(request),
        }
        return Response(body, status=201)


class PeopleApi(APIView):
    permission_classes = ()

    @extend_schema(parameters=PAGE_PARAMETERS, responses=page_of(Person))
    def get(self, request: Request) -> Response:
        page = KeyPagination()
        rows = page.paginate_queryset(User.objects.all(), request)
        return page.get_paginated_response([row.email for row in rows])


class UnnamedApi(APIView):
    """Names no permission."""

    schema = None

    def get(self, _request: Request) -> Response:
        return Response({})


class FailingApi(APIView):
    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, _request: Request, kind: str) -> Response:
        raise ERRORS[kind]


def failing_view(_request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]


ERRORS = {
    "bug": ZeroDivisionError("secret detail"),
    "database": OperationalError("connection to 10.0.0.7 refused"),
    "connection": InterfaceError("connection already closed"),
    "suspicious": SuspiciousOperation("secret detail"),
}

api_urlpatterns = [
    path("api/v1/parcels/", ParcelsApi.as_view()),
    path("api/v1/people/", PeopleApi.as_view()),
    path("api/v1/unnamed/", UnnamedApi.as_view()),
    path("api/v1/failing/<str:kind>/", FailingApi.as_view()),
    path("api/v1/plain/<str:kind>/", failing_view),
    path("pages/plain/<str:kind>/", failing_view),
]
urlpatterns = [*api_urlpatterns, path("", include("fraudsite.urls"))]
