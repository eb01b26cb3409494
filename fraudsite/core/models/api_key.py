"""What a program signs in with."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from fraudsite.core.choices import ApiScope
from fraudsite.core.models.user import User
from fraudsite.core.models.workspace import Workspace


class ApiKey(models.Model):
    """A key of a program that calls the API: in force -> expired | revoked, and never back.

    Its text is shown once, when it is made; only its hash is kept. The prefix is public: it names
    the key in lists, logs and history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="api_keys")
    created_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty if it was made on the command line.",
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=10)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40, choices=ApiScope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="core_apikey_prefix_is_unique"),
            models.CheckConstraint(
                condition=models.Q(prefix__regex=r"^[a-z0-9]{10}$"),
                name="core_apikey_prefix_has_its_form",
            ),
            # Also what keeps a key's text from ever being written there.
            models.CheckConstraint(
                condition=models.Q(("secret_hash__regex", r"^[0-9a-f]{64}$")),
                name="core_apikey_secret_is_hashed",
            ),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=ApiScope.values),
                name="core_apikey_scopes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0), name="core_apikey_has_a_scope"
            ),
            models.CheckConstraint(
                condition=~models.Q(name__regex=r"^\s*$"), name="core_apikey_has_a_name"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True)
                | models.Q(expires_at__gt=models.F("created_at")),
                name="core_apikey_expires_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_in_force(self, at: datetime) -> bool:
        """Whether the key opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
