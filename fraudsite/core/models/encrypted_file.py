"""A file of evidence on disk, encrypted under a data key."""

from __future__ import annotations

import uuid

from django.db import models

from fraudsite.core.models.data_key import DataKey


class EncryptedFile(models.Model):
    """What is known of a stored file without opening it: stored -> deleted.

    Its place below EVIDENCE_ROOT follows from the id. A deleted file keeps its row, so that what
    refers to it can say that there was one; the bytes are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="files")
    media_type = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40)
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def is_deleted(self) -> bool:
        """Whether the bytes are gone."""
        return self.deleted_at is not None

    @property
    def context(self) -> str:
        """What binds the sealed bytes to this row: they do not open under another one."""
        return f"file:{self.id}"
