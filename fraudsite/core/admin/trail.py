"""What of the trail is kept from whom: of some things few may know that they exist.

That something was written, moved or told of stands in the audit, in the status changes and in the
outbox, where whoever reads those pages would learn of it. Apps say in their admin package what is
kept from whom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import User

# The ids, as text, of the things of a kind that a person may know of.
KnownTo = Callable[[User], QuerySet[Any, Any]]
_kept_back: dict[str, KnownTo] = {}


def trail_restrict(kind: type[Model], known_to: KnownTo) -> None:
    """Keep rows about things of a kind from those who may not know of them."""
    _kept_back[kind._meta.label_lower] = known_to


def seen_by(user: User, *, kind: str, key: str) -> Q:
    """Return the condition for rows a person may see, by the columns that say what they are about.

    One subquery for each kind that is kept back; it is not looked up row by row.
    """
    wanted = Q()
    for name, known_to in _kept_back.items():
        wanted &= ~Q(**{kind: name}) | Q(**{f"{key}__in": known_to(user)})
    return wanted


class TrailAdmin(ReadOnlyAdmin):
    """Rows about things, without those about things the person may not know of.

    Filters, searches, pages of a row and actions all start from here.
    """

    kind_column = "target_type"
    key_column = "target_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows the person may see."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if not isinstance(request.user, User):
            return rows.none()
        return rows.filter(seen_by(request.user, kind=self.kind_column, key=self.key_column))
