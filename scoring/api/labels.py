"""`/api/v1/transactions/{id}/labels/`: what a transaction turned out to be."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.parsing import decode_request
from fraudsite.core.api.permissions import HasScope
from scoring.api.answers import LabelAnswer, label_answer
from scoring.api.transactions import principal_of, transaction_visible
from transactions.services.labels import LabelRefused, label_record


class IncomingLabel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became known of a transaction, by whom and when."""

    is_fraud: bool
    source: Literal["chargeback", "customer", "analyst", "api"] = "api"
    reason_code: Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9_.-]*$")] = ""
    known_at: Annotated[datetime, Meta(tz=True)] | None = None


class TransactionLabelsApi(APIView):
    """Say what a transaction turned out to be."""

    permission_classes = (HasScope("labels:write"),)

    @extend_schema(
        operation_id="label_record",
        request=IncomingLabel,
        responses={201: LabelAnswer, 200: LabelAnswer},
    )
    def post(self, request: Request, transaction_id: uuid.UUID) -> Response:
        """Record a label; the one known last counts, and the same again changes nothing."""
        told = decode_request(request, IncomingLabel)
        labelled = transaction_visible(request, transaction_id)
        try:
            label, is_new = label_record(
                labelled=labelled,
                is_fraud=told.is_fraud,
                source=told.source,
                reason_code=told.reason_code,
                known_at=told.known_at,
                actor=principal_of(request).actor,
            )
        except LabelRefused as refusal:
            raise RequestRefused(refusal.code, refusal.sentence, field=refusal.field) from None
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(label_answer(label), status=code)
