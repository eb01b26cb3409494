from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from fraudsite.core.transitions import TransitionTable
from kyc.choices_screening import HitReason, HitSource, HitStatus

S = HitStatus


class ScreeningHit(models.Model):
    """A customer who may be the person of one list entry: OPEN -> FALSE_POSITIVE | CONFIRMED.

    Kept for good, so that a false positive is not raised a second time, unless more of it agrees
    than when it was told apart: FALSE_POSITIVE -> OPEN. An entry that changes is another row, and
    may be raised anew. What agreed is sealed under the customer's data key.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.OPEN: {S.FALSE_POSITIVE, S.CONFIRMED},
            S.FALSE_POSITIVE: {S.CONFIRMED, S.OPEN},
            S.CONFIRMED: {S.FALSE_POSITIVE},
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, related_name="screening_hits"
    )
    entry = models.ForeignKey(
        "kyc.WatchlistEntry", on_delete=models.PROTECT, related_name="screening_hits"
    )
    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.CASCADE, related_name="screening_hits"
    )
    source = models.CharField(max_length=12, choices=HitSource)
    score = models.FloatField(help_text="0–1, of names, birth and country together")
    features_sealed = models.BinaryField(editable=False)
    status = models.CharField(max_length=14, choices=S, default=S.OPEN, db_index=True)
    reason = models.CharField(max_length=40, choices=HitReason, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    found_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "entry"], name="kyc_screening_hit_once_per_entry"
            )
        ]

    def __str__(self) -> str:
        return f"Hit {self.reference}"

    @property
    def reference(self) -> str:
        """Return a short handle for people."""
        return str(self.id)[:8]


class Rescreening(models.Model):
    """The approved customers against what one version of a list brought: begun -> finished.

    Goes through customers in the order of their ids; `next_after` is the last one looked at, so
    that whatever stops it, the next run goes on from there. Whoever could not be compared is kept
    in `unsearched` and tried again, finished or not.
    """

    version = models.OneToOneField(
        "kyc.WatchlistVersion", on_delete=models.PROTECT, related_name="rescreening"
    )
    is_whole_list = models.BooleanField(
        default=False, help_text="The list was brought back: not only what is new on it counts"
    )
    next_after = models.UUIDField(null=True, blank=True)
    unsearched = ArrayField(
        models.UUIDField(), default=list, blank=True, help_text="Customers who are tried again"
    )
    customers_count = models.PositiveIntegerField(default=0)
    hits_count = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Rescreening for {self.version_id}"
