from __future__ import annotations

from django.conf import settings
from django.db import models

from fraudsite.core.uuid7 import uuid7
from scoring.choices import ListKind, ListSubject


class EntityList(models.Model):
    """A block or allow list. Past its `valid_until` it sends what it would decide to review."""

    id = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=5, choices=ListKind)
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class ListEntry(models.Model):
    """One entity on a list, by the key that the features use: no id is kept in clear."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entity_list = models.ForeignKey(EntityList, on_delete=models.CASCADE, related_name="entries")
    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=8, choices=ListSubject)
    key = models.BigIntegerField(help_text="scoring.features.entity_key, as a signed number")
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "list entries"
        constraints = [
            models.UniqueConstraint(
                fields=["entity_list", "subject", "key"], name="scoring_list_entry_once"
            )
        ]
        indexes = [models.Index(fields=["subject", "key"], name="scoring_list_entry_key")]

    def __str__(self) -> str:
        return f"{self.subject} on {self.entity_list_id}"
