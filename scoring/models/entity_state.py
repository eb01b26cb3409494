from __future__ import annotations

from django.db import models


class EntityState(models.Model):
    """What the features remember of one customer, merchant, device, address or card.

    `blob` is `scoring.features`' packed state, versioned by its own header. The row is locked
    while a transaction that names the entity is scored, and written with the decision; see
    `scoring.feature_store`. `manage.py rebuild_features` makes the table anew from the records.
    """

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.SmallIntegerField(help_text="scoring.features.EntityKind")
    key = models.BigIntegerField(help_text="scoring.features.entity_key, as a signed number")
    blob = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"State {self.kind}:{self.key}"
