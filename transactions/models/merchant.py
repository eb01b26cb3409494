from __future__ import annotations

from django.db import models

from transactions.choices import MerchantKind


class Merchant(models.Model):
    """The counterparty: a shop, a payee, the other account."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=12, choices=MerchantKind, default=MerchantKind.SHOP)
    mcc = models.PositiveSmallIntegerField(null=True, blank=True, help_text="ISO 18245")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                name="transactions_merchant_external_id_unique",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
