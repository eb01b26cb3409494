"""News on its way, and the letters nobody could deliver."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from fraudsite.core.actors import Actor
from fraudsite.core.admin.trail import TrailAdmin
from fraudsite.core.models import OutboxEvent, User
from fraudsite.core.outbox import retry_dead
from fraudsite.core.services.audit import audit_record


@admin.register(OutboxEvent)
class OutboxEventAdmin(TrailAdmin):
    """Events; dead letters can be tried again."""

    list_display = ("created_at", "kind", "aggregate_id", "state", "attempts", "last_error")
    list_filter = (("dead_at", admin.EmptyFieldListFilter),)
    search_fields = ("aggregate_id__exact", "request_id__exact")
    ordering = ("-id",)
    kind_column, key_column = "aggregate_type", "aggregate_id"
    actions = ("try_again",)

    @admin.display(description="State")
    def state(self, event: OutboxEvent) -> str:
        """Return where the event is in its life."""
        if event.dead_at is not None:
            return "dead"
        return "dispatched" if event.dispatched_at is not None else "waiting"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether the user may put dead letters back."""
        return isinstance(request.user, User) and request.user.has_perm("core.retry_outboxevent")

    @admin.action(description="Try dead letters again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxEvent]) -> None:
        """Put the chosen dead letters back into the queue."""
        if not isinstance(request.user, User):
            return
        ids = list(queryset.values_list("event_id", flat=True))
        with transaction.atomic():
            count = retry_dead(event_ids=ids)
            audit_record(
                actor=Actor.of_user(request.user),
                action="outbox.dead_letters_retried",
                target=None,
                details={"count": count, "event_ids": [str(event_id) for event_id in ids]},
            )
        self.message_user(request, f"{count} events will be tried again.", messages.SUCCESS)
