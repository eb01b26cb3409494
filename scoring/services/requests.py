"""What is asked to be scored, and what comes back."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

import msgspec

from fraudsite.core.insertion import row_new
from fraudsite.core.uuid7 import uuid7
from scoring.models import Decision
from transactions.incoming import CheckedTransaction
from transactions.models import Transaction
from transactions.money import ReferenceRates, reference_minor
from transactions.services.references import References


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """One transaction to be scored, whose every field was checked.

    `idempotency_key` is the caller's for this request, None for none.
    """

    checked: CheckedTransaction
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        """What tells the same request from another one under the same id."""
        told = msgspec.json.encode(self.checked.told, order="sorted")
        return hashlib.sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class ScoredTransaction:
    """A transaction and the decision on it; `is_replay` when both were there before."""

    transaction: Transaction
    decision: Decision
    is_replay: bool = False


def transaction_row(
    request: ScoreRequest,
    references: References,
    *,
    workspace_id: uuid.UUID,
    rates: ReferenceRates,
    arrived_at: datetime,
) -> Transaction:
    """Return the row of a transaction, not saved and without status and sequence."""
    checked, told = request.checked, request.checked.told
    row_id = uuid7()
    account = references.account
    columns = {
        "id": row_id,
        "workspace_id": workspace_id,
        "external_id": told.transaction_id or str(row_id),
        "idempotency_key": request.idempotency_key,
        "request_hash": request.fingerprint,
        "customer_id": references.customer_id,
        "account_id": account.id if account else None,
        "card_id": references.card_id,
        "merchant_id": references.merchant_id,
        "kind": told.kind,
        "channel": told.channel,
        "amount_minor": checked.money.minor,
        "currency": checked.money.currency,
        "amount_reference_minor": reference_minor(checked.money, rates),
        "country": told.country or "",
        "mcc": told.mcc,
        "latitude": told.latitude,
        "longitude": told.longitude,
        "device_reference": told.device_id or "",
        "device_fingerprint": told.device_fingerprint or "",
        "ip_address": checked.ip_address,
        "status": "",
        "sequence": None,
        "occurred_at": checked.occurred_at,
        "arrived_at": arrived_at,
    }
    return row_new(Transaction, columns, {})
