from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Customer(models.Model):
    """The person a verification is about, with or without a login of their own.

    What they declare about themselves is sealed under their own data key; destroying the key
    erases it everywhere at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customer",
    )
    data_key = models.OneToOneField("core.DataKey", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=100, blank=True)
    details_sealed = models.BinaryField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
                name="kyc_customer_external_id_unique",
            )
        ]

    def __str__(self) -> str:
        return f"Customer {self.reference}"

    @property
    def reference(self) -> str:
        """A short handle for people; says nothing about the person."""
        return str(self.id)[:8]
