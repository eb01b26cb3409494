"""`/api/v1/cases/{id}/…/`: take, comment and decide a case."""

from __future__ import annotations

import uuid
from typing import TypeVar

import msgspec
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.api.answers import (
    CaseAnswer,
    DecisionAnswer,
    NoteAnswer,
    case_answer,
    decision_answer,
    note_answer,
)
from cases.api.incoming import IncomingClaim, IncomingComment, IncomingDecision, verdict_of
from cases.api.once import Command, carry_out
from cases.api.person import case_visible_to_key, person_behind
from cases.models import Case, CaseDecision, Note
from cases.services.claims import case_claim
from cases.services.decisions import case_decide
from cases.services.notes import note_add
from fraudsite.core.api.idempotency import HEADER, MAX_LENGTH
from fraudsite.core.api.parsing import decode_request
from fraudsite.core.api.permissions import HasScope
from fraudsite.core.api.schema import Error

Told = TypeVar("Told", bound=msgspec.Struct)
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
    OpenApiParameter.HEADER,
    description="Yours for this request on this case; sent again with it, it is not done again.",
)
REFUSALS = {
    409: OpenApiResponse(Error, description="The case is not as you saw it: read it again."),
    422: OpenApiResponse(
        Error,
        description=(
            "The case cannot be worked so; `message` says why. "
            "Or the `Idempotency-Key` is another request's."
        ),
    ),
}


class CaseClaimApi(APIView):
    """Take a case."""

    permission_classes = (HasScope("cases:work"),)

    @extend_schema(
        operation_id="case_claim",
        parameters=[KEY_PARAMETER],
        request=IncomingClaim,
        responses={200: CaseAnswer, **REFUSALS},
    )
    def post(self, request: Request, case_id: uuid.UUID) -> Response:
        """Take a case that is nobody's; to take one's own again changes nothing."""
        command, told = _asked(request, case_id, "claimed", IncomingClaim)
        done = carry_out(
            command,
            lambda: case_claim(case_id=case_id, seen=told.seen, analyst=command.person),
        )
        case = Case.objects.get(pk=done.result_id)
        return Response(case_answer(case), headers=done.headers)


class CaseCommentsApi(APIView):
    """Write on a case."""

    permission_classes = (HasScope("cases:work"),)

    @extend_schema(
        operation_id="case_comment",
        parameters=[KEY_PARAMETER],
        request=IncomingComment,
        responses={201: NoteAnswer, **REFUSALS},
    )
    def post(self, request: Request, case_id: uuid.UUID) -> Response:
        """Write a note for colleagues; it is sealed, and read in the staff site."""
        command, told = _asked(request, case_id, "commented", IncomingComment)
        done = carry_out(
            command,
            lambda: note_add(
                case_id=case_id, seen=told.seen, text=told.text, author=command.person
            ),
        )
        note = Note.objects.get(pk=done.result_id)
        return Response(note_answer(note), status=status.HTTP_201_CREATED, headers=done.headers)


class CaseDecisionsApi(APIView):
    """Decide a case."""

    permission_classes = (HasScope("cases:work"),)

    @extend_schema(
        operation_id="case_decide",
        parameters=[KEY_PARAMETER],
        request=IncomingDecision,
        responses={201: DecisionAnswer, **REFUSALS},
    )
    def post(self, request: Request, case_id: uuid.UUID) -> Response:
        """Decide a case that the key's person has in hand.

        It takes effect after ten seconds, or when a second person agreed where that is the policy.
        """
        command, told = _asked(request, case_id, "decided", IncomingDecision)
        verdict = verdict_of(told)
        done = carry_out(
            command,
            lambda: case_decide(
                case_id=case_id, seen=told.seen, verdict=verdict, analyst=command.person
            ),
        )
        decision = CaseDecision.objects.select_related("case").get(pk=done.result_id)
        answer = decision_answer(decision, command.person)
        return Response(answer, status=status.HTTP_201_CREATED, headers=done.headers)


def _asked(
    request: Request, case_id: uuid.UUID, action: str, structure: type[Told]
) -> tuple[Command, Told]:
    """Return what is asked, of a case that the key's person may work."""
    told = decode_request(request, structure)
    person = person_behind(request)
    case = case_visible_to_key(request, person, case_id, "cases.work_case")
    return Command(request, person, case, action, told), told
