"""Block and allow lists: what they are, and until when somebody looked through them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from scoring.admin.gates import staff
from scoring.admin.later import later
from scoring.choices import ListKind
from scoring.models import EntityList

KIND_COLOURS = {ListKind.BLOCK: "danger", ListKind.ALLOW: "success"}


@admin.register(EntityList)
class EntityListAdmin(ReadOnlyAdmin):
    """Made and renewed; never deleted, since decisions name them."""

    list_display = ("title", "id", "shown_kind", "entries", "valid_until", "shown_state")
    ordering = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntityList]:
        """Count the entries of all lists at once."""
        lists: QuerySet[EntityList] = super().get_queryset(request)
        return lists.annotate(entries_count=Count("entries"))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the user makes lists."""
        return staff(request).has_perm("scoring.add_entitylist")

    @display(description="Kind", ordering="kind", label=KIND_COLOURS)
    def shown_kind(self, entity_list: EntityList) -> tuple[str, str]:
        """Return what being on it means."""
        return entity_list.kind, entity_list.get_kind_display()

    @display(description="Entries")
    def entries(self, entity_list: Any) -> int:
        """Return how many entries it has, those that ran out among them."""
        return int(entity_list.entries_count)

    @display(description="State", label={"expired": "danger", "valid": "success"})
    def shown_state(self, entity_list: EntityList) -> tuple[str, str]:
        """Return whether it may still decide."""
        if entity_list.valid_until is not None and entity_list.valid_until <= timezone.now():
            return "expired", "expired"
        return "valid", "valid"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Make a list."""
        return later(self, "list_views.new_view")(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a list, with the form that renews it."""
        return later(self, "list_views.list_view")(request, object_id)
