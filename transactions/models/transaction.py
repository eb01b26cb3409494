from __future__ import annotations

from typing import ClassVar

from django.db import models

from fraudsite.core.transitions import TransitionTable
from fraudsite.core.uuid7 import uuid7
from transactions.choices import Channel, TransactionKind, TransactionStatus

S = TransactionStatus


class Transaction(models.Model):
    """One movement of money, as it was told to us.

    Born APPROVED | HELD | DECLINED by the decision made with it, or RECORDED when it is history
    that nobody judged here; HELD -> RELEASED | REFUSED by a person.

    `sequence` is the place at which it was applied to the feature state, drawn while the states'
    rows were locked: replaying transactions, labels and verification changes in this order gives
    the same state again. Empty: not applied yet.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.RECORDED: set(),
            S.APPROVED: set(),
            S.HELD: {S.RELEASED, S.REFUSED},
            S.DECLINED: set(),
            S.RELEASED: set(),
            S.REFUSED: set(),
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Keys without an index of their own lead one of the indexes below.
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    external_id = models.CharField(max_length=100)
    idempotency_key = models.CharField(max_length=270, null=True, blank=True)  # noqa: DJ001 - null is "none given", and not unique
    request_hash = models.CharField(max_length=64, blank=True)
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.PROTECT, db_index=False, related_name="transactions"
    )
    account = models.ForeignKey(
        "transactions.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
    )
    card = models.ForeignKey(
        "transactions.Card",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    merchant = models.ForeignKey(
        "transactions.Merchant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transactions",
    )
    kind = models.CharField(max_length=10, choices=TransactionKind)
    channel = models.CharField(max_length=6, choices=Channel, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    amount_reference_minor = models.BigIntegerField(
        null=True, blank=True, help_text="In cents of the reference currency; empty: no rate known"
    )
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    mcc = models.PositiveSmallIntegerField(null=True, blank=True, help_text="ISO 18245")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    device_reference = models.CharField(max_length=100, blank=True)
    device_fingerprint = models.CharField(max_length=64, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=S)
    sequence = models.BigIntegerField(null=True, blank=True, editable=False)
    occurred_at = models.DateTimeField()
    arrived_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                name="transactions_transaction_external_id_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "idempotency_key"],
                condition=models.Q(idempotency_key__isnull=False),
                name="transactions_transaction_idempotency_key_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0),
                name="transactions_transaction_amount_above_zero",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-occurred_at"], name="transactions_of_customer"),
            models.Index(
                fields=["sequence"],
                condition=models.Q(sequence__isnull=False),
                name="transactions_in_sequence",
            ),
            models.Index(
                fields=["workspace", "-id"],
                condition=models.Q(status="held"),
                name="transactions_held",
            ),
        ]
        permissions = [
            ("label_transaction", "Can say whether a transaction was fraud"),
            ("decide_transaction", "Can release or refuse a held transaction"),
        ]

    def __str__(self) -> str:
        return f"Transaction {self.reference}"

    @property
    def reference(self) -> str:
        """A short handle for people."""
        return str(self.id)[-8:]
