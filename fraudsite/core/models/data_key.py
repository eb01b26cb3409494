"""The key under which one customer's evidence and fields are encrypted."""

from __future__ import annotations

import uuid

from django.db import models

from fraudsite.core.choices import DataKeyPurpose


class DataKey(models.Model):
    """A 256-bit key, stored wrapped by a master key: usable -> destroyed.

    Destroying it empties `wrapped_key`; the row stays, because files and fields name it, and what
    was sealed with it can never be read again. Backups made before hold it until they expire.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(
        max_length=20, choices=DataKeyPurpose, default=DataKeyPurpose.CUSTOMER
    )
    master_key_id = models.CharField(max_length=40)
    wrapped_key = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["master_key_id"], name="core_datakey_master_key"),
            # The few that are gone: every search for a face asks for them.
            models.Index(
                fields=["id"],
                condition=models.Q(destroyed_at__isnull=False),
                name="core_datakey_destroyed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped_key__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped_key__isnull=True, destroyed_at__isnull=False),
                name="core_datakey_destroyed_means_empty",
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=models.Q(destroyed_at__isnull=True)
                & ~models.Q(purpose=DataKeyPurpose.CUSTOMER),
                name="core_datakey_one_per_platform_use",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_destroyed(self) -> bool:
        """Whether the key is gone for good."""
        return self.destroyed_at is not None

    @property
    def context(self) -> str:
        """What binds the wrapped key to this row: it does not open in another one."""
        return f"data-key:{self.id}"
