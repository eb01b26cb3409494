from __future__ import annotations

from django.db import models

from transactions.choices import LabelSource


class Label(models.Model):
    """What a transaction turned out to be, who said so and when that became known.

    Rows are added, never changed; the one known last counts. `sequence` is the place at which
    it was applied to the feature state, see `Transaction`; empty: not applied yet.
    """

    transaction = models.ForeignKey(
        "transactions.Transaction", on_delete=models.CASCADE, db_index=False, related_name="labels"
    )
    is_fraud = models.BooleanField()
    source = models.CharField(max_length=10, choices=LabelSource)
    reason_code = models.CharField(max_length=40, blank=True)
    actor_kind = models.CharField(max_length=10, blank=True)
    actor_id = models.CharField(max_length=64, blank=True)
    sequence = models.BigIntegerField(null=True, blank=True, editable=False)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["transaction", "-known_at", "-id"], name="transactions_label_newest"
            ),
            models.Index(
                fields=["sequence"],
                condition=models.Q(sequence__isnull=False),
                name="transactions_label_in_sequence",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(sequence__isnull=True),
                name="transactions_label_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{'fraud' if self.is_fraud else 'honest'}, {self.source}"
