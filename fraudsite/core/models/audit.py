"""Who did what, and the chain that shows that nobody rewrote it."""

from __future__ import annotations

from django.db import models

from fraudsite.core.choices import ActorKind


class AuditSeal(models.Model):
    """One link of the hash chain over a batch of audit entries. Append-only by database trigger."""

    number = models.BigIntegerField(primary_key=True)
    entries_count = models.PositiveIntegerField()
    previous_hash = models.BinaryField()
    head_hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="core_auditseal_number_from_one"
            ),
            models.UniqueConstraint(
                fields=["previous_hash"], name="core_auditseal_chain_does_not_fork"
            ),
        ]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class AuditEntry(models.Model):
    """One action, written in the transaction of the change: unsealed -> sealed.

    Append-only by database trigger; the only update allowed sets `seal` once. It carries ids and
    codes, never personal data, so that it may outlive an erased customer.
    """

    id = models.BigAutoField(primary_key=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    target_type = models.CharField(max_length=100, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    seal = models.ForeignKey(
        AuditSeal, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="core_audit_target"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="core_audit_actor"),
            models.Index(
                fields=["id"], condition=models.Q(seal__isnull=True), name="core_audit_unsealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}".strip()
