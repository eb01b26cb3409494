from __future__ import annotations

from django.conf import settings
from django.db import models

from fraudsite.core.uuid7 import uuid7


class Attachment(models.Model):
    """A file somebody put to a case; encrypted as evidence is, with the hash of what came in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="attachments")
    file = models.OneToOneField("core.EncryptedFile", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name_sealed = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, help_text="Of the bytes before encryption")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], name="cases_attachment_once")
        ]

    def __str__(self) -> str:
        return f"Attachment of {self.case_id}"

    @property
    def context(self) -> str:
        """What binds the sealed name to this row."""
        return f"attachment:{self.id}:name"
