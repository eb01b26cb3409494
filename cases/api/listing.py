"""Which cases a list is asked for."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from cases.choices import CaseStatus, DecisionLabel
from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.unusable import find_unusable
from fraudsite.core.models import User

WHEN = {"type": "string", "format": "date-time"}
FILTER_PARAMETERS = [
    OpenApiParameter("queue", str, description="Id of a queue, such as `payments`."),
    OpenApiParameter("status", {"type": "string", "enum": list(CaseStatus.values)}),
    OpenApiParameter("label", {"type": "string", "enum": list(DecisionLabel.values)}),
    OpenApiParameter(
        "assignee", str, description="`me`, `nobody`, or the id of who has it or was given it."
    ),
    OpenApiParameter(
        "updated_after", WHEN, description="A time with its zone; in an address best with `Z`."
    ),
]


def asked_of(request: Request, person: User) -> Q:
    """Return what the parameters ask for; one that cannot be is refused with 400."""
    asked = Q()
    if queue := request.query_params.get("queue"):
        # PostgreSQL stores no U+0000, so nothing can equal it.
        asked &= Q(pk__in=[]) if "\x00" in queue else Q(queue_id=queue)
    for name, known in (("status", CaseStatus.values), ("label", DecisionLabel.values)):
        if value := _choice(request, name, known):
            asked &= Q(**{name: value})
    if after := instant_in(request, "updated_after"):
        asked &= Q(updated_at__gt=after)
    return asked & _of_assignee(request, person)


def instant_in(request: Request, name: str) -> datetime | None:
    """Return the time in a parameter, None if it is not there; one without a zone is refused."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise _no_time(name) from None
    if instant.tzinfo is None or find_unusable(instant):
        raise _no_time(name)
    return instant


def _choice(request: Request, name: str, known: list[str]) -> str:
    value: str = request.query_params.get(name, "")
    if value and value not in known:
        sentence = f"`{name}` must be one of {', '.join(known)}."
        raise RequestRefused("invalid_choice", sentence, field=name)
    return value


def _of_assignee(request: Request, person: User) -> Q:
    who = request.query_params.get("assignee")
    if not who:
        return Q()
    if who == "nobody":
        return Q(claimed_by=None, assigned_to=None)
    user_id = person.pk if who == "me" else _user_id(who)
    return Q(claimed_by_id=user_id) | Q(assigned_to_id=user_id)


def _user_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        sentence = "`assignee` must be `me`, `nobody` or the id of a member of staff."
        raise RequestRefused("invalid_format", sentence, field="assignee") from None


def _no_time(name: str) -> RequestRefused:
    sentence = f"`{name}` must be a time with its zone, such as 2026-01-31T12:00:00Z."
    return RequestRefused("invalid_format", sentence, field=name)
