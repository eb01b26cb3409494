"""`/api/v1/transactions/`: judge one or many, and read what was judged."""

from __future__ import annotations

import uuid
from typing import Any, cast

import structlog
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.idempotency import (
    HEADER,
    MAX_LENGTH,
    REPLAYED,
    REPLAYED_HEADER,
    idempotency_key_of,
)
from fraudsite.core.api.paging import PAGE_PARAMETERS, KeyPagination, page_of
from fraudsite.core.api.parsing import decode_request
from fraudsite.core.api.permissions import HasScope
from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.api.schema import Error
from scoring.api.answers import BatchAnswer, TransactionAnswer, batch_answer, transaction_answer
from scoring.features import StateUnreadable
from scoring.services.explain import decision_explain
from scoring.services.replays import Answer
from scoring.services.requests import ScoredTransaction, ScoreRequest
from scoring.services.score import score_many
from transactions.incoming import (
    CheckedTransaction,
    IncomingBatch,
    IncomingRefused,
    IncomingTransaction,
    check,
)
from transactions.models import Transaction

logger = structlog.get_logger(__name__)

# What an answer is refused with, where it is not simply a field that cannot be.
STATUS_OF = {
    "idempotency_conflict": status.HTTP_422_UNPROCESSABLE_ENTITY,
    "transaction_exists": status.HTTP_409_CONFLICT,
}
FILTERS = {
    "user_id": "customer__external_id",
    "transaction_id": "external_id",
    "status": "status",
    "decision": "decision__outcome",
}
FILTER_PARAMETERS = [
    OpenApiParameter(name, str, description="Only those that have exactly this.")
    for name in FILTERS
]
IDEMPOTENCY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
    OpenApiParameter.HEADER,
    description="Yours for this request; sent again with it, the first answer comes again.",
)
CONFLICTS = {
    409: OpenApiResponse(Error, description="The `transaction_id` is another payment's."),
    422: OpenApiResponse(Error, description="The `Idempotency-Key` is another request's."),
}
CAN_READ, CAN_WRITE = HasScope("transactions:read"), HasScope("transactions:write")


def principal_of(request: Request) -> ApiPrincipal:
    """Return the API key's principal; the permission let nobody else through."""
    return cast("ApiPrincipal", request.auth)


class TransactionsApi(APIView):
    """Judge a transaction, or list those judged."""

    def get_permissions(self) -> list[BasePermission]:
        """Ask for the scope that the method needs."""
        return [CAN_WRITE() if self.request.method == "POST" else CAN_READ()]

    @extend_schema(
        operation_id="transaction_score",
        parameters=[IDEMPOTENCY_PARAMETER],
        request=IncomingTransaction,
        responses={201: TransactionAnswer, **CONFLICTS},
    )
    def post(self, request: Request) -> Response:
        """Judge a transaction and keep it with its decision.

        The same request again, by `transaction_id` or `Idempotency-Key`, gets the same answer.
        """
        told = decode_request(request, IncomingTransaction)
        asked = ScoreRequest(_checked(told), idempotency_key_of(request))
        [answer] = _answers(request, [asked])
        if isinstance(answer, IncomingRefused):
            raise _refused(answer)
        return _scored(answer)

    @extend_schema(
        operation_id="transaction_list",
        parameters=[*PAGE_PARAMETERS, *FILTER_PARAMETERS],
        responses=page_of(TransactionAnswer),
    )
    def get(self, request: Request) -> Response:
        """List judged transactions, newest first."""
        paginator = KeyPagination()
        rows = paginator.paginate_queryset(_filtered(_judged(request), request), request, self)
        return paginator.get_paginated_response(
            [transaction_answer(row, row.decision) for row in rows]
        )


