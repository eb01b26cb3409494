from __future__ import annotations

from django.conf import settings
from django.db import models

from fraudsite.core.uuid7 import uuid7


class Note(models.Model):
    """What somebody wrote about a case; sealed, because people write names. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mentioned = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="mentions"
    )
    text_sealed = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Note on {self.case_id}"

    @property
    def context(self) -> str:
        """What binds the sealed text to this row."""
        return f"note:{self.id}:text"
