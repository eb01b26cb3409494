"""Channels with their health and routes, and the log of what was delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from cases.admin.notification_forms import ChannelForm
from cases.models import NotificationChannel, NotificationDelivery, NotificationRoute
from cases.notifications.choices import WAITING, DeliveryState
from fraudsite.core.actors import Actor
from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from kyc.refusals import Refusal

HEALTH_COLOURS = {"Works": "success", "Failing": "danger", "Off": "warning", "Not used yet": "info"}
STATE_COLOURS = {
    DeliveryState.PENDING: "info",
    DeliveryState.HELD: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "warning",
    DeliveryState.GIVEN_UP: "danger",
}


def health_of(channel: NotificationChannel) -> str:
    """Return how a channel does, in two words."""
    if not channel.is_active:
        return "Off"
    if channel.failures:
        return "Failing"
    return "Works" if channel.last_sent_at else "Not used yet"


class RouteInline(TabularInline):
    """Which news goes over the channel."""

    model = NotificationRoute
    extra = 0
    fields = ("news", "queue", "min_severity", "is_urgent", "is_active")


@admin.register(NotificationChannel)
class NotificationChannelAdmin(ModelAdmin):
    """Switched off rather than deleted, since the log names it."""

    form = ChannelForm
    inlines = (RouteInline,)
    list_display = (
        "name", "kind", "address_hint", "health", "last_error", "last_sent_at", "last_failed_at",
    )  # fmt: skip
    list_filter = ("kind", "is_active")
    ordering = ("name",)
    show_full_result_count = False
    readonly_fields = ("address_hint", "health", "failures", "last_error", "last_sent_at")
    actions_detail = ("send_test",)
    fieldsets = (
        (None, {"fields": ("name", "kind", "address", "secret", "is_active")}),
        ("Limit", {"fields": ("max_messages", "window_minutes")}),
        ("Quiet hours", {"fields": ("quiet_from", "quiet_until", "time_zone")}),
    )
    health_fieldset = (
        "Health",
        {"fields": ("address_hint", "health", "failures", "last_error", "last_sent_at")},
    )

    @display(description="Health", label=HEALTH_COLOURS)
    def health(self, channel: NotificationChannel) -> str:
        """Return how it does."""
        return health_of(channel)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the health of a channel that is there; hide what only a form asks for."""
        if obj is None:
            return self.fieldsets
        if self.has_change_permission(request, obj):
            return (*self.fieldsets, self.health_fieldset)
        seen = ("name", "kind", "is_active")
        return ((None, {"fields": seen}), *self.fieldsets[1:], self.health_fieldset)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the medium: another one is another channel."""
        return self.readonly_fields if obj is None else ("kind", *self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a channel."""
        return False

    def has_send_test_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user may send test messages."""
        user = request.user
        return isinstance(user, User) and user.has_perm("cases.test_notificationchannel")

    def save_model(
        self,
        request: HttpRequest,
        obj: NotificationChannel,
        form: ChannelForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Hand what was entered to the service."""
        # It loads what sends, which no process needs that never shows this page.
        from cases.services import notification_channels as service  # noqa: PLC0415

        given = dict(form.cleaned_data)
        address = service.NewAddress(given.pop("address"), given.pop("secret"))
        kind, actor = given.pop("kind", obj.kind), _actor(request)
        if change:
            new = address if form.is_new_address else None
            service.channel_change(channel=obj, actor=actor, address=new, **given)
            return
        made = service.channel_create(kind=kind, address=address, actor=actor, **given)
        # The page goes on with its own instance: it links to it and saves its routes.
        obj.__dict__.update(made.__dict__)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save the routes, and note who changed them."""
        with transaction.atomic():
            formset.save()
            touched = [
                *formset.new_objects,
                *(one for one, _ in formset.changed_objects),
                *formset.deleted_objects,
            ]
            if touched:
                audit_record(
                    actor=_actor(request),
                    action="notification_channel.routes_changed",
                    target=form.instance,
                    details={"routes": form.instance.routes.count(), "touched": len(touched)},
                )

    @action(description="Send a test message", permissions=["send_test"])
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and after the answer send one message at once."""
        channel = self.get_object(request, object_id)
        if channel is None or not isinstance(request.user, User):
            raise Http404
        if request.method != "POST":
            return self._page(request, channel)
        self._try(request, channel, request.user)
        return redirect("admin:cases_notificationchannel_change", channel.pk)

    def _try(self, request: HttpRequest, channel: NotificationChannel, user: User) -> None:
        from cases.services import notification_channels as service  # noqa: PLC0415 - as above

        try:
            outcome = service.channel_test(
                channel=channel, actor=Actor.of_user(user), own_address=user.email
            )
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return
        if outcome.is_sent:
            self.message_user(request, f"{channel} took the message.", messages.SUCCESS)
        else:
            self.message_user(request, f"Not sent. {outcome.sentence}", messages.ERROR)

    def _page(self, request: HttpRequest, channel: NotificationChannel) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Test {channel}",
            "channel": channel,
            "kind": channel.get_kind_display(),
        }
        return TemplateResponse(request, "admin/cases/notificationchannel/test.html", context)


@admin.register(NotificationDelivery)
class NotificationDeliveryAdmin(ReadOnlyAdmin):
    """What was told, where, when, and why not."""

    list_display = (
        "created_at", "news", "case", "channel", "recipient", "shown_state", "tries", "outcome",
    )  # fmt: skip
    list_filter = ("state", "news", "channel")
    list_select_related = ("channel", "recipient", "case")
    ordering = ("-created_at", "-id")
    fields = (
        "news", "case", "channel", "recipient", "queue_title", "severity", "priority", "is_urgent",
        "shown_state", "tries", "last_error", "merged_into", "created_at", "due_at", "sent_at",
    )  # fmt: skip
    readonly_fields = ("shown_state",)
    actions = ("send_again",)

    @display(description="State", ordering="state", label=STATE_COLOURS)
    def shown_state(self, delivery: NotificationDelivery) -> tuple[str, str]:
        """Return where it stands."""
        return delivery.state, delivery.get_state_display()

    @display(description="Outcome")
    def outcome(self, delivery: NotificationDelivery) -> str:
        """Return when it arrived, or what is wrong and when it is tried next."""
        if delivery.sent_at is not None:
            return _clock(delivery.sent_at)
        if delivery.state in WAITING:
            return f"{delivery.last_error} Next: {_clock(delivery.due_at)}".strip()
        return delivery.last_error

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Whether the user may put back what was given up."""
        user = request.user
        return isinstance(user, User) and user.has_perm("cases.change_notificationdelivery")

    @admin.action(description="Send again what was given up", permissions=["send_again"])
    def send_again(self, request: HttpRequest, rows: QuerySet[NotificationDelivery]) -> None:
        """Let the chosen ones be tried from the start."""
        from cases.services.notifications import deliveries_send_again  # noqa: PLC0415 - tasks

        count = deliveries_send_again(
            ids=list(rows.values_list("pk", flat=True)), actor=_actor(request)
        )
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, f"{count} will be tried again.", level)


def _clock(at: datetime) -> str:
    return f"{at:%-d %b, %H:%M:%S} UTC"


def _actor(request: HttpRequest) -> Actor:
    if not isinstance(request.user, User):
        raise Http404
    return Actor.of_user(request.user)
