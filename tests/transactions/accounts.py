"""Customers with accounts, for tests of pages and payments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from fraudsite.core.models import User
from kyc.choices import VerificationStatus
from kyc.models import Customer, Verification
from kyc.services.customers import customer_of_user
from transactions.choices import TransactionStatus
from transactions.models import Account, Merchant, Transaction


def verified(user: User) -> Customer:
    """Return the user's customer with an approved verification."""
    customer = customer_of_user(user)
    Verification.objects.create(
        customer=customer, status=VerificationStatus.APPROVED, decided_at=timezone.now()
    )
    return customer


def account_of(customer: Customer, number: str = "10000001", **fields: Any) -> Account:
    """Open an account with 1,000.00 EUR."""
    told = {
        "currency": "EUR",
        "keeps_balance": True,
        "balance_minor": 100_000,
        "opened_at": timezone.now() - timedelta(days=200),
    }
    return Account.objects.create(
        workspace_id=customer.workspace_id,
        customer=customer,
        external_id=number,
        **(told | fields),
    )


def merchant_named(customer: Customer, name: str, **fields: Any) -> Merchant:
    """Return a counterparty of this name."""
    return Merchant.objects.get_or_create(
        workspace_id=customer.workspace_id,
        external_id=f"m-{name}",
        defaults={"name": name, **fields},
    )[0]


def moved(
    account: Account,
    name: str = "Corner Market",
    amount_minor: int = 1_250,
    *,
    at: datetime | None = None,
    **fields: Any,
) -> Transaction:
    """Record a movement on an account."""
    now = timezone.now()
    number = Transaction.objects.count()
    told = {"kind": "payment", "channel": "pos", "status": TransactionStatus.RECORDED}
    return Transaction.objects.create(
        workspace_id=account.workspace_id,
        external_id=f"t-{number}",
        customer_id=account.customer_id,
        account=account,
        merchant=merchant_named(account.customer, name),
        amount_minor=amount_minor,
        currency=account.currency,
        occurred_at=at or now,
        arrived_at=now,
        **(told | fields),
    )
