"""The demonstration's accounts: balances, and four months of history, for its customers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.models import Customer
from kyc.services.customers import customer_of_user
from kyc.services.demo_logins import DEMO_CASES, DEMO_LOGINS
from transactions.choices import AccountKind, MerchantKind, TransactionKind, TransactionStatus
from transactions.models import Account, Merchant, Transaction
from transactions.services.demo_history import CURRENT, DemoMove, DemoParty, demo_history

CURRENCY = "EUR"
COUNTRY = "DE"
ACCOUNT_AGE = timedelta(days=430)
OPENING_MINOR = {AccountKind.CURRENT: 120_000, AccountKind.SAVINGS: 450_000}
# RFC 5737: addresses that belong to nobody.
ADDRESS_PREFIX = "203.0.113."


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """Whose accounts are made, from which seed, under which numbers."""

    email: str
    seed: int
    number: int

    @property
    def current_number(self) -> str:
        """The number of the current account: eight digits, so that it is no card number."""
        return str(self.number)

    @property
    def savings_number(self) -> str:
        """The number of the savings account."""
        return str(self.number + 7)


@dataclass(frozen=True, slots=True)
class DemoMade:
    """What was made for one customer."""

    email: str
    accounts: int
    transactions: int


# Those who are verified and those who are not: the latter may look, but not pay.
DEMO_ACCOUNTS = tuple(
    DemoAccounts(email, seed, 10_027_431 + 1_000 * seed)
    for seed, email in enumerate(
        [
            *(login.email for login in DEMO_LOGINS if login.role == Role.CUSTOMER),
            *(case.email for case in DEMO_CASES),
        ]
    )
)


def payments_demo_load(*, report: Callable[[str], None]) -> list[DemoMade]:
    """Make the accounts that are missing; a second run makes nothing."""
    made = []
    for plan in DEMO_ACCOUNTS:
        user = User.objects.filter(email=plan.email).first()
        if user is None:
            report(f"{plan.email} is not there; `manage.py load_demo` makes the demo customers")
            continue
        new = accounts_make(customer_of_user(user), plan, now=timezone.now())
        if new is not None:
            made.append(new)
    return made


def accounts_make(customer: Customer, plan: DemoAccounts, *, now: datetime) -> DemoMade | None:
    """Make a customer's two accounts and their history, or nothing if they are there."""
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        if Account.objects.filter(customer=customer, external_id=plan.current_number).exists():
            return None
        current = _account(customer, AccountKind.CURRENT, plan.current_number, now)
        savings = _account(customer, AccountKind.SAVINGS, plan.savings_number, now)
        moves = demo_history(np.random.default_rng(plan.seed), until=now)
        merchants = _merchants(customer, plan, [CURRENT, *(move.party for move in moves)])
        rows = _rows(current, savings, moves, merchants, plan, now)
        for account in (current, savings):
            account.balance_minor = OPENING_MINOR[AccountKind(account.kind)] + _sum(account, rows)
            account.save(force_insert=True)
        Transaction.objects.bulk_create(rows)
    return DemoMade(plan.email, accounts=2, transactions=len(rows))


def _account(customer: Customer, kind: AccountKind, number: str, now: datetime) -> Account:
    return Account(
        workspace_id=customer.workspace_id,
        customer=customer,
        external_id=number,
        kind=kind,
        currency=CURRENCY,
        keeps_balance=True,
        opened_at=now - ACCOUNT_AGE,
    )


def _merchants(
    customer: Customer, plan: DemoAccounts, parties: Sequence[DemoParty]
) -> dict[str, Merchant]:
    """Return the counterparties by their keys; those of several customers are the same rows."""
    wanted = {party.key: _merchant(customer, plan, party) for party in parties}
    Merchant.objects.bulk_create(wanted.values(), ignore_conflicts=True)
    there = Merchant.objects.filter(
        workspace_id=customer.workspace_id,
        external_id__in=[one.external_id for one in wanted.values()],
    )
    by_id = {merchant.external_id: merchant for merchant in there}
    return {key: by_id[one.external_id] for key, one in wanted.items()}


def _merchant(customer: Customer, plan: DemoAccounts, party: DemoParty) -> Merchant:
    kind = MerchantKind.SHOP if party.mcc else MerchantKind.PAYEE
    # Own accounts are the customer's alone, all others everybody's.
    scope = f"{plan.number}-" if party.is_own_account else ""
    return Merchant(
        workspace_id=customer.workspace_id,
        external_id=f"demo-{scope}{party.key}",
        name=party.name,
        kind=MerchantKind.OWN_ACCOUNT if party.is_own_account else kind,
        mcc=party.mcc,
        country=COUNTRY,
    )


def _rows(
    current: Account,
    savings: Account,
    moves: Sequence[DemoMove],
    merchants: dict[str, Merchant],
    plan: DemoAccounts,
    now: datetime,
) -> list[Transaction]:
    rows = []
    for number, move in enumerate(moves):
        merchant = merchants[move.party.key]
        rows.append(_row(current, merchant, move, move.kind, f"{plan.number}-{number}", plan, now))
        if move.party.is_own_account:
            told = f"{plan.number}-{number}-saved"
            kind = TransactionKind.DEPOSIT
            rows.append(_row(savings, merchants[CURRENT.key], move, kind, told, plan, now))
    return rows


def _row(
    account: Account,
    merchant: Merchant,
    move: DemoMove,
    kind: str,
    told: str,
    plan: DemoAccounts,
    now: datetime,
) -> Transaction:
    # Only what a person orders comes from a device.
    is_ordered = move.channel in {"web", "mobile"}
    return Transaction(
        workspace_id=account.workspace_id,
        external_id=f"demo-{told}",
        customer_id=account.customer_id,
        account=account,
        merchant=merchant,
        kind=kind,
        channel=move.channel,
        amount_minor=move.amount_minor,
        currency=CURRENCY,
        amount_reference_minor=move.amount_minor,
        country=COUNTRY,
        mcc=merchant.mcc,
        device_reference=f"demo-device-{plan.seed}" if is_ordered else "",
        ip_address=f"{ADDRESS_PREFIX}{plan.seed + 10}" if is_ordered else None,
        status=TransactionStatus.RECORDED,
        occurred_at=move.occurred_at,
        arrived_at=now,
    )


def _sum(account: Account, rows: Sequence[Transaction]) -> int:
    """Return what an account gained, less what left it."""
    return sum(
        row.amount_minor if TransactionKind(row.kind).is_incoming else -row.amount_minor
        for row in rows
        if row.account_id == account.pk
    )
