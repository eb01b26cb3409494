from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from fraudsite.core.transitions import TransitionTable
from scoring.choices import ModelStatus

S = ModelStatus


class ModelVersion(models.Model):
    """One trained model: a row here, a folder of native files in the registry.

    CANDIDATE -> SHADOW | CHAMPION | RETIRED; SHADOW -> CHAMPION | RETIRED;
    CHAMPION -> RETIRED; RETIRED -> CHAMPION (rollback). One champion a name, held by the database.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.CANDIDATE: {S.SHADOW, S.CHAMPION, S.RETIRED},
            S.SHADOW: {S.CHAMPION, S.RETIRED},
            S.CHAMPION: {S.RETIRED},
            S.RETIRED: {S.CHAMPION},
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40, default="payments")
    version = models.CharField(max_length=40)
    folder = models.CharField(max_length=120, help_text="Below the registry")
    manifest_sha256 = models.CharField(max_length=64)
    schema_hash = models.CharField(max_length=64)
    manifest = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False, help_text="Trained on generated data")
    status = models.CharField(max_length=10, choices=S, default=S.CANDIDATE)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], name="scoring_model_version_unique"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(status=S.CHAMPION),
                name="scoring_model_one_champion",
            ),
        ]
        permissions = [("promote_model", "Can make a model the champion, and roll back")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
