"""`/api/v1/cases/`: the cases that the person behind a key may see, read."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.api.answers import CaseAnswer, CaseDetails, case_answer, case_details
from cases.api.listing import FILTER_PARAMETERS, asked_of
from cases.api.person import case_visible_to_key, person_behind, principal_of
from cases.selectors import cases_visible_to
from fraudsite.core.api.paging import PAGE_PARAMETERS, KeyPagination, page_of
from fraudsite.core.api.permissions import HasScope


class CasesApi(APIView):
    """List cases."""

    permission_classes = (HasScope("cases:read"),)

    @extend_schema(
        operation_id="case_list",
        parameters=[*PAGE_PARAMETERS, *FILTER_PARAMETERS],
        responses=page_of(CaseAnswer),
    )
    def get(self, request: Request) -> Response:
        """List cases, the last opened first, closed ones too."""
        person = person_behind(request)
        rows = cases_visible_to(person).filter(
            asked_of(request, person), workspace_id=principal_of(request).workspace_id
        )
        paginator = KeyPagination()
        page = paginator.paginate_queryset(rows, request, self)
        return paginator.get_paginated_response([case_answer(case) for case in page])


class CaseApi(APIView):
    """One case."""

    permission_classes = (HasScope("cases:read"),)

    @extend_schema(operation_id="case_read", responses=CaseDetails)
    def get(self, request: Request, case_id: uuid.UUID) -> Response:
        """Read a case with its alerts, its decisions and why its priority is what it is."""
        person = person_behind(request)
        case = case_visible_to_key(request, person, case_id)
        return Response(case_details(case, person))
