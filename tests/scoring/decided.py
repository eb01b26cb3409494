"""Transactions that were decided, as rows: what staff pages show and backtests read."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from fraudsite.core.models import User, Workspace
from fraudsite.core.services.data_keys import data_key_create
from kyc.models import Customer
from scoring.choices import DecisionOutcome, RiskLevel
from scoring.features import SCHEMA
from scoring.models import Decision
from transactions.choices import TransactionStatus
from transactions.models import Account, Merchant, Transaction

NOW = datetime.now(UTC)
# Several processes write into one site in the browser tests: each with numbers of its own.
_numbers = itertools.count(os.getpid() * 100_000)

STATUS_OF = {
    DecisionOutcome.APPROVE: TransactionStatus.APPROVED,
    DecisionOutcome.REVIEW: TransactionStatus.HELD,
    DecisionOutcome.BLOCK_AND_REVIEW: TransactionStatus.HELD,
    DecisionOutcome.DECLINE: TransactionStatus.DECLINED,
}


def a_customer(external_id: str = "", user: User | None = None) -> Customer:
    return Customer.objects.create(
        workspace=Workspace.objects.live(),
        external_id=external_id,
        user=user,
        data_key=data_key_create(),
    )


def a_transaction(customer: Customer, **fields: Any) -> Transaction:
    """Return a recorded payment of 120 euros in a shop, with what is given instead."""
    workspace = Workspace.objects.live()
    merchant, _ = Merchant.objects.get_or_create(
        workspace=workspace, external_id="shop-1", defaults={"name": "Corner Shop"}
    )
    cents = fields.get("amount_minor", 120_00)
    defaults = {
        "external_id": f"order-{next(_numbers)}",
        "merchant": merchant,
        "kind": "payment",
        "channel": "web",
        "amount_minor": cents,
        "amount_reference_minor": cents,
        "currency": "EUR",
        "status": TransactionStatus.RECORDED,
        "occurred_at": NOW - timedelta(hours=1),
        "arrived_at": NOW - timedelta(hours=1),
    }
    return Transaction.objects.create(
        workspace=workspace, customer=customer, **{**defaults, **fields}
    )


def an_account(customer: Customer, balance_minor: int = 0) -> Account:
    return Account.objects.create(
        workspace=Workspace.objects.live(),
        customer=customer,
        external_id=f"account-{next(_numbers)}",
        currency="EUR",
        keeps_balance=True,
        balance_minor=balance_minor,
        opened_at=NOW - timedelta(days=400),
    )


def packed(**values: float) -> bytes:
    """Return a vector in which only the features given are known."""
    vector = np.full(len(SCHEMA), np.nan, dtype="<f4")
    for name, value in values.items():
        vector[SCHEMA.index(name)] = value
    return vector.tobytes()


def decide(
    row: Transaction,
    outcome: DecisionOutcome = DecisionOutcome.REVIEW,
    *,
    features: bytes | None = None,
    **fields: Any,
) -> Decision:
    """Return the decision that a transaction was born with."""
    row.status = STATUS_OF[outcome]
    row.save(update_fields=["status"])
    defaults = {
        "outcome": outcome,
        "shadow_outcome": outcome,
        "risk_level": RiskLevel.HIGH,
        "score": 0.83,
        "is_fraud": True,
        "causes": [{"code": "score_review", "text": "The score asks for a person."}],
        "features": packed(amount_eur=120.0) if features is None else features,
        "schema_hash": SCHEMA.hash,
        "policy_version": "policy-1",
        "processing_time_us": 1500,
        "decided_at": NOW,
    }
    return Decision.objects.create(transaction=row, **{**defaults, **fields})
