from __future__ import annotations

from django.db import models

from cases.choices import LinkKind


class CustomerLink(models.Model):
    """That a customer used something that others may use too, and when.

    Gathered from what was recorded, so that a case finds related customers by two index look-ups
    whatever the number of payments. A document's key is a keyed hash of its number.
    """

    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=LinkKind)
    key = models.CharField(max_length=140, help_text="Begins with the workspace")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "customer"], name="cases_link_once")
        ]
        indexes = [
            models.Index(fields=["customer", "-last_seen_at"], name="cases_link_of_customer")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
