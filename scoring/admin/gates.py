"""The one way in which objects reach these pages."""

from __future__ import annotations

from typing import Any, TypeVar

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


def found(request: HttpRequest, rows: QuerySet[Row], permission: str, **lookup: Any) -> Row:
    """Return the one row, or the same 404 for missing and forbidden."""
    viewer = staff(request)
    try:
        row = rows.filter(**lookup).first()
    except (ValueError, ValidationError):
        raise Http404 from None
    if row is None or not viewer.has_perm(permission):
        raise Http404
    return row
