from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.choices import Assignment
from cases.priority import SecondLookPolicy


class Queue(models.Model):
    """Where cases of one kind wait, and by which rules they are worked."""

    id = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=100)
    rank = models.PositiveSmallIntegerField(
        default=0, help_text="A case is drawn into the queue of the highest rank among its alerts"
    )
    assignment = models.CharField(max_length=12, choices=Assignment, default=Assignment.MANUAL)
    sla_minutes = models.PositiveIntegerField(default=1440, help_text="From opening to closing")
    warning_share = models.FloatField(
        default=0.75, help_text="Warn when this share of the time is used up, 0 to 1"
    )
    idle_minutes = models.PositiveIntegerField(
        default=30, help_text="A case that nobody touched for so long is released"
    )
    cooldown_minutes = models.PositiveIntegerField(
        default=1440, help_text="An alert of the same reason is noted on a case closed since then"
    )
    second_look_from_minor = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="In cents of the reference currency; empty: no limit"
    )
    second_look_sample = models.FloatField(default=0.0, help_text="Share of cases, 0 to 1")
    is_second_look_always = models.BooleanField(default=False)
    is_second_look_blind = models.BooleanField(default=False)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(warning_share__gt=0, warning_share__lte=1),
                name="cases_queue_warning_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(second_look_sample__gte=0, second_look_sample__lte=1),
                name="cases_queue_sample_is_a_share",
            ),
            models.CheckConstraint(
                condition=models.Q(sla_minutes__gte=1, idle_minutes__gte=1),
                name="cases_queue_times_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def second_look_policy(self) -> SecondLookPolicy:
        """When cases that open now take a second person."""
        return SecondLookPolicy(
            from_minor=self.second_look_from_minor,
            sample_share=self.second_look_sample,
            is_always=self.is_second_look_always,
            is_blind=self.is_second_look_blind,
        )


class QueueMember(models.Model):
    """An analyst who works a queue. A queue without members is everybody's."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queue_memberships"
    )
    is_available = models.BooleanField(default=True, help_text="Gets cases assigned")
    last_assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "user"], name="cases_member_once_per_queue")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.queue_id}"
