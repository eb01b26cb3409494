from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedFilter(models.Model):
    """A question somebody asks the list of cases again and again, by a name of their own."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=200, blank=True, help_text="As in the list's address")

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="cases_filter_once_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class WorkplaceSettings(models.Model):
    """How somebody likes to work; who never chose has no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    has_single_keys = models.BooleanField(default=True)
    takes_next_by_itself = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Settings of {self.user_id}"
