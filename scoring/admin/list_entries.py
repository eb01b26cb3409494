"""Who stands on a list, known by the key that features and decisions use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import User
from scoring.admin.gates import staff
from scoring.admin.later import later
from scoring.models import ListEntry


@admin.register(ListEntry)
class ListEntryAdmin(ReadOnlyAdmin):
    """Found by the id that was entered; put on and taken off, never changed."""

    list_display = (
        *("shown_key", "entity_list", "subject", "reason", "created_by", "created_at"),
        "shown_end",
    )
    fields = ("entity_list", "workspace", "subject", "shown_key", "reason", "created_by",
              "created_at", "shown_end")  # fmt: skip
    list_filter = ("entity_list", "subject", "workspace")
    search_fields = ("key",)
    search_help_text = "The id of a customer, merchant, device or card, or an IP address"
    list_select_related = ("entity_list", "created_by")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whether the user puts entities on lists."""
        return staff(request).has_perm("scoring.add_listentry")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user takes entities off lists."""
        return staff(request).has_perm("scoring.delete_listentry")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ListEntry], search_term: str
    ) -> tuple[QuerySet[ListEntry], bool]:
        """Look for every key that the id can stand for."""
        if not search_term.strip():
            return queryset, False
        # Heavy, as `scoring.admin.later` says.
        from scoring.services.list_references import keys_of_reference  # noqa: PLC0415

        return queryset.filter(key__in=keys_of_reference(search_term)), False

    @display(description="Key")
    def shown_key(self, entry: ListEntry) -> str:
        """Return the key as features know it."""
        return f"{entry.key % 2**64:016x}"

    @display(description="Until", label={"over": "danger", "open": "info"})
    def shown_end(self, entry: ListEntry) -> tuple[str, str]:
        """Return when it ends, and whether it has."""
        if entry.expires_at is None:
            return "open", "no end"
        day = f"{entry.expires_at:%-d %b %Y}"
        return (
            ("over", f"over since {day}") if entry.expires_at <= timezone.now() else ("open", day)
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Put an entity on a list."""
        return later(self, "list_views.new_entry_view")(request)

    def delete_model(self, request: HttpRequest, obj: ListEntry) -> None:
        """Take one off."""
        self._remove([obj], staff(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ListEntry]) -> None:
        """Take several off, each with its trace."""
        self._remove(queryset.select_related("entity_list"), staff(request))

    def _remove(self, entries: Iterable[ListEntry], user: User) -> None:
        # Heavy, as `scoring.admin.later` says.
        from scoring.services.lists import list_entry_remove  # noqa: PLC0415

        for entry in entries:
            list_entry_remove(entry=entry, user=user)
