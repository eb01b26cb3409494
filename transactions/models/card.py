from __future__ import annotations

from django.db import models


class Card(models.Model):
    """A card, known by the token its processor gave it. No card number is ever stored."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("kyc.Customer", on_delete=models.PROTECT, related_name="cards")
    token = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token"], name="transactions_card_token_unique"
            )
        ]

    def __str__(self) -> str:
        return f"Card {self.pk}"
