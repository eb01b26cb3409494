"""Who may do what on the pages of the workplace; forbidden looks like missing."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from fraudsite.core.models import User
from scoring.admin.gates import staff


def permitted(request: HttpRequest, permission: str) -> User:
    """Return the member of staff who asks, if they may; for others there is no such page."""
    user = staff(request)
    if not user.has_perm(permission):
        raise Http404
    return user
