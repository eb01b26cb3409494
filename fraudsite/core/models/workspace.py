"""Separates real customers from trial ones."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from fraudsite.core.choices import WorkspaceKind


class WorkspaceManager(models.Manager["Workspace"]):
    """Finds the two workspaces every installation has."""

    def live(self) -> Workspace:
        """Return the default workspace for real customers."""
        return self._default(WorkspaceKind.LIVE)

    def sandbox(self) -> Workspace:
        """Return the default workspace for trials."""
        return self._default(WorkspaceKind.SANDBOX)

    def _default(self, kind: WorkspaceKind) -> Workspace:
        # A migration makes both; making a missing one again keeps an emptied database usable.
        workspace, _ = self.get_or_create(kind=kind, is_default=True, defaults={"name": kind.label})
        return workspace


class Workspace(models.Model):
    """What customers, API keys and webhooks belong to; the sandbox never touches the live one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=WorkspaceKind)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[WorkspaceManager] = WorkspaceManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(is_default=True),
                name="core_workspace_one_default_per_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=WorkspaceKind.values),
                name="core_workspace_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
