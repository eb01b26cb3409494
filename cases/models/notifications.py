"""Where news of cases goes, which news goes there, and what became of each message."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

from cases.choices import Severity
from cases.notifications.choices import TOLD, WAITING, ChannelKind, DeliveryState, NewsKind
from cases.notifications.quiet_hours import QuietHours
from cases.notifications.throttle import Throttle
from fraudsite.core.uuid7 import uuid7

S = DeliveryState
DEFAULT_LIMIT = 10
DEFAULT_WINDOW_MINUTES = 10


class NotificationChannel(models.Model):
    """A place that messages go to, switched on or off; its address is sealed and never shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=14, choices=ChannelKind)
    address_sealed = models.BinaryField(editable=False)
    address_hint = models.CharField("leads to", max_length=200, editable=False)
    max_messages = models.PositiveSmallIntegerField(
        "messages at most", default=DEFAULT_LIMIT, help_text="Whatever is more becomes one message"
    )
    window_minutes = models.PositiveSmallIntegerField(
        "within minutes", default=DEFAULT_WINDOW_MINUTES
    )
    quiet_from = models.TimeField(null=True, blank=True, help_text="Empty: day and night")
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="UTC", help_text="Such as Europe/Vienna")
    is_active = models.BooleanField("switched on", default=True)
    failures = models.PositiveIntegerField("failed in a row", default=0, editable=False)
    last_error = models.CharField(max_length=200, blank=True, editable=False)
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_messages__gte=1, window_minutes__gte=1),
                name="cases_channel_lets_something_through",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | (
                    models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_until"))
                ),
                name="cases_channel_quiet_hours_have_two_ends",
            ),
        ]
        permissions = [("test_notificationchannel", "Can send a test message over a channel")]

    def __str__(self) -> str:
        return self.name

    @property
    def context(self) -> str:
        """What binds the sealed address to this row."""
        return f"notification-channel:{self.id}:address"

    @property
    def is_personal(self) -> bool:
        """Whether it reaches the people whom news is about, at their own addresses."""
        return self.kind == ChannelKind.PERSONAL_EMAIL

    @property
    def throttle(self) -> Throttle:
        """How much it carries in a while."""
        return Throttle(self.max_messages, timedelta(minutes=self.window_minutes))

    @property
    def quiet_hours(self) -> QuietHours | None:
        """When it keeps still."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until, self.time_zone)


class NotificationRoute(models.Model):
    """Which news goes over a channel: of one kind, from one queue or any, this bad or worse."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(
        NotificationChannel, on_delete=models.CASCADE, related_name="routes"
    )
    queue = models.ForeignKey(
        "cases.Queue",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: any queue",
    )
    news = models.CharField(max_length=12, choices=NewsKind)
    min_severity = models.PositiveSmallIntegerField(
        "from severity", choices=Severity, default=Severity.LOW
    )
    is_urgent = models.BooleanField("urgent", default=False, help_text="Goes in quiet hours too")
    is_active = models.BooleanField("switched on", default=True)

    class Meta:
        ordering = ["news", "id"]
        verbose_name = "route"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "news", "queue", "min_severity"],
                name="cases_route_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_news_display()} → {self.channel}"


class NotificationDelivery(models.Model):
    """One piece of news on its way to one place; the rows are the delivery log.

    PENDING | HELD -> SENDING -> SENT | FAILED; FAILED -> SENDING again, or GIVEN_UP.

    HELD waits for quiet hours to end. Several that go in one message are SENDING together and end
    together; `merged_into` names the one whose words were told. A claim lasts until
    `claimed_until`: whoever claimed it and died before has not taken it along.

    This is no object of the product but a log of tries, so its state is a compare-and-swap of its
    own: a status change, an audit entry and an event for each try would tell nobody anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Of the outbox, whose rows are purged; None for a test message.
    event_id = models.UUIDField(null=True, editable=False)
    channel = models.ForeignKey(
        NotificationChannel, on_delete=models.CASCADE, related_name="deliveries"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    case = models.ForeignKey(
        "cases.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    news = models.CharField(max_length=12, choices=TOLD)
    queue_title = models.CharField(max_length=100, blank=True)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.LOW)
    priority = models.PositiveSmallIntegerField(default=0)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=S, default=S.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField("next try", help_text="When it is looked at next")
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "notification deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "channel", "recipient"],
                condition=models.Q(event_id__isnull=False),
                name="cases_delivery_once_per_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(state=S.SENT, sent_at__isnull=False)
                | (~models.Q(state=S.SENT) & models.Q(sent_at=None)),
                name="cases_delivery_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state=S.SENDING, claimed_until__isnull=False)
                | (~models.Q(state=S.SENDING) & models.Q(claimed_until=None)),
                name="cases_delivery_claim_has_an_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=WAITING),
                name="cases_delivery_due",
            ),
            models.Index(
                fields=["claimed_until"],
                condition=models.Q(state=S.SENDING),
                name="cases_delivery_claimed",
            ),
            models.Index(fields=["channel", "recipient", "sent_at"], name="cases_delivery_lane"),
            models.Index(fields=["-created_at", "-id"], name="cases_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_news_display()} over {self.channel_id}"
