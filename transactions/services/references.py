"""From the ids that callers use to the rows behind them; what is new is made on first sight.

Rows never change their ids, so each process remembers those it has seen: a transaction between
known parties asks the database nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import models

from fraudsite.core.actors import Actor
from kyc.services.customers import customers_ensure
from transactions.incoming import CheckedTransaction, IncomingRefused, IncomingTransaction
from transactions.models import Account, Card, Merchant

# Of each kind; at some 200 bytes each a process spends less than 100 MB on all four.
MAX_REMEMBERED = 100_000

Row = TypeVar("Row")
Memory = dict[tuple[uuid.UUID, str], Row]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What of an account never changes."""

    id: uuid.UUID
    customer_id: uuid.UUID
    currency: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class References:
    """The rows a transaction names."""

    customer_id: uuid.UUID
    account: KnownAccount | None
    card_id: int | None
    merchant_id: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows behind what a few transactions name, by the callers' ids."""

    customers: dict[str, uuid.UUID]
    accounts: dict[str, KnownAccount]
    cards: dict[str, int]
    merchants: dict[str, int]


_customers: Memory[uuid.UUID] = {}
_accounts: Memory[KnownAccount] = {}
_cards: Memory[int] = {}
_merchants: Memory[int] = {}


def references_resolve(
    *, workspace_id: uuid.UUID, transactions: Sequence[CheckedTransaction], actor: Actor
) -> list[References | IncomingRefused]:
    """Return what each transaction names, or why it cannot be taken.

    An account that belongs to another customer is refused.
    """
    told = [checked.told for checked in transactions]
    known = partial(_known, workspace_id)
    customers = known(_customers, (one.user_id for one in told), _customers_of(actor))
    merchants = known(_merchants, (one.merchant_id for one in told), _merchants_of(transactions))
    find_accounts = _accounts_of(transactions, customers)
    accounts = known(_accounts, (one.account_id for one in told), find_accounts)
    cards = known(_cards, (one.card_token for one in told), _cards_of(transactions, customers))
    found = _Found(customers, accounts, cards, merchants)
    return [_references(found, checked.told) for checked in transactions]


def references_forget() -> None:
    """Forget what was seen: a row that a transaction pointed to was found gone."""
    for memory in (_customers, _accounts, _cards, _merchants):
        memory.clear()


def _references(found: _Found, told: IncomingTransaction) -> References | IncomingRefused:
    customer_id = found.customers[told.user_id]
    account = found.accounts[told.account_id] if told.account_id else None
    if account is not None and account.customer_id != customer_id:
        sentence = "`account_id` belongs to another customer than `user_id`."
        return IncomingRefused("account_of_another_customer", sentence, "account_id")
    return References(
        customer_id=customer_id,
        account=account,
        card_id=found.cards[told.card_token] if told.card_token else None,
        merchant_id=found.merchants[told.merchant_id] if told.merchant_id else None,
    )


def _known(
    workspace_id: uuid.UUID,
    memory: Memory[Row],
    ids: Iterable[str | None],
    find: Callable[[uuid.UUID, list[str]], dict[str, Row]],
) -> dict[str, Row]:
    """Return the row of each id; what this process has not seen yet is looked up, or made.

    Nothing is read from the memory a second time: another thread may have emptied it by then.
    """
    wanted = {one for one in ids if one is not None}
    seen = {one: memory.get((workspace_id, one)) for one in wanted}
    known = {one: row for one, row in seen.items() if row is not None}
    unseen = sorted(wanted - known.keys())
    if not unseen:
        return known
    found = find(workspace_id, unseen)
    if len(memory) + len(found) > MAX_REMEMBERED:
        memory.clear()
    memory.update({(workspace_id, external_id): row for external_id, row in found.items()})
    return known | found


Find = Callable[[uuid.UUID, list[str]], dict[str, Row]]


def _customers_of(actor: Actor) -> Find[uuid.UUID]:
    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, uuid.UUID]:
        return customers_ensure(workspace_id=workspace_id, external_ids=external_ids, actor=actor)

    return find


def _merchants_of(transactions: Sequence[CheckedTransaction]) -> Find[int]:
    first = {one.told.merchant_id: one.told for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, int]:
        def read(ids: list[str]) -> dict[str, int]:
            known = Merchant.objects.filter(workspace_id=workspace_id, external_id__in=ids)
            return dict(known.values_list("external_id", "pk"))

        def make(external_id: str) -> Merchant:
            told = first[external_id]
            return Merchant(
                workspace_id=workspace_id,
                external_id=external_id,
                mcc=told.mcc,
                country=told.country or "",
            )

        return _found_or_made(Merchant, external_ids, read, make)

    return find


def _accounts_of(
    transactions: Sequence[CheckedTransaction], customers: dict[str, uuid.UUID]
) -> Find[KnownAccount]:
    first = {one.told.account_id: one for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, KnownAccount]:
        def read(ids: list[str]) -> dict[str, KnownAccount]:
            known = Account.objects.filter(workspace_id=workspace_id, external_id__in=ids)
            columns = known.values_list("external_id", "pk", "customer_id", "currency", "opened_at")
            return {
                external_id: KnownAccount(key, customer_id, currency, opened_at)
                for external_id, key, customer_id, currency, opened_at in columns
            }

        def make(external_id: str) -> Account:
            checked = first[external_id]
            return Account(
                workspace_id=workspace_id,
                external_id=external_id,
                customer_id=customers[checked.told.user_id],
                currency=checked.money.currency,
                opened_at=checked.occurred_at,
            )

        return _found_or_made(Account, external_ids, read, make)

    return find


def _cards_of(
    transactions: Sequence[CheckedTransaction], customers: dict[str, uuid.UUID]
) -> Find[int]:
    first = {one.told.card_token: one.told for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, tokens: list[str]) -> dict[str, int]:
        def read(ids: list[str]) -> dict[str, int]:
            known = Card.objects.filter(workspace_id=workspace_id, token__in=ids)
            return dict(known.values_list("token", "pk"))

        def make(token: str) -> Card:
            customer_id = customers[first[token].user_id]
            return Card(workspace_id=workspace_id, token=token, customer_id=customer_id)

        return _found_or_made(Card, tokens, read, make)

    return find


def _found_or_made(
    model: type[models.Model],
    ids: list[str],
    read: Callable[[list[str]], dict[str, Row]],
    make: Callable[[str], models.Model],
) -> dict[str, Row]:
    """Return the rows of ids; those that are not there are made, unless another just did so."""
    found = read(ids)
    missing = [one for one in ids if one not in found]
    if not missing:
        return found
    rows: models.QuerySet[models.Model] = models.QuerySet(model)
    rows.bulk_create(map(make, missing), ignore_conflicts=True)
    return found | read(missing)
