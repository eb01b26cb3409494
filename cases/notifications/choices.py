"""The closed sets of words of notifications."""

from __future__ import annotations

from django.db import models


class NewsKind(models.TextChoices):
    """What is told about a case."""

    OPENED = "opened", "New case"
    REOPENED = "reopened", "Opened again"
    ASSIGNED = "assigned", "Assigned"
    MENTIONED = "mentioned", "Mentioned in a note"
    ESCALATED = "escalated", "Escalated"
    SLA_WARNED = "sla_warned", "Time is running out"
    SLA_BREACHED = "sla_breached", "Time is over"


# What no route names: somebody asked whether a channel works.
TEST = "test"
TOLD = [*NewsKind.choices, (TEST, "Test message")]


class ChannelKind(models.TextChoices):
    """The media a message travels by."""

    EMAIL = "email", "E-mail to fixed addresses"
    PERSONAL_EMAIL = "personal_email", "E-mail to the person concerned"
    SLACK = "slack", "Slack"
    SMS = "sms", "Text message (Twilio)"
    PAGERDUTY = "pagerduty", "PagerDuty"
    WEBHOOK = "webhook", "Webhook"


class DeliveryState(models.TextChoices):
    """Where a delivery stands; see `NotificationDelivery` for how it moves."""

    PENDING = "pending", "Waits"
    HELD = "held", "Held"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    GIVEN_UP = "given_up", "Given up"


WAITING = (DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.FAILED)
