"""`/api/v1/events/`: the news of cases.

Reports of suspicious activity make news too, and it is an offence to tell their subject: what is
served is named here, kind by kind, and nothing else is.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.api.answers import EventAnswer, event_answer
from cases.api.listing import WHEN, instant_in
from cases.api.person import principal_of
from cases.models import Case
from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.paging import PAGE_PARAMETERS, KeyPagination, page_of
from fraudsite.core.api.permissions import HasScope
from fraudsite.core.models import OutboxEvent

CASE, DECISION = "cases.case.", "cases.casedecision."
SERVED = ("cases.case", "cases.casedecision")
MAX_TYPE_LENGTH = 100
PARAMETERS = [
    OpenApiParameter(
        "type", str, description="One, or all that begin so: `cases.case.closed`, `cases.case.*`."
    ),
    OpenApiParameter("after", WHEN, description="Only what happened after this time."),
]


class EventsApi(APIView):
    """List news of cases."""

    permission_classes = (HasScope("events:read"),)

    @extend_schema(
        operation_id="event_list",
        parameters=[*PAGE_PARAMETERS, *PARAMETERS],
        responses=page_of(EventAnswer),
    )
    def get(self, request: Request) -> Response:
        """List the news of cases, newest first. Each is kept for seven days."""
        rows = _news_of_workspace(request).filter(_of_type(request))
        if after := instant_in(request, "after"):
            rows = rows.filter(created_at__gt=after)
        paginator = KeyPagination()
        page = paginator.paginate_queryset(rows, request, self)
        return paginator.get_paginated_response([event_answer(event) for event in page])


def _news_of_workspace(request: Request) -> QuerySet[OutboxEvent]:
    """Return news of the key's workspace; an event itself knows only its case."""
    workspace_id = principal_of(request).workspace_id
    cases = Case.objects.filter(pk=OuterRef("told_case_id"), workspace_id=workspace_id)
    told = Cast(KeyTextTransform("case_id", "payload"), UUIDField())
    served = OutboxEvent.objects.filter(aggregate_type__in=SERVED)
    return served.annotate(told_case_id=told).filter(Exists(cases))


def _of_type(request: Request) -> Q:
    wanted = request.query_params.get("type", "")
    if not wanted:
        return Q()
    if not wanted.startswith((CASE, DECISION)) or "\x00" in wanted:
        sentence = f"`type` must begin with `{CASE}` or `{DECISION}`."
        raise RequestRefused("invalid_choice", sentence, field="type")
    if len(wanted) > MAX_TYPE_LENGTH:
        sentence = f"`type` must have at most {MAX_TYPE_LENGTH} characters."
        raise RequestRefused("invalid_length", sentence, field="type")
    return Q(kind__startswith=wanted[:-1]) if wanted.endswith("*") else Q(kind=wanted)
