"""In whose name a key works cases.

A key does what the member of staff who made it may do at the moment of the request, and history
names that person. So nobody can make a key that acts as somebody else, and whoever decides by key
cannot approve it by hand: to the four-eyes rule both are one person.
"""

from __future__ import annotations

import uuid
from typing import cast

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request

from cases.gates import case_or_404
from cases.models import Case
from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.models import ApiKey, User

NOBODY_BEHIND = (
    "This API key has no member of staff behind it who may see cases. "
    "Use one that was made in the staff site by somebody who may."
)


def principal_of(request: Request) -> ApiPrincipal:
    """Return the API key's principal; the permission let nobody else through."""
    return cast("ApiPrincipal", request.auth)


def person_behind(request: Request) -> User:
    """Return whoever made the key, as they are now; a key of nobody who may see cases gets 403."""
    key = ApiKey.objects.select_related("created_by").get(pk=principal_of(request).key_id)
    person = key.created_by
    if person is None or not person.is_staff or not person.has_perm("cases.view_case"):
        forbidden = status.HTTP_403_FORBIDDEN
        raise RequestRefused("key_without_person", NOBODY_BEHIND, status_code=forbidden)
    return person


def case_visible_to_key(
    request: Request, person: User, case_id: uuid.UUID, permission: str = "cases.view_case"
) -> Case:
    """Return a case of the key's workspace as its person may see it; anything else is not found."""
    case = case_or_404(person, case_id, permission)
    if case.workspace_id != principal_of(request).workspace_id:
        raise Http404
    return case
