"""Which database this is, so that a folder of evidence can tell its own from another."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class InstallationManager(models.Manager["Installation"]):
    """Finds the one row there is."""

    def current(self) -> Installation:
        """Return this database's row; a migration makes it, an emptied database gets a new one."""
        installation, _ = self.get_or_create(is_current=True)
        return installation


class Installation(models.Model):
    """A random name for this database; another database, even an empty one, has another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Always true; with the two constraints, there is at most one row.
    is_current = models.BooleanField(default=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[InstallationManager] = InstallationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_current=True), name="core_installation_is_the_only_one"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
