"""The one way in which rows reach the pages of screening and risk."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from fraudsite.core.models import User

Row = TypeVar("Row", bound=Model)


def staff(request: HttpRequest) -> User:
    """Return the member of staff who asks."""
    if not isinstance(request.user, User) or not request.user.is_staff:
        raise PermissionDenied
    return request.user


def found(request: HttpRequest, rows: QuerySet[Row], permission: str, key: str) -> Row:
    """Return the row of that key, or the same 404 for missing and forbidden."""
    viewer = staff(request)
    try:
        row = rows.filter(pk=key).first()
    except (ValueError, ValidationError):
        raise Http404 from None
    if row is None or not viewer.has_perm(permission):
        raise Http404
    return row
