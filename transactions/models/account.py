from __future__ import annotations

from django.db import models

from fraudsite.core.uuid7 import uuid7
from transactions.choices import AccountKind


class Account(models.Model):
    """A customer's account.

    Where balances are kept here, `balance_minor` is what they may spend: held amounts are out of
    it. An account that an integrator named keeps its balance with them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("kyc.Customer", on_delete=models.PROTECT, related_name="accounts")
    external_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=AccountKind, default=AccountKind.CURRENT)
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    keeps_balance = models.BooleanField(default=False)
    balance_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"], name="transactions_account_external_id_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.id)[-6:]}"