class TransactionBatchApi(APIView):
    """Judge up to 1,000 transactions."""

    permission_classes = (CAN_WRITE,)

    @extend_schema(
        operation_id="transaction_score_batch",
        parameters=[IDEMPOTENCY_PARAMETER],
        request=IncomingBatch,
        responses=BatchAnswer,
    )
    def post(self, request: Request) -> Response:
        """Judge transactions in the order given, in one transaction of the database.

        One that is refused, by its own fields or because it was sent before with other content,
        stops no other. With an `Idempotency-Key`, sending the whole batch again answers the same.
        """
        batch = decode_request(request, IncomingBatch)
        checked = [_checked_or_refused(told) for told in batch.transactions]
        asked = _batch_requests(checked, idempotency_key_of(request))
        scored = iter(_answers(request, asked))
        answers = [one if isinstance(one, IncomingRefused) else next(scored) for one in checked]
        return Response(batch_answer(answers))


class TransactionApi(APIView):
    """One judged transaction."""

    permission_classes = (CAN_READ,)

    @extend_schema(operation_id="transaction_read", responses=TransactionAnswer)
    def get(self, request: Request, transaction_id: uuid.UUID) -> Response:
        """Read a transaction by the `id` it was given here, with what raised its score."""
        row = transaction_visible(request, transaction_id)
        return Response(transaction_answer(row, decision_explain(row.decision)))


def transaction_visible(request: Request, transaction_id: uuid.UUID) -> Transaction:
    """Return a judged transaction of the key's workspace; anything else is not found."""
    row = _judged(request).filter(pk=transaction_id).first()
    if row is None:
        raise Http404
    return row


def _judged(request: Request) -> QuerySet[Transaction]:
    return Transaction.objects.filter(
        workspace_id=principal_of(request).workspace_id, decision__isnull=False
    ).select_related("decision", "decision__model")


def _filtered(rows: QuerySet[Transaction], request: Request) -> QuerySet[Transaction]:
    wanted = {
        field: request.query_params[name]
        for name, field in FILTERS.items()
        if request.query_params.get(name)
    }
    # PostgreSQL stores no U+0000, so nothing can equal it.
    if any("\x00" in value for value in wanted.values()):
        return rows.none()
    return rows.filter(**wanted)


def _checked(told: IncomingTransaction) -> CheckedTransaction:
    checked = _checked_or_refused(told)
    if isinstance(checked, IncomingRefused):
        raise _refused(checked)
    return checked


def _checked_or_refused(told: IncomingTransaction) -> CheckedTransaction | IncomingRefused:
    try:
        return check(told, arrived_at=timezone.now())
    except IncomingRefused as refusal:
        return refusal


def _batch_requests(
    checked: list[CheckedTransaction | IncomingRefused], key: str | None
) -> list[ScoreRequest]:
    """Return what is to be judged; a batch's key is one key for each of its places.

    With a space, which no caller's own key can hold.
    """
    return [
        ScoreRequest(one, f"{key} {place}" if key else None)
        for place, one in enumerate(checked)
        if not isinstance(one, IncomingRefused)
    ]


def _answers(request: Request, asked: list[ScoreRequest]) -> list[Answer]:
    principal = principal_of(request)
    try:
        return score_many(asked, workspace_id=principal.workspace_id, actor=principal.actor)
    except StateUnreadable as trouble:
        # The operator reads which entity; to judge without its history would be to guess.
        logger.exception("feature_state_unreadable")
        sentence = "Scoring waits for its history to be rebuilt. Send the same request again later."
        unavailable = status.HTTP_503_SERVICE_UNAVAILABLE
        raise RequestRefused("state_unreadable", sentence, status_code=unavailable) from trouble


def _scored(answer: ScoredTransaction) -> Response:
    body: Any = transaction_answer(answer.transaction, answer.decision)
    headers = {REPLAYED_HEADER: REPLAYED} if answer.is_replay else {}
    return Response(body, status=status.HTTP_201_CREATED, headers=headers)


def _refused(refusal: IncomingRefused) -> RequestRefused:
    return RequestRefused(
        refusal.code,
        refusal.sentence,
        field=refusal.field or None,
        status_code=STATUS_OF.get(refusal.code, status.HTTP_400_BAD_REQUEST),
    )
