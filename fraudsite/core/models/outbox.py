"""News for other apps, written with the change it tells of."""

from __future__ import annotations

import uuid

from django.db import models


class OutboxEvent(models.Model):
    """One piece of news: waiting -> dispatched | dead.

    Order holds per aggregate only: an event waits until every earlier one of its aggregate is
    dispatched or dead. It carries ids, never personal data.
    """

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=100)
    aggregate_type = models.CharField(max_length=100)
    aggregate_id = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["aggregate_type", "aggregate_id", "id"],
                condition=models.Q(dispatched_at__isnull=True, dead_at__isnull=True),
                name="core_outbox_waiting_by_agg",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(dispatched_at__isnull=True, dead_at__isnull=True),
                name="core_outbox_waiting",
            ),
            models.Index(
                fields=["dispatched_at"],
                condition=models.Q(dispatched_at__isnull=False),
                name="core_outbox_dispatched",
            ),
            models.Index(
                fields=["dead_at"],
                condition=models.Q(dead_at__isnull=False),
                name="core_outbox_dead",
            ),
            # What `/api/v1/events/` serves, newest first: few among the news of payments. A kind,
            # the beginning of one and a time are looked up in the index itself.
            models.Index(
                fields=["id", "kind", "created_at"],
                opclasses=["int8_ops", "varchar_pattern_ops", "timestamptz_ops"],
                condition=models.Q(aggregate_type__in=("cases.case", "cases.casedecision")),
                name="core_outbox_case_news",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dispatched_at__isnull=True) | models.Q(dead_at__isnull=True),
                name="core_outbox_not_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.aggregate_id}"


class ConsumedEvent(models.Model):
    """That a consumer has handled an event; written with the consumer's own changes."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="consumptions")
    consumer = models.CharField(max_length=100)
    consumed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "consumer"], name="core_consumedevent_once_per_consumer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
