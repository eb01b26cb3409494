"""The history of everything that has a status."""

from __future__ import annotations

from django.db import models

from fraudsite.core.choices import ActorKind


class StatusChange(models.Model):
    """One move of one object from a status to another. Append-only by database trigger."""

    id = models.BigAutoField(primary_key=True)
    target_type = models.CharField(max_length=100)
    target_id = models.CharField(max_length=64)
    from_status = models.CharField(max_length=40)
    to_status = models.CharField(max_length=40)
    reason_code = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict, blank=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=100)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="core_status_target"),
        ]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}: {self.from_status} -> {self.to_status}"
