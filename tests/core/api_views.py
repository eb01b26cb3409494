"""A small API that the tests of the frame call, with one address for everything that goes wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fraudsite.core.api.parsing import Instant, decode_request
from fraudsite.core.api.permissions import HasScope


class Line(msgspec.Struct, forbid_unknown_fields=True):
    amount: Decimal


class Parcel(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the test API takes."""

    amount_minor: Annotated[int, msgspec.Meta(gt=0)]
    sent_at: Instant | None = None
    size: Literal["s", "m", "l"] = "m"
    lines: list[Line] = []


class ParcelsApi(APIView):
    permission_classes = (HasScope("transactions:write"),)

    def get(self, request: Request) -> Response:
        return Response({"prefix": request.auth.prefix, "user": str(request.user)})

    def post(self, request: Request) -> Response:
        parcel = decode_request(request, Parcel)
        return Response({"amount_minor": parcel.amount_minor}, status=201)


class FailingApi(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, _request: Request, kind: str) -> Response:
        raise {
            "bug": ZeroDivisionError("secret detail"),
            "database": OperationalError("connection to 10.0.0.7 refused"),
            "connection": InterfaceError("connection already closed"),
            "suspicious": SuspiciousOperation("secret detail"),
        }[kind]


api_urlpatterns = [
    path("api/v1/parcels/", ParcelsApi.as_view()),
    path("api/v1/failing/<str:kind>/", FailingApi.as_view()),
]
urlpatterns = [*api_urlpatterns, path("", include("fraudsite.urls"))]
